"""Formulaires de la suite graduée : un événement, une proposition, une décision."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.socle.champs import SaisieEuros
from clauses.socle.formulaires import Formulaire
from marches.actions.manquements import ECRITS
from marches.enums import StatutPenalite
from marches.forms.base import SaisieDate


class EvenementForm(Formulaire):
    disposition = Layout(Row(Column("nature", css_class="col-md-6"), Column("date", css_class="col-md-6")), "texte")

    nature = forms.ChoiceField(label="Étape", choices=[(n.value, n.label) for n in ECRITS])
    date = SaisieDate(label="Date")
    texte = forms.CharField(
        label="Note",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Qui, par quel moyen, ce qui a été dit. Rien sur la santé ni la situation d’une personne.",
    )


class EchangeForm(Formulaire):
    """La note, facultative, d’un appel noté d’un clic."""

    texte = forms.CharField(label="Note", required=False, max_length=1000)


class PropositionForm(Formulaire):
    """Ce que les heures ne disent pas : retards de pièces et absences, que le facilitateur constate."""

    disposition = Layout(
        Row(Column("jours_de_retard", css_class="col-md-6"), Column("absences", css_class="col-md-6"))
    )

    jours_de_retard = forms.IntegerField(
        label="Jours ouvrés de retard d’une pièce", min_value=0, max_value=2000, required=False
    )
    absences = forms.IntegerField(label="Absences constatées", min_value=0, max_value=1000, required=False)

    def clean(self) -> dict[str, Any]:
        saisie: dict[str, Any] = super().clean() or {}
        return {nom: saisie.get(nom) or 0 for nom in ("jours_de_retard", "absences")}


class DecisionForm(Formulaire):
    disposition = Layout(
        "version", Row(Column("statut", css_class="col-md-6"), Column("montant", css_class="col-md-6")), "motif"
    )

    version = forms.IntegerField(widget=forms.HiddenInput)
    statut = forms.ChoiceField(
        label="Décision",
        choices=[(s.value, s.label) for s in StatutPenalite if s != StatutPenalite.PROPOSEE],
    )
    montant = SaisieEuros(label="Montant réduit", required=False, help_text="Seulement pour une réduction.")
    motif = forms.CharField(
        label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text="Gardé avec la décision."
    )


class DecisionRecueForm(DecisionForm):
    """La décision d’un acheteur qui n’a pas d’espace : ce que dit son courrier, et le courrier lui-même."""

    disposition = Layout(
        "version",
        Row(Column("courrier_date", css_class="col-md-6"), Column("courrier_reference", css_class="col-md-6")),
        Row(Column("statut", css_class="col-md-6"), Column("montant", css_class="col-md-6")),
        "motif",
    )

    courrier_date = SaisieDate(label="Date du courrier")
    courrier_reference = forms.CharField(
        label="Référence du courrier",
        max_length=120,
        help_text="Ce qui permet de le retrouver : numéro d’enregistrement, dossier, pièce classée.",
    )
