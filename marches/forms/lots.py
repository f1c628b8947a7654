"""Formulaires des lots, des clauses et de leur attribution."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.socle.champs import SaisieEuros
from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from marches.enums import RoleEntreprise
from marches.forms.base import RefusPlaces
from marches.models import Clause, Lot

LOT = [
    Row(Column("numero", css_class="col-md-3"), Column("intitule", css_class="col-md-9")),
    Row(Column("secteur", css_class="col-md-6"), Column("montant_ht", css_class="col-md-6")),
]
CLAUSE = [
    Row(Column("nature_clause", css_class="col-md-6"), Column("type_objectif", css_class="col-md-6")),
    "perimetre",
    "publics_admis",
    "nomme_facilitateur",
    Row(Column("duree_eligibilite_mois", css_class="col-md-4"), Column("periodicite", css_class="col-md-4")),
    Row(Column("coefficient_formation", css_class="col-md-4"), Column("plafond_formation", css_class="col-md-4")),
    Row(Column("penalite_formule", css_class="col-md-6"), Column("penalite_valeur", css_class="col-md-6")),
]


class LotForm(RefusPlaces, FormulaireModele):
    titre = "Lot"
    disposition = Layout(*LOT)
    places = {"lot_numero_unique": "numero", "lot_montant_positif": "montant_ht"}

    class Meta:
        model = Lot
        fields = ["numero", "intitule", "secteur", "montant_ht"]
        labels = {"montant_ht": "Montant HT (€)"}


class LotModificationForm(LotForm, FormulaireVersionne):
    disposition = Layout("version", *LOT)

    class Meta(LotForm.Meta):
        pass


class LotUniqueForm(RefusPlaces, FormulaireModele):
    """Le lot d’un marché sans allotissement."""

    titre = "Lot unique"
    disposition = Layout(Row(Column("secteur", css_class="col-lg-8")))

    class Meta:
        model = Lot
        fields = ["secteur"]


class ClauseForm(RefusPlaces, FormulaireModele):
    titre = "Clause"
    disposition = Layout(*CLAUSE)
    places = {
        "clause_nature_unique": "nature_clause",
        "clause_penalite_complete": "penalite_valeur",
        "clause_duree_eligibilite": "duree_eligibilite_mois",
        "clause_coefficient_formation": "coefficient_formation",
        "clause_plafond_formation": "plafond_formation",
    }

    penalite_valeur = SaisieEuros(
        label="Valeur de la pénalité",
        required=False,
        help_text="Euros, coefficient ou pourcentage, selon la formule.",
    )

    def clean(self) -> dict[str, Any]:
        """La contrainte laisse passer une formule sans valeur : SQL tient une comparaison vide pour vraie."""
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        if donnees.get("penalite_formule") and donnees.get("penalite_valeur", 0) is None:
            self.add_error("penalite_valeur", "Donner la valeur qui va avec la formule de pénalité.")
        return donnees

    class Meta:
        model = Clause
        fields = [
            "nature_clause", "type_objectif", "perimetre", "publics_admis", "nomme_facilitateur",
            "duree_eligibilite_mois", "coefficient_formation", "plafond_formation", "periodicite", "penalite_formule",
            "penalite_valeur",
        ]  # fmt: skip
        widgets = {
            "perimetre": forms.Textarea(attrs={"rows": 2}),
            "publics_admis": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "perimetre": "Ce que la clause couvre : prestations, tranches, sites.",
            "publics_admis": "Tels que le contrat les nomme.",
        }


class ClauseModificationForm(ClauseForm, FormulaireVersionne):
    disposition = Layout("version", *CLAUSE)

    class Meta(ClauseForm.Meta):
        pass


class ClauseSimpleForm(ClauseForm):
    """La clause du cas simple : le reste se complète sur la fiche."""

    disposition = Layout(
        Row(Column("nature_clause", css_class="col-md-8"), Column("duree_eligibilite_mois", css_class="col-md-4")),
        Row(Column("penalite_formule", css_class="col-md-8"), Column("penalite_valeur", css_class="col-md-4")),
    )

    class Meta(ClauseForm.Meta):
        fields = ["nature_clause", "duree_eligibilite_mois", "penalite_formule", "penalite_valeur"]


class RoleForm(Formulaire):
    """Le rôle d’une entreprise dans un lot."""

    titre = "Rôle"
    disposition = Layout(Row(Column("role", css_class="col-lg-8")))

    role = forms.ChoiceField(label="Rôle dans le lot", choices=RoleEntreprise.choices)
