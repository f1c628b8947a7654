"""Champs communs : date, commune, texte sans NIR."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clauses.socle.conversions import ValeurRefusee
from heures import communes
from heures.nir import contient_nir

NIR_REFUSE = (
    "Ce texte contient un numéro de sécurité sociale : il ne doit pas être enregistré ici. "
    "Retirez-le ; « pièce vue le, par, valable jusqu’au » suffit."
)


class ChoixDeDate(forms.DateInput):
    """Le calendrier natif du navigateur ; sans lui, AAAA-MM-JJ ou JJ/MM/AAAA."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


def dates(*noms: str) -> dict[str, forms.Widget]:
    return {nom: ChoixDeDate() for nom in noms}


class ChoixDeCommune(forms.TextInput):
    template_name = "heures/_choix_commune.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        contexte = super().get_context(name, value, {**(attrs or {}), "list": "communes", "autocomplete": "off"})
        contexte["communes"] = communes.proposees()
        return contexte


class SaisieCommune(forms.CharField):
    """Commune de résidence, par son code INSEE ou son nom ; jamais par le code postal."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "Commune de résidence",
                "required": False,
                "max_length": 120,
                "widget": ChoixDeCommune,
                "help_text": "Nom ou code INSEE (62041 pour Arras), pas le code postal.",
                **kwargs,
            }
        )

    def to_python(self, value: Any) -> str:
        texte = super().to_python(value)
        if not texte:
            return ""
        try:
            return communes.vers_commune(texte)
        except ValeurRefusee as refus:
            raise ValidationError(str(refus), code="commune") from refus


def sans_nir(valeur: Any) -> None:
    """Validateur : refuse un texte où se lit un NIR."""
    if isinstance(valeur, str) and contient_nir(valeur):
        raise ValidationError(NIR_REFUSE, code="nir")


class SansNirMixin:
    """Aucun champ de texte du formulaire n’accepte un NIR."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            if isinstance(champ, forms.CharField):
                champ.validators = [*champ.validators, sans_nir]
