"""Formulaire du rapport qualité : une période, et au besoin le périmètre d’où l’on vient."""

from __future__ import annotations

import datetime

from django import forms

from bilans.faits import Periode
from bilans.forms.periode import PeriodeForm
from bilans.qualite.definitions import DemandeDeQualite, Perimetre


class QualiteForm(PeriodeForm):
    """Constaté aujourd’hui, sans date d’arrêté ; `acheteur` (ou EPCI) et `engagement` suivent le lien d’un refus."""

    arrete_au = None  # type: ignore[assignment]
    acheteur = forms.RegexField(r"^([0-9]{9}|[0-9]{14})$", required=False, widget=forms.HiddenInput)
    engagement = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput)

    def periode(self) -> Periode:
        du, au = self.cleaned_data["du"], self.cleaned_data["au"]
        return Periode(du, au, au)

    def demande(self, bilan: str) -> DemandeDeQualite:
        saisie = self.cleaned_data
        return DemandeDeQualite(bilan, self.periode(), saisie["acheteur"], engagement=saisie["engagement"])

    def perimetre(self, le: datetime.date) -> Perimetre:
        return Perimetre(self.periode(), le, self.cleaned_data["acheteur"], self.cleaned_data["engagement"])
