"""Un fichier reçu en formulaire, ou rendu à la place du JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request


class FichierRecu(serializers.FileField):
    """Le fichier d’un formulaire ; sa lecture bornée le contrôle ensuite."""

    default_error_messages = {
        "required": "Joindre le fichier\u00a0: il manque au formulaire.",
        "invalid": "Un fichier, joint au formulaire.",
        "empty": "Ce fichier est vide. Vérifier le fichier choisi.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 255, **options})


class UnFichier(BaseContentNegotiation):
    """Le fichier est ce qu’il est : il part tel quel, quoi que préfère l’appelant."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers))

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        rendu = next(iter(renderers))
        return rendu, rendu.media_type
