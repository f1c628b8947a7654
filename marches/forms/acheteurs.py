"""Formulaires de l’annuaire des acheteurs."""

from __future__ import annotations

from crispy_forms.layout import Column, Layout, Row

from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne
from marches.forms.base import RefusPlaces
from marches.models import Acheteur

ACHETEUR = [
    Row(Column("siret", css_class="col-md-4"), Column("nom", css_class="col-md-8")),
    Row(*(Column(nom, css_class="col-md-4") for nom in ("type", "commune_insee", "epci_siren"))),
]


class AcheteurForm(RefusPlaces, FormulaireModele):
    titre = "Acheteur"
    disposition = Layout(*ACHETEUR)
    places = {
        "acheteur_siret_14_chiffres": "siret",
        "acheteur_code_insee": "commune_insee",
        "acheteur_epci_siren": "epci_siren",
    }

    class Meta:
        model = Acheteur
        fields = ["siret", "nom", "type", "commune_insee", "epci_siren"]
        help_texts = {
            "siret": "14 chiffres, espaces permises.",
            "commune_insee": "5 caractères, par exemple 62041 pour Arras.",
            "epci_siren": "9 chiffres, par exemple 200033579.",
        }


class AcheteurModificationForm(AcheteurForm, FormulaireVersionne):
    disposition = Layout("version", *ACHETEUR)

    class Meta(AcheteurForm.Meta):
        pass
