"""Choix d’un bilan par acheteur, et de l’année qu’un acheteur consulte du sien."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

from django import forms

from bilans.faits import Periode
from bilans.forms.periode import PeriodeForm
from bilans.perimetre import choix
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur
from clauses.socle.formulaires import Formulaire

ANNEES = 5


class AcheteurForm(PeriodeForm):
    """Une période, et un acheteur ou une intercommunalité ; `complet` ne vaut que pour les fichiers."""

    acheteur = forms.CharField(label="Acheteur ou intercommunalité", required=False, max_length=14, strip=True)
    complet = forms.BooleanField(label="Fichiers complets, sans rien taire", required=False)
    field_order = ("acheteur", "du", "au", "arrete_au", "complet")

    def proposer(self, acteur: Acteur) -> None:
        self.fields["acheteur"].widget = forms.Select(choices=[("", "À choisir"), *choix(acteur)])

    def demande(self, bilan: str) -> Demande:
        saisie = self.cleaned_data
        return replace(super().demande(bilan), acheteur=saisie["acheteur"], complet=saisie["complet"])


class AnneeForm(Formulaire):
    """Une année civile achevée : deux années n’ont aucun mois en commun (docs/adr/0029)."""

    annee = forms.ChoiceField(
        label="Année", error_messages={"invalid_choice": "Cette année n’est pas proposée. En choisir une de la liste."}
    )

    def __init__(self, *args: Any, jour: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["annee"].choices = [(annee, annee) for annee in annees(jour)]  # type: ignore[attr-defined]

    def periode(self) -> Periode:
        return periode_de(self.cleaned_data["annee"])


def annees(jour: datetime.date) -> list[str]:
    """Les dernières années achevées à cette date, de la plus récente à la plus ancienne."""
    return [str(jour.year - rang) for rang in range(1, ANNEES + 1)]


def periode_de(annee: str) -> Periode:
    fin = datetime.date(int(annee), 12, 31)
    return Periode(datetime.date(int(annee), 1, 1), fin, fin)
