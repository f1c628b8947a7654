"""Formulaires des lots et de leur attribution."""

from __future__ import annotations

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from marches.enums import RoleEntreprise
from marches.forms.base import RefusPlaces
from marches.models import Lot

LOT = [
    Row(Column("numero", css_class="col-md-3"), Column("intitule", css_class="col-md-9")),
    Row(Column("secteur", css_class="col-md-6"), Column("montant_ht", css_class="col-md-6")),
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


class RoleForm(Formulaire):
    """Le rôle d’une entreprise dans un lot."""

    titre = "Rôle"
    disposition = Layout(Row(Column("role", css_class="col-lg-8")))

    role = forms.ChoiceField(label="Rôle dans le lot", choices=RoleEntreprise.choices)
