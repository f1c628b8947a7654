"""Limite de l’API : répond 429 et `Retry-After` quand l’intergiciel a compté trop de demandes.

DRF importe ce module pendant qu’il définit APIView : n’importer ici ni vues ni sérialiseurs DRF, ni modèles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class TropDeDemandes(Throttled):
    default_detail = "Trop de demandes en une minute."
    extra_detail_singular = "Recommencer dans {wait} seconde."
    extra_detail_plural = "Recommencer dans {wait} secondes."


class ParMinute(BaseThrottle):
    def allow_request(self, request: Request, view: APIView) -> bool:
        """Lève `TropDeDemandes`, dont la phrase est la nôtre."""
        attente: int | None = getattr(request._request, "attente", None)  # noqa: SLF001 — posée sur la requête de Django
        if attente is not None:
            raise TropDeDemandes(attente)
        return True
