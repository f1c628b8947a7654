"""Formulaires d’une clause : ce que dit le contrat, et l’objectif selon son type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms

from clauses.socle.champs import SaisieEuros
from clauses.socle.formulaires import FormulaireModele, FormulaireVersionne
from marches.enums import FormulePenalite, TypeObjectif
from marches.forms.base import PourcentageField, RefusPlaces
from marches.models import Clause
from marches.obligation import CHAMPS_D_OBJECTIF, CHAMPS_DU_TYPE

PLACES = {
    "clause_nature_unique": "nature_clause",
    "clause_duree_eligibilite": "duree_eligibilite_mois",
    "clause_coefficient_formation": "coefficient_formation",
    "clause_plafond_formation": "plafond_formation",
    "clause_objectif_complet_ou_absent": "objectif_montant",
    "clause_objectif_exclu": "objectif_exclu",
    "clause_objectif_tranche": "objectif_tranche",
    "clause_objectif_part_heures": "objectif_part_heures",
    "clause_objectif_personnes": "objectif_personnes",
    "clause_objectif_offre": "objectif_offre",
}
# Ce que l’on lit sous le choix du type, quand le type n’a rien à demander ou que tout y est facultatif.
EXPLICATIONS = {
    TypeObjectif.HEURES_FIXES: "Facultatif : garder ici le calcul d’où viennent les heures.",
    TypeObjectif.HEURES_PAR_TRANCHE_MONTANT: "Le grand livre suivra chaque facture et bon de commande enregistrés.",
    TypeObjectif.OFFRE_TITULAIRE: "L’offre engage si elle dépasse le plancher.",
    TypeObjectif.INTEGRAL: "Rien d’autre à saisir : toute l’exécution est confiée aux publics admis.",
}


def rang(*noms: str, largeur: int = 4) -> Row:
    return Row(*(Column(nom, css_class=f"col-md-{largeur}") for nom in noms))


class ClauseForm(RefusPlaces, FormulaireModele):
    """Une clause ; seuls les champs qu’emploie le type d’objectif choisi y sont, les autres seront vidés."""

    titre = "Clause"
    places = PLACES

    objectif_part = PourcentageField(
        label="Part de main-d’œuvre (%)", required=False, help_text="Repères par métier : page Outils."
    )
    objectif_taux = PourcentageField(label="Taux d’insertion (%)", required=False, help_text="5\u202f% est courant.")
    objectif_part_heures = PourcentageField(label="Part réservée à l’insertion (%)", required=False)
    objectif_etp = SaisieEuros(
        label="Équivalents temps plein à employer",
        required=False,
        help_text="Les heures s’en déduisent : temps pleins × base annuelle × durée.",
    )
    coefficient_formation = SaisieEuros(
        label="Coefficient des heures de formation",
        initial=Decimal(1),
        help_text="1 : une heure de formation compte pour une heure.",
    )

    class Meta:
        model = Clause
        fields = [
            "nature_clause", "type_objectif", *CHAMPS_D_OBJECTIF, "perimetre", "publics_admis", "nomme_facilitateur",
            "duree_eligibilite_mois", "coefficient_formation", "plafond_formation", "periodicite",
        ]  # fmt: skip
        labels = {
            "objectif_montant": "Montant HT de l’assiette (€)",
            "objectif_exclu": "Personnel repris, exclu (€)",
            "objectif_cout_horaire": "Coût horaire (€)",
            "objectif_tranche": "Montant HT facturé pour une heure (€)",
        }
        widgets = {nom: forms.Textarea(attrs={"rows": 2}) for nom in ("perimetre", "publics_admis", "objectif_texte")}
        help_texts = {
            "perimetre": "Ce que la clause couvre : prestations, tranches, sites.",
            "publics_admis": "Tels que le contrat les nomme.",
            "objectif_cout_horaire": "Sans valeur par défaut : celui du métier, charges comprises.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = self._type_choisi()
        demandes = CHAMPS_DU_TYPE[self.type]
        for nom in CHAMPS_D_OBJECTIF:
            if nom not in demandes:
                del self.fields[nom]
        # Sans JavaScript, le bouton « Adapter » du gabarit fait la même chose.
        self.fields["type_objectif"].widget.attrs |= {
            "hx-post": "",
            "hx-trigger": "change",
            "hx-include": "closest form",
            "hx-vals": '{"adapter": "1"}',
            "hx-target": "#clause",
            "hx-select": "#clause",
            "hx-swap": "outerHTML",
        }
        self.fields["type_objectif"].help_text = EXPLICATIONS.get(TypeObjectif(self.type), "")
        self.disposition = Layout(*self._sections(demandes))

    def _type_choisi(self) -> str:
        lu = self.data.get(self.add_prefix("type_objectif")) if self.is_bound else self.initial.get("type_objectif")
        return str(lu) if lu in CHAMPS_DU_TYPE else TypeObjectif.HEURES_FIXES

    def _sections(self, demandes: tuple[str, ...]) -> list[Any]:
        larges = [nom for nom in demandes if nom == "objectif_texte"]
        etroits = [nom for nom in demandes if nom != "objectif_texte"]
        return [
            "nature_clause",
            Fieldset("Objectif", rang("type_objectif", largeur=8), *larges, rang(*etroits)),
            Fieldset("Ce que dit le contrat", "perimetre", "publics_admis", "nomme_facilitateur"),
            Fieldset(
                "Suivi",
                rang("duree_eligibilite_mois", "periodicite"),
                rang("coefficient_formation", "plafond_formation"),
            ),
        ]

    def saisie(self) -> dict[str, Any]:
        """Valeurs saisies ; ce que le type n’emploie pas est vidé, pour ne pas dire deux objectifs."""
        vides = {nom: "" if nom == "objectif_texte" else None for nom in CHAMPS_D_OBJECTIF}
        return vides | super().saisie()


class ClauseModificationForm(ClauseForm, FormulaireVersionne):
    class Meta(ClauseForm.Meta):
        pass

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        if initial and "version" in initial:
            # Adapter les champs ne relit pas la fiche : la version reste celle que l’auteur avait sous les yeux.
            self.initial["version"] = initial["version"]

    def _sections(self, demandes: tuple[str, ...]) -> list[Any]:
        return ["version", *super()._sections(demandes)]


class ClauseSimpleForm(RefusPlaces, FormulaireModele):
    """La clause du cas simple, avec une règle de pénalité au plus : le reste se complète sur la fiche."""

    titre = "Clause"
    disposition = Layout(
        Row(Column("nature_clause", css_class="col-md-8"), Column("duree_eligibilite_mois", css_class="col-md-4")),
        Row(Column("penalite_formule", css_class="col-md-8"), Column("penalite_valeur", css_class="col-md-4")),
    )
    places = PLACES

    penalite_formule = forms.ChoiceField(
        label="Formule de pénalité", choices=[("", "Aucune"), *FormulePenalite.choices], required=False
    )
    penalite_valeur = SaisieEuros(
        label="Valeur de la pénalité",
        required=False,
        help_text="Euros, coefficient ou pourcentage, selon la formule. D’autres règles s’ajoutent sur la fiche.",
    )

    class Meta:
        model = Clause
        fields = ["nature_clause", "duree_eligibilite_mois"]

    def clean(self) -> dict[str, Any]:
        donnees: dict[str, Any] = super().clean() or self.cleaned_data
        formule, valeur = donnees.get("penalite_formule"), donnees.get("penalite_valeur")
        if "penalite_valeur" in self.errors:
            return donnees
        if formule and valeur is None:
            self.add_error("penalite_valeur", "Donner la valeur qui va avec la formule de pénalité.")
        elif valeur is not None and not formule:
            self.add_error("penalite_formule", "Choisir la formule de pénalité qui va avec cette valeur.")
        elif valeur is not None and valeur <= 0:
            self.add_error("penalite_valeur", "La valeur d’une pénalité est supérieure à zéro.")
        return donnees

    def saisie(self) -> dict[str, Any]:
        champs = super().saisie()
        formule, valeur = champs.pop("penalite_formule"), champs.pop("penalite_valeur")
        return {**champs, "penalites": [{"formule": formule, "valeur": valeur}] if formule else []}
