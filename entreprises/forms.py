"""Formulaires de l’annuaire des entreprises."""

from __future__ import annotations

from crispy_forms.layout import Column, Layout, Row

from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne
from entreprises.models import Entreprise

DISPOSITION = [
    Row(Column("siret", css_class="col-md-4"), Column("raison_sociale", css_class="col-md-8")),
    Row(
        Column("type_employeur", css_class="col-md-6"),
        Column("naf", css_class="col-md-3"),
        Column("commune_insee", css_class="col-md-3"),
    ),
]


class EntrepriseForm(FormulaireModele):
    disposition = Layout(*DISPOSITION)

    class Meta:
        model = Entreprise
        fields = ["siret", "raison_sociale", "type_employeur", "naf", "commune_insee"]
        help_texts = {"siret": "14 chiffres, espaces permises.", "naf": "Par exemple 81.21Z."}


class EntrepriseModificationForm(FormulaireVersionne):
    disposition = Layout("version", *DISPOSITION)

    class Meta(EntrepriseForm.Meta):
        pass
