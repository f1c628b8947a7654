"""L’API des marchés : acheteurs, marchés, engagements. Les adresses sont dans `clauses.api`."""

from __future__ import annotations

from marches.api.acheteurs import AcheteurViewSet
from marches.api.engagements import EngagementViewSet
from marches.api.marches import MarcheViewSet

ROUTES = (
    ("acheteurs", AcheteurViewSet, "acheteur"),
    ("marches", MarcheViewSet, "marche"),
    ("engagements", EngagementViewSet, "engagement"),
)
