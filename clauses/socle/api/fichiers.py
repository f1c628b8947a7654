"""Ce que rend une adresse qui donne un fichier, et non du JSON."""

from __future__ import annotations

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request


class UnFichier(BaseContentNegotiation):
    """Le fichier est ce qu’il est : il part tel quel, quoi que préfère l’appelant."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers))

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        rendu = next(iter(renderers))
        return rendu, rendu.media_type
