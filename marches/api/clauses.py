"""Clauses d’un lot, ce qu’elles demandent, et leurs règles de pénalité."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet, Sum
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification, Suppression
from clauses.socle.api.champs import Ecriture, HeuresAuCentieme, Lecture
from clauses.socle.api.filtres import Numero
from marches import actions
from marches.enums import FormulePenalite, NatureClause, TypeObjectif
from marches.models import Clause, Facture, Lot, ReglePenalite
from marches.objectifs_lus import obligation_de
from marches.obligation import CHAMPS_D_OBJECTIF, CHAMPS_DU_TYPE, Obligation

CHAMPS = [
    "nature_clause", "type_objectif", *CHAMPS_D_OBJECTIF, "perimetre", "publics_admis", "nomme_facilitateur",
    "duree_eligibilite_mois", "coefficient_formation", "plafond_formation", "periodicite",
]  # fmt: skip
CHAMPS_DE_LA_REGLE = [
    "formule", "valeur", "plafond_euros", "plafond_pourcent", "exige_mise_en_demeure", "delai_jours", "article",
]  # fmt: skip


class ClauseLecture(Lecture[Clause]):
    marche = serializers.IntegerField(source="lot.marche_id")
    objectif = serializers.SerializerMethodField()
    objectif_heures = serializers.SerializerMethodField()
    objectif_etapes = serializers.SerializerMethodField()
    reserves = frozenset({"nomme_facilitateur"})

    class Meta:
        model = Clause
        fields: ClassVar = [
            "id", "marche", "lot", *CHAMPS, "objectif", "objectif_heures", "objectif_etapes", "version",
        ]  # fmt: skip

    def _obligation(self, clause: Clause) -> Obligation:
        return obligation_de(clause, facture=self.context["montants"].get(clause.pk, Decimal(0)))

    def get_objectif(self, clause: Clause) -> str:
        """Ce que l’entreprise doit, en une phrase."""
        return self._obligation(clause).phrase

    @extend_schema_field(HeuresAuCentieme(max_digits=24, allow_null=True))
    def get_objectif_heures(self, clause: Clause) -> str | None:
        """Le nombre d’heures demandé ; nul s’il ne se calcule pas."""
        heures = self._obligation(clause).heures
        return None if heures is None else str(heures)

    def get_objectif_etapes(self, clause: Clause) -> list[str]:
        """Le calcul, étape par étape."""
        return [f"{etape}\u00a0: {valeur}" for etape, valeur in self._obligation(clause).etapes]


class ClauseEcriture(Ecriture[Clause]):
    class Meta:
        model = Clause
        fields = CHAMPS


class ClauseCreation(Ecriture[Clause]):
    class Meta:
        model = Clause
        fields: ClassVar = ["lot", *CHAMPS]


class ClauseFiltre(django_filters.FilterSet):
    marche = Numero(field_name="lot__marche_id", label="Numéro du marché")
    lot = Numero(field_name="lot_id", label="Numéro du lot")
    nature_clause = django_filters.ChoiceFilter(label="Nature de la clause", choices=NatureClause.choices)
    type_objectif = django_filters.ChoiceFilter(label="Type d’objectif", choices=TypeObjectif.choices)


def selon_le_type(donnees: Mapping[str, Any], type_objectif: str) -> dict[str, Any]:
    """Les données, et vides les champs que ce type d’objectif n’emploie pas : une clause ne dit pas deux objectifs.

    Lève `ValidationError` si l’un d’eux a été envoyé, plutôt que de l’effacer sans le dire.
    """
    etrangers = [nom for nom in CHAMPS_D_OBJECTIF if nom not in CHAMPS_DU_TYPE[type_objectif]]
    phrase = f"Un objectif de type {type_objectif} n’emploie pas ce champ."
    if fautes := {nom: [phrase] for nom in etrangers if donnees.get(nom) not in (None, "")}:
        raise serializers.ValidationError(fautes)
    return {nom: "" if nom == "objectif_texte" else None for nom in etrangers} | dict(donnees)


class ClauseViewSet(Creation[Clause], Modification[Clause]):
    """Clauses sociales des lots, et ce qu’elles demandent à ce jour."""

    modele = Clause
    droit = Droit.CONSULTER_MARCHES
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_MARCHES)
    serializer_class = ClauseLecture
    ecritures = {"create": ClauseCreation, "partial_update": ClauseEcriture}
    filterset_class = ClauseFiltre

    def objets(self) -> QuerySet[Clause]:
        visibles = Clause.objects.visibles_par(self.acteur)
        return visibles.select_related("structure", "lot__marche").defer("structure__logo")

    def get_serializer_context(self) -> dict[str, Any]:
        """Les montants facturés de chaque clause, tels que l’appelant les voit, en une requête."""
        contexte = super().get_serializer_context()
        if getattr(self, "swagger_fake_view", False):
            return contexte
        factures = Facture.objects.visibles_par(self.acteur).order_by().values_list("engagement__clause")
        return {**contexte, "montants": dict(factures.annotate(somme=Sum("montant_ht")))}

    def creer(self, *, lot: Lot, **donnees: Any) -> Clause:  # type: ignore[override]
        type_objectif = donnees.get("type_objectif", TypeObjectif.HEURES_FIXES)
        return actions.definir_clause(lot, par=self.acteur, **selon_le_type(donnees, type_objectif))

    def modifier(self, objet: Clause, /, *, version: int, **donnees: Any) -> Clause:
        champs = selon_le_type(donnees, donnees.get("type_objectif", objet.type_objectif))
        return actions.modifier_clause(objet, version=version, par=self.acteur, **champs)


class ReglePenaliteLecture(Lecture[ReglePenalite]):
    class Meta:
        model = ReglePenalite
        fields: ClassVar = ["id", "clause", *CHAMPS_DE_LA_REGLE, "version"]


class ReglePenaliteEcriture(Ecriture[ReglePenalite]):
    class Meta:
        model = ReglePenalite
        fields = CHAMPS_DE_LA_REGLE


class ReglePenaliteCreation(Ecriture[ReglePenalite]):
    class Meta:
        model = ReglePenalite
        fields: ClassVar = ["clause", *CHAMPS_DE_LA_REGLE]


class ReglePenaliteFiltre(django_filters.FilterSet):
    marche = Numero(field_name="clause__lot__marche_id", label="Numéro du marché")
    clause = Numero(field_name="clause_id", label="Numéro de la clause")
    formule = django_filters.ChoiceFilter(label="Formule", choices=FormulePenalite.choices)


class ReglePenaliteViewSet(Creation[ReglePenalite], Modification[ReglePenalite], Suppression[ReglePenalite]):
    """Ce qu’une clause prévoit si l’engagement n’est pas tenu ; retirée, une règle reste au journal."""

    modele = ReglePenalite
    droit = Droit.CONSULTER_MARCHES
    droits = dict.fromkeys(("create", "partial_update", "destroy"), Droit.GERER_MARCHES)
    serializer_class = ReglePenaliteLecture
    ecritures = {"create": ReglePenaliteCreation, "partial_update": ReglePenaliteEcriture}
    filterset_class = ReglePenaliteFiltre

    def objets(self) -> QuerySet[ReglePenalite]:
        return ReglePenalite.objects.visibles_par(self.acteur)

    def creer(self, *, clause: Clause, **donnees: Any) -> ReglePenalite:  # type: ignore[override]
        return actions.ajouter_regle(clause, par=self.acteur, **donnees)

    def modifier(self, objet: ReglePenalite, /, *, version: int, **donnees: Any) -> ReglePenalite:
        return actions.modifier_regle(objet, version=version, par=self.acteur, **donnees)

    def supprimer(self, objet: ReglePenalite, /, *, version: int) -> None:
        actions.retirer_regle(objet, version=version, par=self.acteur)
