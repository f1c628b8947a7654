"""Filtres de l’API : un numéro, un jour ; toute autre écriture se refuse d’une phrase."""

from __future__ import annotations

import django_filters
from django import forms


class SaisieNumero(forms.IntegerField):
    default_error_messages = {"invalid": "Le numéro d’une fiche est un nombre entier."}

    def __init__(self, **options: object) -> None:
        super().__init__(**{"min_value": 1, "max_value": 2**63 - 1, **options})  # type: ignore[arg-type]


class Numero(django_filters.Filter):
    """Le numéro d’une fiche liée ; celui d’une fiche que l’on ne voit pas ne trouve rien."""

    field_class = SaisieNumero


class SaisieJour(forms.DateField):
    default_error_messages = {"invalid": "Une date, écrite AAAA-MM-JJ : 2026-03-15."}

    def __init__(self, **options: object) -> None:
        super().__init__(**{"input_formats": ["%Y-%m-%d"], "localize": False, **options})  # type: ignore[arg-type]


class Jour(django_filters.DateFilter):
    field_class = SaisieJour
