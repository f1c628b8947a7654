"""Formulaires de l’objectif : calculateur, factures, repères de main-d’œuvre."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clauses.comptes.acteurs import Acteur
from clauses.socle.champs import SaisieEuros
from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from marches.enums import NatureMouvement
from marches.forms.base import PourcentageField, RefusPlaces, SaisieDate
from marches.forms.engagements import SaisieSignee
from marches.models import Clause, Engagement, Facture, RepereMetier
from marches.objectif import Assiette, fautes_d_assiette


class CalculateurForm(Formulaire):
    """Montant × part de main-d’œuvre × taux ÷ coût horaire (domaine.md §4) ; rien n’est enregistré."""

    disposition = Layout(
        Row(Column("montant", css_class="col-sm-6"), Column("exclu", css_class="col-sm-6")),
        Row(*(Column(nom, css_class="col-sm-4") for nom in ("part", "taux", "cout"))),
    )

    montant = SaisieEuros(label="Montant HT (€)", help_text="Celui du lot, ou de la part soumise à la clause.")
    exclu = SaisieEuros(
        label="Personnel repris, à exclure (€)",
        required=False,
        help_text="Propreté : ce que coûte le personnel que le titulaire doit reprendre.",
    )
    part = PourcentageField(label="Main-d’œuvre (%)", help_text="Voir les repères de cette page.")
    taux = PourcentageField(label="Insertion (%)", help_text="De 5 à 20 ; 5 est courant.")
    cout = SaisieEuros(label="Coût horaire (€)", help_text="Aucune valeur par défaut : celui du métier.")

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        termes = {"montant": donnees.get("montant"), "exclu": donnees.get("exclu")}
        for nom, faute in fautes_d_assiette(cout_horaire=donnees.get("cout"), **termes).items():
            self.add_error("cout" if nom == "cout_horaire" else nom, faute)
        return donnees

    def assiette(self) -> Assiette:
        d = self.cleaned_data
        return Assiette(
            montant=d["montant"],
            part=d["part"],
            taux=d["taux"],
            cout_horaire=d["cout"],
            exclu=d["exclu"] or Decimal(0),
        )


class SaisieMontantSigne(SaisieSignee, SaisieEuros):
    """Un montant, négatif pour un avoir."""


class FactureForm(RefusPlaces, FormulaireModele):
    """Un montant facturé, commandé ou rendu, pour l’une des entreprises engagées au titre de la clause."""

    titre = "Facture"
    disposition = Layout(
        Row(Column("engagement", css_class="col-md-8"), Column("nature", css_class="col-md-4")),
        Row(*(Column(nom, css_class="col-md-4") for nom in ("date", "reference", "montant_ht"))),
    )
    places = {"facture_reference_unique": "reference", "facture_non_nulle": "montant_ht"}

    engagement = forms.ModelChoiceField(Engagement.objects.none(), label="Entreprise", empty_label="Choisir")
    nature = forms.ChoiceField(
        label="Pièce",
        choices=[
            (NatureMouvement.RECALCUL.value, "Facture ou avoir"),
            (NatureMouvement.BON_COMMANDE.value, "Bon de commande"),
        ],
        help_text="Un montant commandé puis facturé ne s’enregistre qu’une fois.",
    )
    montant_ht = SaisieMontantSigne(label="Montant HT (€)", help_text="« -500 » pour un avoir.")

    class Meta:
        model = Facture
        fields = ["engagement", "date", "reference", "montant_ht"]
        field_classes: dict[str, Any] = {"date": SaisieDate}

    def __init__(self, *args: Any, clause: Clause, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        engagement: Any = self.fields["engagement"]
        siens = Engagement.objects.visibles_par(acteur).filter(clause=clause).avec_marche()
        engagement.queryset = siens
        engagement.label_from_instance = lambda e: str(e.entreprise)
        seuls = list(siens[:2])
        if len(seuls) == 1:
            engagement.initial, engagement.empty_label = seuls[0], None


REPERE = [Row(Column("metier", css_class="col-md-8"), Column("part", css_class="col-md-4")), "source"]


class RepereForm(RefusPlaces, FormulaireModele):
    titre = "Repère de main-d’œuvre"
    disposition = Layout(*REPERE)
    places = {"repere_metier_unique": "metier", "repere_part": "part"}

    part = PourcentageField(label="Part de main-d’œuvre (%)")

    class Meta:
        model = RepereMetier
        fields = ["metier", "part", "source"]
        help_texts = {"source": "D’où vient ce repère : étude, retour d’expérience, fédération."}


class RepereModificationForm(RepereForm, FormulaireVersionne):
    disposition = Layout("version", *REPERE)

    class Meta(RepereForm.Meta):
        pass


class VersionForm(Formulaire):
    """Retirer d’un bouton ce que l’on a sous les yeux."""

    version = forms.IntegerField(widget=forms.HiddenInput)
