"""Formulaires de la boîte de réception : ce que l’on accepte, un refus, un complément, une ligne en attente."""

from __future__ import annotations

from typing import Any

from django import forms

from clauses.socle.formulaires import Formulaire
from heures.forms.champs import SansNirMixin
from heures.models import ContratTravail

CHOIX_MAX = 200
VUS = r"^\d{1,18}:[0-9a-f]{16}$"


class Vus(forms.Field):
    """Relevés choisis, « clef:empreinte », autant de fois que le paramètre est écrit."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str] | None) -> dict[int, str]:
        lus = [forms.RegexField(VUS).clean(texte).split(":") for texte in value or []]
        if len(lus) > CHOIX_MAX:
            raise forms.ValidationError(f"Pas plus de {CHOIX_MAX} relevés à la fois.")
        return {int(clef): empreinte for clef, empreinte in lus}


class AcceptationForm(forms.Form):
    """`seul` : un relevé, par son bouton ; `tous` : ceux de la page qui sont sans anomalie ; sinon les cochés."""

    seul = Vus(required=False)
    tous = forms.BooleanField(required=False)
    coche = Vus(required=False)
    propose = Vus(required=False)

    def choisis(self) -> dict[int, str]:
        donnees = self.cleaned_data
        if donnees["seul"]:
            return dict(donnees["seul"])
        return dict(donnees["propose"] if donnees["tous"] else donnees["coche"])


class LuForm(forms.Form):
    """L’empreinte du relevé que l’on avait sous les yeux."""

    vu = forms.RegexField(r"^[0-9a-f]{16}$")


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=1)


class RefusRecuForm(SansNirMixin, Formulaire):
    motif = forms.CharField(
        label="Motif du refus",
        max_length=400,
        help_text="L’entreprise le lit sur son relevé. Il est gardé au journal.",
    )
    prevenir = forms.BooleanField(
        label="Prévenir l’entreprise par courriel",
        required=False,
        help_text="Le courriel porte le motif et un lien vers le relevé, jamais le nom de la personne.",
    )


class ComplementForm(SansNirMixin, Formulaire):
    message = forms.CharField(
        label="Message à l’entreprise",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Ce qui manque, ou ce qui est à corriger. Il remplace le message précédent.",
    )
    prevenir = forms.BooleanField(label="Envoyer ce message par courriel", required=False, initial=True)


class RechercheForm(forms.Form):
    q = forms.CharField(
        label="Nom, prénom ou identifiant",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )


class RepriseForm(forms.Form):
    """Le contrat choisi ; vide : celui que la ligne porte déjà."""

    contrat = forms.ModelChoiceField(
        queryset=ContratTravail.objects.none(),
        required=False,
        error_messages={"invalid_choice": "Ce contrat n’existe plus, ou vous n’y avez plus accès."},
    )
    remplacer = forms.BooleanField(required=False)

    def __init__(self, *args: Any, acteur: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contrat: Any = self.fields["contrat"]
        contrat.queryset = ContratTravail.objects.visibles_par(acteur)
