"""Lots d’un marché, et les entreprises à qui chacun est attribué."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Choix, Ecriture, HeuresAuCentieme, Lecture
from clauses.socle.api.filtres import Numero
from marches import actions
from marches.enums import RoleEntreprise, Secteur
from marches.models import Attribution, Lot, Marche

CHAMPS = ["numero", "intitule", "secteur", "montant_ht"]


class LotLecture(Lecture[Lot]):
    marche_reference = serializers.CharField(source="marche.reference")
    heures_engagees = HeuresAuCentieme()
    heures_realisees = HeuresAuCentieme()

    class Meta:
        model = Lot
        fields: ClassVar = [
            "id", "marche", "marche_reference", *CHAMPS, "heures_engagees", "heures_realisees", "version",
        ]  # fmt: skip


class LotEcriture(Ecriture[Lot]):
    class Meta:
        model = Lot
        fields = CHAMPS


class LotCreation(Ecriture[Lot]):
    class Meta:
        model = Lot
        fields: ClassVar = ["marche", *CHAMPS]


class LotFiltre(django_filters.FilterSet):
    marche = Numero(field_name="marche_id", label="Numéro du marché")
    secteur = django_filters.ChoiceFilter(label="Secteur d’activité", choices=Secteur.choices)


class LotViewSet(Creation[Lot], Modification[Lot]):
    """Lots, avec leur avancement du jour ; une entreprise n’y compte que ses propres heures."""

    modele = Lot
    droit = Droit.CONSULTER_MARCHES
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_MARCHES)
    serializer_class = LotLecture
    ecritures = {"create": LotCreation, "partial_update": LotEcriture}
    filterset_class = LotFiltre
    tris = ("numero",)

    def objets(self) -> QuerySet[Lot]:
        visibles = Lot.objects.visibles_par(self.acteur).select_related("marche")
        return visibles.avec_avancement(au=timezone.localdate(), pour=self.acteur)

    def creer(self, *, marche: Marche, **donnees: Any) -> Lot:  # type: ignore[override]
        return actions.ajouter_lot(marche, par=self.acteur, **donnees)

    def modifier(self, objet: Lot, /, *, version: int, **donnees: Any) -> Lot:
        return actions.modifier_lot(objet, version=version, par=self.acteur, **donnees)


class AttributionLecture(Lecture[Attribution]):
    marche = serializers.IntegerField(source="lot.marche_id")
    lot_numero = serializers.CharField(source="lot.numero")
    entreprise_siret = serializers.CharField(source="entreprise.siret")
    entreprise_nom = serializers.CharField(source="entreprise.raison_sociale")

    class Meta:
        model = Attribution
        fields: ClassVar = [
            "id", "marche", "lot", "lot_numero", "entreprise", "entreprise_siret", "entreprise_nom", "role",
        ]  # fmt: skip


class AttributionEcriture(Ecriture[Attribution]):
    role = Choix(choices=RoleEntreprise.choices)

    class Meta:
        model = Attribution
        fields: ClassVar = ["lot", "entreprise", "role"]


class AttributionFiltre(django_filters.FilterSet):
    marche = Numero(field_name="lot__marche_id", label="Numéro du marché")
    lot = Numero(field_name="lot_id", label="Numéro du lot")
    entreprise = Numero(field_name="entreprise_id", label="Numéro de l’entreprise")
    role = django_filters.ChoiceFilter(label="Rôle", choices=RoleEntreprise.choices)


class AttributionViewSet(Creation[Attribution]):
    """Qui exécute un lot, et à quel titre : titulaire seul, groupement, sous-traitants."""

    modele = Attribution
    droit = Droit.CONSULTER_MARCHES
    droits: ClassVar = {"create": Droit.GERER_MARCHES}
    serializer_class = AttributionLecture
    ecritures = {"create": AttributionEcriture}
    filterset_class = AttributionFiltre

    def objets(self) -> QuerySet[Attribution]:
        return Attribution.objects.visibles_par(self.acteur).select_related("lot", "entreprise")

    def creer(self, *, lot: Lot, **donnees: Any) -> Attribution:  # type: ignore[override]
        return actions.ajouter_au_groupement(lot, par=self.acteur, **donnees)
