"""L’API des bilans : établis à la demande, ou émis et figés."""

from __future__ import annotations

from bilans.api.emis import BilanEmisViewSet
from bilans.api.etablis import BilanViewSet

ROUTES = (
    ("bilans", BilanViewSet, "bilan"),
    ("bilans-emis", BilanEmisViewSet, "bilan-emis"),
)
