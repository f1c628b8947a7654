"""Les filtres de l’accueil, dans son adresse : facilitateur, acheteur, intercommunalité d’exécution."""

from __future__ import annotations

from typing import Any

from django import forms

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from clauses.socle.formulaires import Formulaire
from clauses.territoires.models import Epci
from heures.portee import Portee
from marches.lieux import epcis_d_execution
from marches.models import Acheteur, Marche

RUBRIQUES = ("difficultes", "a_valider", "releves", "relances", "fins", "a_completer")


class PorteeForm(Formulaire):
    """Vide, tout est montré ; `ouverte` : la rubrique à montrer en entier. Une valeur inconnue est une faute."""

    facilitateur = forms.ModelChoiceField(
        label="Facilitateur", queryset=Utilisateur.objects.none(), required=False, empty_label="Tous"
    )
    acheteur = forms.ModelChoiceField(
        label="Acheteur", queryset=Acheteur.objects.none(), required=False, empty_label="Tous"
    )
    epci = forms.ModelChoiceField(
        label="Intercommunalité d’exécution", queryset=Epci.objects.none(), required=False, empty_label="Toutes"
    )
    ouverte = forms.ChoiceField(required=False, choices=[(clef, clef) for clef in RUBRIQUES], widget=forms.HiddenInput)

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        siens = Marche.objects.visibles_par(acteur).order_by().values("acheteur")
        champs: dict[str, Any] = self.fields
        champs["facilitateur"].queryset = Utilisateur.objects.visibles_par(acteur).facilitateurs()
        champs["acheteur"].queryset = Acheteur.objects.visibles_par(acteur).filter(pk__in=siens)
        champs["epci"].queryset = epcis_d_execution(acteur)

    def clean(self) -> None:
        super().clean()
        if set(self.data) - set(self.fields):
            raise forms.ValidationError("L’adresse porte un filtre que l’accueil ne connaît pas.")

    def portee(self) -> Portee:
        return Portee(*(self.cleaned_data[nom] for nom in ("facilitateur", "acheteur", "epci")))
