"""L’API des bilans, établis à la demande ou émis et figés, de leurs réglages, et des documents."""

from __future__ import annotations

from bilans.api.documents import DocumentViewSet, ProjetViewSet
from bilans.api.emis import BilanEmisViewSet
from bilans.api.etablis import BilanViewSet
from bilans.api.grilles import GrilleViewSet
from bilans.api.parametres import AnalyseViewSet, ParametresViewSet

ROUTES = (
    ("bilans", BilanViewSet, "bilan"),
    ("documents", DocumentViewSet, "document"),
    ("engagements", ProjetViewSet, "projet"),
    ("bilans-emis", BilanEmisViewSet, "bilan-emis"),
    ("parametres-bilan", ParametresViewSet, "parametres-bilan"),
    ("analyses", AnalyseViewSet, "analyse"),
    ("grilles", GrilleViewSet, "grille"),
)
