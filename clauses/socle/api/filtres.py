"""Filtres de l’API : un numéro, un jour, un mois, oui ou non ; toute autre écriture se refuse d’une phrase."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field

from clauses.socle.api.champs import MOIS


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


class SaisieMois(forms.CharField):
    def to_python(self, value: Any) -> Any:
        texte = super().to_python(value)
        if not texte:
            return None
        if not MOIS.fullmatch(texte):
            raise ValidationError("Un mois, écrit AAAA-MM : 2026-03.", code="invalid")
        return datetime.date.fromisoformat(f"{texte}-01")


class Mois(django_filters.Filter):
    """Un mois, en Python son premier jour. Le schéma le dit tel qu’il s’écrit, et non comme la date qu’il devient."""

    field_class = SaisieMois

    def __init__(self, *, label: str, **options: Any) -> None:
        super().__init__(label=label, **options)
        forme = {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "description": label}
        extend_schema_field(forme)(self)


class OuiNon(django_filters.TypedChoiceFilter):
    """`true` ou `false`, et rien qui y ressemble."""

    def __init__(self, *, label: str, **options: Any) -> None:
        choix = [("true", "Oui"), ("false", "Non")]
        super().__init__(label=label, choices=choix, coerce=lambda lu: lu == "true", **options)
        extend_schema_field({"type": "boolean", "description": label})(self)
