"""Formulaires de l’annuaire des entreprises."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django.core.validators import RegexValidator

from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne
from entreprises.models import Contact, Entreprise

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


CONTACT = [
    Row(Column("nom", css_class="col-md-6"), Column("fonction", css_class="col-md-6")),
    Row(Column("courriel", css_class="col-md-6"), Column("telephone", css_class="col-md-6")),
    "recoit_demandes",
]
TELEPHONE = RegexValidator(
    r"^\+?[0-9 .()\-]{6,}$", "Écrire un numéro en chiffres, par exemple 03 21 00 00 00.", code="telephone"
)


class ContactMixin:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["telephone"].validators.append(TELEPHONE)


class ContactForm(ContactMixin, FormulaireModele):
    disposition = Layout(*CONTACT)

    class Meta:
        model = Contact
        fields = ["nom", "fonction", "courriel", "telephone", "recoit_demandes"]
        help_texts = {
            "recoit_demandes": "Les demandes partent à un seul contact : le premier dans l’ordre des noms.",
        }


class ContactModificationForm(ContactMixin, FormulaireVersionne):
    disposition = Layout("version", *CONTACT)

    class Meta(ContactForm.Meta):
        pass
