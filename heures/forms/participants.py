"""Formulaires de la personne : fiche, prolongation, sortie."""

from __future__ import annotations

import datetime
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from clauses.socle.mois import age_au
from heures import communes
from heures.forms.champs import ChoixDeDate, SaisieCommune, SansNirMixin, dates
from heures.models import Participant, Sortie

AGE_MIN, AGE_MAX = 14, 100
IDENTITE = (
    Row(Column("nom", css_class="col-md-6"), Column("prenom", css_class="col-md-6")),
    Row(
        Column("sexe", css_class="col-md-3"),
        Column("date_naissance", css_class="col-md-3"),
        Column("commune_insee", css_class="col-md-6"),
    ),
    Row(Column("identifiant", css_class="col-md-6"), Column("est_participant_plie", css_class="col-md-6")),
)


def age_plausible(naissance: datetime.date) -> None:
    """Validateur : une date de naissance tapée de travers donne un âge impossible."""
    age = age_au(naissance, timezone.localdate())
    if not AGE_MIN <= age <= AGE_MAX:
        raise ValidationError(
            f"Cette date de naissance donne un âge de {age} ans : vérifier l’année.", code="naissance"
        )


class ParticipantMixin(SansNirMixin):
    initial: Any
    instance: Participant

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["commune_insee"] = communes.en_clair(self.instance.commune_insee)
        self.fields["date_naissance"].validators = [age_plausible]
        self.fields["sexe"].choices = [("", "Choisir"), *self.fields["sexe"].choices[1:]]


class ParticipantForm(ParticipantMixin, FormulaireModele):
    """`confirmer` : la personne ressemble à une autre, et c’est bien quelqu’un d’autre."""

    commune_insee = SaisieCommune()
    identifiant = forms.CharField(
        label="Identifiant", required=False, max_length=40, help_text="Vide : attribué. Jamais un numéro de sécu."
    )
    confirmer = forms.BooleanField(required=False, widget=forms.HiddenInput)
    disposition = Layout("confirmer", *IDENTITE)

    class Meta:
        model = Participant
        fields = ["nom", "prenom", "sexe", "date_naissance", "commune_insee", "identifiant", "est_participant_plie"]
        labels = {"est_participant_plie": "Accompagnée par le PLIE"}
        widgets = dates("date_naissance")

    def saisie(self) -> dict[str, Any]:
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "confirmer"}


class ParticipantModificationForm(ParticipantMixin, FormulaireVersionne):
    commune_insee = SaisieCommune()
    disposition = Layout("version", *IDENTITE)

    class Meta(ParticipantForm.Meta):
        pass


class ProlongationForm(SansNirMixin, Formulaire):
    jusqu_au = forms.DateField(label="Éligible jusqu’au", widget=ChoixDeDate())
    motif = forms.CharField(
        label="Motif",
        max_length=500,
        help_text="Pourquoi le parcours continue : un agrément, une formation, un arrêt.",
    )


class SortieForm(SansNirMixin, FormulaireModele):
    disposition = Layout(
        Row(Column("date", css_class="col-md-4"), Column("situation", css_class="col-md-8")),
        Row(Column("situation_6_mois", css_class="col-md-6"), Column("situation_12_mois", css_class="col-md-6")),
    )

    class Meta:
        model = Sortie
        fields = ["date", "situation", "situation_6_mois", "situation_12_mois"]
        widgets = dates("date")
        help_texts = {"situation_6_mois": "À remplir quand elle est connue.", "situation_12_mois": ""}


class SortieModificationForm(SansNirMixin, FormulaireVersionne):
    disposition = Layout("version", *SortieForm.disposition.fields)

    class Meta(SortieForm.Meta):
        pass
