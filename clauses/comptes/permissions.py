"""Permission par défaut de l’API : le même acteur que les pages.

DRF importe ce module pendant qu’il définit APIView : n’importer ici ni vues ni sérialiseurs DRF.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ActeurConnu(BasePermission):
    """Une session ouverte et un rattachement en cours : l’intergiciel a posé `acteur`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated) and hasattr(request._request, "acteur")  # noqa: SLF001 — `acteur` est sur la requête de Django
