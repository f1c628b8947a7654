"""Formulaires d’une notification sortante."""

from __future__ import annotations

from crispy_forms.layout import Fieldset, Layout
from django import forms

from clauses.crochets.models import Crochet
from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne

CHAMPS = ["adresse", "releve_recu", "engagement_en_retard", "bilan_emis"]
DISPOSITION = ["adresse", Fieldset("Prévenir quand", *CHAMPS[1:])]


class CrochetForm(FormulaireModele):
    disposition = Layout(*DISPOSITION)

    class Meta:
        model = Crochet
        fields = CHAMPS
        widgets = {"adresse": forms.TextInput({"inputmode": "url", "autocomplete": "off", "spellcheck": "false"})}
        help_texts = {
            "adresse": "En https://, joignable depuis Internet. Ni mot de passe ni jeton\u00a0: la signature suffit.",
            "releve_recu": "Une entreprise dépose le relevé d’un mois, ou un fichier de relevés est importé.",
            "engagement_en_retard": "Une fois, le jour où il passe en retard.",
            "bilan_emis": "Avec sa période et l’empreinte de ses chiffres.",
        }


class CrochetModificationForm(FormulaireVersionne):
    disposition = Layout("version", *DISPOSITION)

    class Meta(CrochetForm.Meta):
        pass
