"""L’API des bilans, établis à la demande ou émis et figés, et des documents."""

from __future__ import annotations

from bilans.api.documents import DocumentViewSet
from bilans.api.emis import BilanEmisViewSet
from bilans.api.etablis import BilanViewSet

ROUTES = (
    ("bilans", BilanViewSet, "bilan"),
    ("documents", DocumentViewSet, "document"),
    ("bilans-emis", BilanEmisViewSet, "bilan-emis"),
)
