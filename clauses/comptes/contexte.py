"""Ce que tous les gabarits savent de qui agit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from clauses.comptes.acteurs import Droit


def acteur(request: HttpRequest) -> dict[str, Any]:
    """`acteur`, `droits` (noms des droits, pour montrer ou non un bouton), `rattachements`, `demonstration`."""
    qui = getattr(request, "acteur", None)
    return {
        "acteur": qui,
        "droits": {droit.name: qui.peut(droit) for droit in Droit} if qui else {},
        "rattachement": getattr(request, "rattachement", None),
        "rattachements": getattr(request, "rattachements", []),
        "demonstration": settings.CLAUSES_DEMO,
    }
