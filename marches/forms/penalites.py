"""Formulaires des règles de pénalité et des barèmes."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row

from clauses.socle.champs import SaisieEuros
from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne
from marches.forms.base import PourcentageField, RefusPlaces, SaisieDate
from marches.models import Bareme, ReglePenalite

REGLE = [
    Row(Column("formule", css_class="col-md-8"), Column("valeur", css_class="col-md-4")),
    Row(*(Column(nom, css_class="col-md-4") for nom in ("plafond_euros", "plafond_pourcent", "article"))),
    Row(Column("exige_mise_en_demeure", css_class="col-md-8"), Column("delai_jours", css_class="col-md-4")),
]


class ReglePenaliteForm(RefusPlaces, FormulaireModele):
    titre = "Règle de pénalité"
    disposition = Layout(*REGLE)
    places = {
        "penalite_formule_unique": "formule",
        "penalite_formule": "formule",
        "penalite_valeur_positive": "valeur",
        "penalite_plafonds": "plafond_euros",
    }

    valeur = SaisieEuros(label="Valeur", help_text="Euros, coefficient ou pourcentage, selon la formule.")
    plafond_pourcent = PourcentageField(label="Plafond en % du montant du lot", required=False)

    class Meta:
        model = ReglePenalite
        fields = [
            "formule", "valeur", "plafond_euros", "plafond_pourcent", "exige_mise_en_demeure", "delai_jours",
            "article",
        ]  # fmt: skip
        labels = {"plafond_euros": "Plafond en euros", "article": "Article du contrat"}


class RegleModificationForm(ReglePenaliteForm, FormulaireVersionne):
    disposition = Layout("version", *REGLE)

    class Meta(ReglePenaliteForm.Meta):
        pass


class BaremeForm(RefusPlaces, FormulaireModele):
    """Une valeur datée d’un barème, avec sa source."""

    titre = "Barème"
    disposition = Layout(
        Row(*(Column(nom, css_class="col-md-4") for nom in ("code", "date_debut", "valeur"))), "source"
    )
    places = {"bareme_date_unique": "date_debut", "bareme_positif": "valeur", "bareme_code": "code"}

    class Meta:
        model = Bareme
        fields = ["code", "date_debut", "valeur", "source"]
        field_classes: dict[str, Any] = {"date_debut": SaisieDate}
        labels = {"valeur": "Valeur (€ de l’heure)", "date_debut": "À compter du"}
        help_texts = {"source": "Le texte qui la fixe : décret, arrêté, avec sa date."}
