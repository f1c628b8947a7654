"""Formulaires du marché : ouverture, modification, statut."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Utilisateur
from clauses.socle.annuaire import SaisieAnnuaire
from clauses.socle.formulaires import Formulaire, FormulaireModele, FormulaireVersionne
from marches.enums import StatutMarche
from marches.forms.base import RefusPlaces, SaisieDate
from marches.forms.choix import AIDE
from marches.models import Acheteur, Marche, Operation

DATES = dict.fromkeys(("date_notification", "date_debut", "date_fin"), SaisieDate)
PLACES = {
    "marche_reference_unique": "reference",
    "marche_debut_avant_fin": "date_fin",
    "marche_montant_positif": "montant_ht",
    "marche_derogation_motivee": "motif_art35",
    "marche_commune_execution": "commune_execution_insee",
    "marche_duree": "duree_mois",
}
IDENTITE = [
    Row(Column("reference", css_class="col-md-4"), Column("objet", css_class="col-md-8")),
    Row(
        Column("date_notification", css_class="col-md-4"),
        Column("date_debut", css_class="col-md-4"),
        Column("date_fin", css_class="col-md-4"),
    ),
    Row(
        Column("montant_ht", css_class="col-md-4"),
        Column("commune_execution_insee", css_class="col-md-4"),
        Column("facilitateur", css_class="col-md-4"),
    ),
]
CHAMPS_SIMPLES = [
    "reference", "objet", "date_notification", "date_debut", "date_fin", "montant_ht", "commune_execution_insee",
    "facilitateur",
]  # fmt: skip


class MarcheSimpleForm(RefusPlaces, FormulaireModele):
    """L’essentiel d’un marché, pour l’ouvrir."""

    titre = "Marché"
    disposition = Layout(*IDENTITE)
    places = PLACES

    facilitateur = forms.ModelChoiceField(
        Utilisateur.objects.none(), label="Facilitateur", required=False, empty_label="Non désigné"
    )

    class Meta:
        model = Marche
        fields = CHAMPS_SIMPLES
        field_classes = DATES
        widgets: dict[str, Any] = {"objet": forms.TextInput()}
        labels = {"montant_ht": "Montant HT (€)", "commune_execution_insee": "Commune d’exécution (INSEE)"}
        help_texts = {"commune_execution_insee": "5 caractères, par exemple 62041 pour Arras."}

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        facilitateur: Any = self.fields["facilitateur"]
        facilitateur.queryset = Utilisateur.objects.visibles_par(acteur).facilitateurs()
        if not self.instance.pk:
            self.initial["facilitateur"] = acteur.utilisateur_id


class MarcheForm(MarcheSimpleForm, FormulaireVersionne):
    """Tout le marché, pour le modifier."""

    disposition = Layout(
        "version",
        Fieldset(
            "Identité",
            *IDENTITE,
            Row(Column("acheteur", css_class="col-md-8"), Column("operation", css_class="col-md-4")),
            Row(Column("nouvelle_operation", css_class="col-md-8"), Column("est_npnru", css_class="col-md-4")),
        ),
        Fieldset(
            "Passation",
            Row(*(Column(nom, css_class="col-md-4") for nom in ("nature", "procedure", "technique"))),
            Row(*(Column(nom, css_class="col-md-4") for nom in ("ccag", "cpv", "duree_mois"))),
        ),
        Fieldset(
            "Considérations sociales",
            Row(
                *(Column(nom, css_class="col-md-4") for nom in ("a_clause_sociale", "a_critere_social", "est_reserve"))
            ),
            Row(Column("position_art35", css_class="col-md-4"), Column("motif_art35", css_class="col-md-8")),
        ),
    )

    acheteur = SaisieAnnuaire(modele=Acheteur, url="marches:acheteurs_choix", label="Acheteur", help_text=AIDE)
    operation = forms.ModelChoiceField(
        Operation.objects.none(), label="Opération", required=False, empty_label="Aucune"
    )
    nouvelle_operation = forms.CharField(
        label="Nouvelle opération",
        required=False,
        max_length=200,
        help_text="Un chantier, un programme\u00a0: son nom remplace l’opération choisie ci-dessus.",
    )
    est_npnru = forms.BooleanField(
        label="Cette nouvelle opération est de renouvellement urbain (NPNRU)", required=False
    )

    class Meta(MarcheSimpleForm.Meta):
        fields = [
            "acheteur", *CHAMPS_SIMPLES, "operation", "nature", "procedure", "technique", "ccag", "cpv", "duree_mois",
            "a_clause_sociale", "a_critere_social", "est_reserve", "position_art35", "motif_art35",
        ]  # fmt: skip
        widgets = {"objet": forms.TextInput(), "motif_art35": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            **MarcheSimpleForm.Meta.help_texts,
            "cpv": "Par exemple 45210000-2.",
            "position_art35": "Au-dessus des seuils européens, le L2112-2-1 du code de la commande publique demande "
            "une condition d’exécution sociale, sauf quatre cas\u00a0; en dessous, le marché n’est pas concerné.",
            "motif_art35": "Obligatoire pour une dérogation : les faits qui la justifient.",
        }

    def __init__(self, *args: Any, acteur: Acteur, **kwargs: Any) -> None:
        super().__init__(*args, acteur=acteur, **kwargs)
        self.initial["acheteur"] = self.instance.acheteur
        acheteur: Any = self.fields["acheteur"]
        acheteur.fiches = Acheteur.objects.visibles_par(acteur)
        operation: Any = self.fields["operation"]
        operation.queryset = Operation.objects.visibles_par(acteur)


class StatutForm(Formulaire):
    """Changer le statut d’un marché, depuis sa fiche."""

    statut = forms.ChoiceField(
        label="Statut", choices=StatutMarche.choices, widget=forms.Select(attrs={"class": "form-select w-auto"})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
