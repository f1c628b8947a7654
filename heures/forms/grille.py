"""Formulaires de la grille : quelle année montrer, une cellule, un mois, un refus, une rectification."""

from __future__ import annotations

from django import forms

from clauses.socle.champs import SaisieHeures, SaisieMois
from clauses.socle.formulaires import Formulaire
from heures.enums import TypeHeures
from heures.forms.champs import SansNirMixin

CONTRATS_MAX = 50


class Contrats(forms.Field):
    """Clefs de contrats, autant de fois que le paramètre est écrit."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[int]:
        if len(value) > CONTRATS_MAX or not all(v.isascii() and v.isdigit() and len(v) <= 18 for v in value):
            raise forms.ValidationError("Contrat inconnu.")
        return [int(v) for v in value]


class VueForm(forms.Form):
    """Paramètres d’URL de la grille ; une valeur fausse est refusée."""

    annee = forms.IntegerField(label="Année", required=False, min_value=2000, max_value=2100)
    type = forms.ChoiceField(choices=TypeHeures.choices, required=False)
    contrat = Contrats(required=False)


class CelluleForm(forms.Form):
    """Une cellule envoyée : les clefs, le mois, le texte tapé (vide : effacer) et la version lue."""

    contrat = forms.IntegerField(min_value=1)
    engagement = forms.IntegerField(min_value=1)
    mois = SaisieMois()
    type = forms.ChoiceField(choices=TypeHeures.choices)
    heures = forms.CharField(required=False, max_length=40)
    version = forms.IntegerField(min_value=0)

    def en_phrase(self) -> str:
        """Les refus du formulaire, en une phrase : « mois : … »."""
        return " ".join(f"{nom} : {' '.join(map(str, refus))}" for nom, refus in self.errors.items())


class MoisForm(forms.Form):
    mois = SaisieMois()


class RefusForm(SansNirMixin, Formulaire):
    motif = forms.CharField(
        label="Motif du refus", max_length=500, help_text="Montré sur la grille et gardé au journal."
    )


class RectificationForm(SansNirMixin, Formulaire):
    heures = SaisieHeures(label="Nombre d’heures juste", help_text="Par exemple 7,50 ou 7h30 ; 0 pour annuler.")
    motif = forms.CharField(label="Motif de la rectification", max_length=500)
