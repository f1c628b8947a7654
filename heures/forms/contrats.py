"""Formulaires du contrat de travail."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.comptes.acteurs import Acteur
from clauses.socle.annuaire import SaisieAnnuaire
from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from entreprises.models import Entreprise
from heures.forms.champs import SansNirMixin, dates
from heures.models import ContratTravail

DISPOSITION = (
    Row(Column("employeur", css_class="col-md-8"), Column("nombre_missions", css_class="col-md-4")),
    Row(
        Column("type_contrat", css_class="col-md-4"),
        Column("modalite", css_class="col-md-4"),
        Column("quotite", css_class="col-md-4"),
    ),
    Row(Column("date_debut", css_class="col-md-4"), Column("date_fin", css_class="col-md-4")),
)


class EmployeurMixin(SansNirMixin):
    """Remplit le choix de l’employeur avec ce que l’acteur voit de l’annuaire."""

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employeur"].fiches = Entreprise.objects.visibles_par(acteur)


def saisie_employeur() -> SaisieAnnuaire:
    return SaisieAnnuaire(
        modele=Entreprise,
        url="heures:employeurs_choix",
        label="Employeur",
        help_text="Nom ou SIRET d’une entreprise de l’annuaire.",
    )


class ContratForm(EmployeurMixin, FormulaireModele):
    employeur = saisie_employeur()
    disposition = Layout(*DISPOSITION)

    class Meta:
        model = ContratTravail
        fields = ["employeur", "type_contrat", "modalite", "date_debut", "date_fin", "quotite", "nombre_missions"]
        labels = {"quotite": "Quotité"}
        help_texts = {
            "quotite": "1 pour un temps plein, 0,5 pour un mi-temps.",
            "date_fin": "Vide : durée indéterminée.",
            "nombre_missions": "Missions d’intérim ou renouvellements chez le même employeur : un seul contrat.",
        }
        widgets = dates("date_debut", "date_fin")


class ContratModificationForm(EmployeurMixin, FormulaireVersionne):
    employeur = saisie_employeur()
    disposition = Layout("version", *DISPOSITION)

    class Meta(ContratForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["employeur"] = self.instance.employeur


class RechercheForm(Formulaire):
    """Chercher la personne à ajouter à la grille."""

    q = forms.CharField(
        label="Nom, prénom ou identifiant",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
