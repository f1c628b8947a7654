"""Formulaires de l’entrée en clause : le profil photographié, et sa correction."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Column, Field, Fieldset, Layout, Row
from django import forms

from clauses.socle.formulaires import FormulaireModele
from heures import communes
from heures.enums import CriterePublic
from heures.forms.champs import SaisieCommune, SansNirMixin, dates
from heures.models import EntreeClause

CHAMPS = [
    "date_entree",
    "date_constat",
    "commune_insee",
    "qpv",
    "niveau",
    "duree_inscription",
    "brsa",
    "est_participant_plie",
    "prescripteur",
    "piece_type",
    "piece_date",
    "piece_vue_le",
    "piece_valable_jusqu_au",
    "motif",
]


def fautes_de_la_piece(saisie: Mapping[str, Any]) -> dict[str, str]:
    """Une pièce vue porte la date où elle l’a été ; sans pièce, aucune date n’est à noter."""
    piece, vue_le = saisie.get("piece_type"), saisie.get("piece_vue_le")
    if piece and not vue_le:
        return {"piece_vue_le": "Noter le jour où la pièce a été vue."}
    if not piece and (vue_le or saisie.get("piece_date") or saisie.get("piece_valable_jusqu_au")):
        return {"piece_type": "Choisir la pièce vue, ou effacer ses dates."}
    return {}


class EntreeForm(SansNirMixin, FormulaireModele):
    """`critere_principal` et `autres_criteres` deviennent les critères constatés de l’entrée."""

    commune_insee = SaisieCommune(label="Commune de résidence à l’entrée")
    critere_principal = forms.ChoiceField(label="Critère principal", choices=[("", "Choisir"), *CriterePublic.choices])
    autres_criteres = forms.MultipleChoiceField(
        label="Autres critères", choices=CriterePublic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    disposition = Layout(
        Fieldset(
            "Éligibilité",
            Row(Column("date_entree", css_class="col-md-3"), Column("date_constat", css_class="col-md-3")),
            Row(Column("critere_principal", css_class="col-md-6"), Column("prescripteur", css_class="col-md-6")),
            Field("autres_criteres", wrapper_class="criteres"),
        ),
        Fieldset(
            "Profil à l’entrée",
            Row(
                Column("commune_insee", css_class="col-md-6"),
                Column("qpv", css_class="col-md-3"),
                Column("brsa", css_class="col-md-3"),
            ),
            Row(
                Column("niveau", css_class="col-md-4"),
                Column("duree_inscription", css_class="col-md-4"),
                Column("est_participant_plie", css_class="col-md-4 case-alignee"),
            ),
        ),
        Fieldset(
            "Pièce vue",
            Row(
                Column("piece_type", css_class="col-md-6"),
                Column("piece_vue_le", css_class="col-md-6"),
                Column("piece_date", css_class="col-md-6"),
                Column("piece_valable_jusqu_au", css_class="col-md-6"),
            ),
        ),
        "motif",
    )

    class Meta:
        model = EntreeClause
        fields = CHAMPS
        labels = {"est_participant_plie": "Accompagnée par le PLIE"}
        help_texts = {
            "date_constat": "Avant l’embauche.",
            "piece_type": "On note la pièce vue ; on ne la garde pas.",
            "piece_valable_jusqu_au": "Vide : calculée quand la durée de la pièce est connue.",
            "motif": "Obligatoire pour un public « autre, sur avis motivé » : l’avis et son auteur.",
        }
        widgets = {
            **dates("date_entree", "date_constat", "piece_date", "piece_vue_le", "piece_valable_jusqu_au"),
            "motif": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["piece_type"].choices = [("", "Aucune"), *self.fields["piece_type"].choices[1:]]
        if code := self.initial.get("commune_insee"):
            self.initial["commune_insee"] = communes.en_clair(code)

    def clean(self) -> dict[str, Any]:
        saisie: dict[str, Any] = super().clean() or self.cleaned_data
        for champ, phrase in fautes_de_la_piece(saisie).items():
            if champ not in self.errors:
                self.add_error(champ, phrase)
        return saisie


class CorrectionForm(EntreeForm):
    """Corrige une entrée : une nouvelle version, avec sa raison."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    disposition = Layout("version", *EntreeForm.disposition.fields)

    class Meta(EntreeForm.Meta):
        help_texts = {
            **EntreeForm.Meta.help_texts,
            "motif": "Pourquoi cette correction. L’ancienne version reste lisible.",
        }

    def __init__(self, *args: Any, entree: EntreeClause, motif: str = "", **kwargs: Any) -> None:
        criteres = [(c.critere, c.est_principal) for c in entree.criteres_lus]  # type: ignore[attr-defined]
        initial = {
            **{nom: getattr(entree, nom) for nom in CHAMPS if nom != "motif"},
            "version": entree.version,
            "motif": motif,
            "critere_principal": next((critere for critere, principal in criteres if principal), ""),
            "autres_criteres": [critere for critere, principal in criteres if not principal],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["motif"].required = True
        self.fields["motif"].label = "Raison de la correction"


def depart(*, commune: str, est_plie: bool, le: datetime.date) -> dict[str, Any]:
    """Valeurs proposées pour une entrée neuve, reprises de la fiche."""
    return {"commune_insee": commune, "est_participant_plie": est_plie, "date_entree": le, "date_constat": le}
