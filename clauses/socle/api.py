"""Conventions de l’API : un refus métier répond 409 avec sa phrase ; les listes se parcourent au curseur."""

from __future__ import annotations

from typing import Any

from rest_framework import status
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from clauses.socle.erreurs import ActionImpossible


class Curseur(CursorPagination):
    ordering = "-pk"
    page_size_query_param = "taille"
    max_page_size = 200


def repondre_au_refus(exc: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(exc, ActionImpossible):
        return Response({"detail": str(exc)}, status=status.HTTP_409_CONFLICT)
    return exception_handler(exc, context)
