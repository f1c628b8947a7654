"""Formulaires des demandes de relevé : quel mois, quels engagements, quel courriel."""

from __future__ import annotations

from django import forms

from clauses.socle.champs import SaisieMois
from heures.enums import NatureEnvoi

ENGAGEMENTS_MAX = 500
EN_LOT = (NatureEnvoi.DEMANDE, NatureEnvoi.RELANCE_1, NatureEnvoi.RELANCE_2)


class Engagements(forms.Field):
    """Clefs d’engagements cochés, autant de fois que la case est envoyée."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[int]:
        if not value:
            raise forms.ValidationError("Cochez au moins un engagement.")
        if len(value) > ENGAGEMENTS_MAX or not all(v.isascii() and v.isdigit() and len(v) <= 18 for v in value):
            raise forms.ValidationError("Un engagement coché n’est pas lisible : rouvrez la page des demandes.")
        return [int(v) for v in value]


class MoisDemandeForm(forms.Form):
    """Le mois montré ; vide : le dernier mois achevé."""

    mois = SaisieMois(label="Mois travaillé", required=False)


class LotForm(forms.Form):
    mois = SaisieMois(label="Mois")
    nature = forms.ChoiceField(choices=[(nature.value, nature.label) for nature in EN_LOT])
    engagement = Engagements()

    def en_phrase(self) -> str:
        """Les refus du formulaire, bout à bout."""
        return " ".join(str(refus) for refus_du_champ in self.errors.values() for refus in refus_du_champ)
