"""Formulaires de la grille : quelle année montrer, une cellule, un mois, un refus, une rectification."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from clauses.socle.champs import SaisieHeures, SaisieMois
from clauses.socle.formulaires import Formulaire
from heures.enums import TypeHeures
from heures.forms.champs import SansNirMixin

CONTRATS_MAX = 50
PAIRE = re.compile(r"[0-9]{1,18}-[0-9]{1,18}")
PREMIER_MOIS = datetime.date(2000, 1, 1)


class Contrats(forms.Field):
    """Clefs de contrats, autant de fois que le paramètre est écrit."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[int]:
        if len(value) > CONTRATS_MAX or not all(v.isascii() and v.isdigit() and len(v) <= 18 for v in value):
            raise forms.ValidationError("Contrat inconnu.")
        return [int(v) for v in value]


class Lignes(forms.Field):
    """Lignes ajoutées à une page de plusieurs engagements : « engagement-contrat », autant de fois que voulu."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[tuple[int, int]]:
        if len(value) > CONTRATS_MAX or not all(PAIRE.fullmatch(v) for v in value):
            raise forms.ValidationError("Ligne inconnue.")
        return [(int(engagement), int(contrat)) for engagement, contrat in (v.split("-") for v in value)]


class AnneeForm(forms.Form):
    """Paramètres d’URL communs aux grilles d’une année ; une valeur fausse est refusée."""

    annee = forms.IntegerField(label="Année", required=False, min_value=2000, max_value=2100)
    type = forms.ChoiceField(choices=TypeHeures.choices, required=False)

    def clean_type(self) -> TypeHeures:
        return TypeHeures(self.cleaned_data["type"] or TypeHeures.TRAVAIL)


class VueForm(AnneeForm):
    """La grille d’un engagement."""

    contrat = Contrats(required=False)


class VueEntrepriseForm(AnneeForm):
    """La grille de tous les engagements d’une entreprise."""

    ligne = Lignes(required=False)


class VueMoisForm(forms.Form):
    """Le mois à saisir, pour tous les engagements dus ou ceux d’un facilitateur."""

    mois = SaisieMois(label="Mois", required=False)
    facilitateur = forms.ModelChoiceField(
        label="Facilitateur", queryset=Utilisateur.objects.none(), required=False, empty_label="Tous"
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)
    ligne = Lignes(required=False)

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facilitateur"].queryset = Utilisateur.objects.visibles_par(acteur).facilitateurs()  # type: ignore[attr-defined]

    def clean_mois(self) -> datetime.date | None:
        mois: datetime.date | None = self.cleaned_data["mois"]
        if mois is not None and not (PREMIER_MOIS <= mois <= timezone.localdate()):
            raise forms.ValidationError("Ce mois n’est pas commencé.")
        return mois


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
