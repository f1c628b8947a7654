"""Formulaire de période d’un bilan, et lecture stricte des paramètres d’une page."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django import forms

from bilans.faits import Periode
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur
from clauses.socle.formulaires import Formulaire
from clauses.socle.mois import ajouter_mois, dernier_jour

JOUR = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodeForm(Formulaire):
    """Période libre ; la date d’arrêté est la fin de la période si elle manque."""

    du = forms.DateField(label="Du", widget=JOUR)
    au = forms.DateField(label="Au", widget=JOUR)
    arrete_au = forms.DateField(label="Arrêté au (sinon, à la fin)", widget=JOUR, required=False)

    @staticmethod
    def par_defaut(jour: datetime.date) -> dict[str, str]:
        """Ce que la page montre à qui n’a encore rien choisi."""
        return periode_par_defaut(jour)

    def proposer(self, acteur: Acteur) -> None:
        """Remplit les listes de ce que cet acteur peut choisir ; une période n’en a pas."""

    def clean(self) -> None:
        super().clean()
        du, au = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        if du and au and au < du:
            self.add_error("au", f"La fin précède le début, le {du:%d/%m/%Y}.")

    def demande(self, bilan: str) -> Demande:
        au = self.cleaned_data["au"]
        return Demande(bilan, Periode(self.cleaned_data["du"], au, self.cleaned_data["arrete_au"] or au))


class CompletForm(PeriodeForm):
    """Une période, pour un bilan dont les fichiers se masquent ; `complet` ne vaut que pour eux."""

    complet = forms.BooleanField(label="Fichiers complets, sans rien taire", required=False)

    def demande(self, bilan: str) -> Demande:
        return replace(super().demande(bilan), complet=self.cleaned_data["complet"])


class AnneesForm(PeriodeForm):
    """Des années civiles : une date d’arrêté n’y change rien, les liens du bilan la portent."""

    arrete_au = forms.DateField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def par_defaut(jour: datetime.date) -> dict[str, str]:
        return {"du": f"{jour.year - 1}-01-01", "au": f"{jour.year - 1}-12-31"}


def periode_par_defaut(jour: datetime.date) -> dict[str, str]:
    """L’année civile en cours jusqu’au dernier mois écoulé ; en janvier, l’année précédente entière."""
    fin = dernier_jour(ajouter_mois(jour, -1))
    return {"du": fin.replace(month=1, day=1).isoformat(), "au": fin.isoformat(), "arrete_au": fin.isoformat()}
