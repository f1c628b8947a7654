"""Ce que l’on choisit pour écrire les articles d’une clause ; rien n’est enregistré."""

from __future__ import annotations

from decimal import Decimal

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms

from bilans.documents.articles import FONDEMENTS, Choix
from clauses.socle.formulaires import Formulaire
from heures.enums import CriterePublic
from marches.enums import FormulePenalite, NatureClause, Periodicite, TypeObjectif


def nombre(libelle: str, maximum: int, aide: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=libelle,
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(maximum),
        decimal_places=2,
        localize=True,
        help_text=aide,
    )


class ArticlesForm(Formulaire):
    disposition = Layout(
        Fieldset("Le marché", Row(Column("acheteur"), Column("objet")), "nature"),
        Fieldset("L’engagement", Row(Column("objectif"), Column("heures")), Row(Column("taux"), Column("tranche"))),
        Fieldset("Les personnes", "publics", Row(Column("duree_eligibilite"), Column("periodicite"))),
        Fieldset("Les manquements", Row(Column("formule"), Column("valeur"), Column("delai"))),
    )

    acheteur = forms.CharField(label="Acheteur", max_length=200, required=False)
    objet = forms.CharField(label="Objet du marché", max_length=500, required=False)
    nature = forms.ChoiceField(
        label="Nature de la clause", choices=[(nature.value, nature.label) for nature in FONDEMENTS]
    )
    objectif = forms.ChoiceField(label="Objectif", choices=TypeObjectif.choices)
    heures = nombre("Heures d’insertion", 1_000_000, "Pour un nombre d’heures fixé, ou le plancher d’une offre.")
    taux = nombre("Part des heures travaillées (%)", 100)
    tranche = nombre("Montant facturé pour une heure (€)", 1_000_000)
    publics = forms.MultipleChoiceField(
        label="Publics",
        choices=CriterePublic.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    duree_eligibilite = forms.IntegerField(label="Durée d’éligibilité (mois)", min_value=1, max_value=120, initial=24)
    periodicite = forms.ChoiceField(label="Relevés", choices=Periodicite.choices)
    formule = forms.ChoiceField(
        label="Pénalité", choices=[("", "À compléter"), *FormulePenalite.choices], required=False
    )
    valeur = nombre("Valeur", 1_000_000, "Euros, coefficient ou pourcentage, selon la formule.")
    delai = forms.IntegerField(label="Mise en demeure (jours ouvrés)", min_value=1, max_value=120, required=False)

    def choix(self) -> Choix:
        saisie = self.cleaned_data
        return Choix(
            nature=NatureClause(saisie["nature"]),
            objectif=TypeObjectif(saisie["objectif"]),
            publics=[CriterePublic(code) for code in saisie["publics"]],
            periodicite=Periodicite(saisie["periodicite"]),
            duree_eligibilite=saisie["duree_eligibilite"],
            formule=FormulePenalite(saisie["formule"]) if saisie["formule"] else None,
            **{nom: saisie[nom] for nom in ("heures", "taux", "tranche", "acheteur", "objet", "valeur", "delai")},
        )
