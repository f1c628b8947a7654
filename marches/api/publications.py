"""Ce que les données essentielles (DECP) disent des marchés : publications, modifications, contrats à veiller."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.socle.api.champs import Lecture
from clauses.socle.api.corps import Formulaire
from clauses.socle.api.filtres import Jour, Numero
from marches.api.decp import FichierDecp, RapportDecp, importer
from marches.models import ContratAVeiller, ModificationMarche, PublicationDecp


@extend_schema_field({"type": "object", "additionalProperties": {}})
class Valeurs(serializers.JSONField):
    """Ce que la source disait du contrat à la dernière lecture, par nom de champ."""


class PublicationLecture(Lecture[PublicationDecp]):
    valeurs = Valeurs()

    class Meta:
        model = PublicationDecp
        fields: ClassVar = [
            "id", "marche", "lot", "source_identifiant", "id_accord_cadre", "date_publication", "valeurs",
        ]  # fmt: skip


class PublicationFiltre(django_filters.FilterSet):
    marche = Numero(field_name="marche_id", label="Numéro du marché")
    lot = Numero(field_name="lot_id", label="Numéro du lot")
    source_identifiant = django_filters.CharFilter(label="Identifiant exact dans la source", max_length=120)


class PublicationViewSet(VueObjets[PublicationDecp]):
    """Les contrats publiés dont viennent les lots."""

    modele = PublicationDecp
    droit = Droit.CONSULTER_ANNUAIRE
    droits: ClassVar = {"importer": Droit.IMPORTER}
    serializer_class = PublicationLecture
    ecritures: ClassVar = {"importer": FichierDecp}
    reponses: ClassVar = {"importer": RapportDecp}
    filterset_class = PublicationFiltre
    tris = ("source_identifiant",)

    def objets(self) -> QuerySet[PublicationDecp]:
        return PublicationDecp.objects.visibles_par(self.acteur)

    @action(detail=False, methods=["post"], parser_classes=[Formulaire])
    def importer(self, request: Request) -> Response:
        """Importe un fichier DECP et rend le rapport, contrat par contrat ; `essai` n’enregistre rien.

        Redire le même import ne crée rien deux fois : un marché connu suit sa source. Une panne n’en laisse rien.
        """
        return Response(importer(self.corps(), par=self.acteur))


class ModificationLecture(Lecture[ModificationMarche]):
    marche = serializers.IntegerField(source="publication.marche_id")
    lot = serializers.IntegerField(source="publication.lot_id")

    class Meta:
        model = ModificationMarche
        fields: ClassVar = ["id", "marche", "lot", "publication", "date", "montant_ht", "duree_mois"]


class ModificationFiltre(django_filters.FilterSet):
    marche = Numero(field_name="publication__marche_id", label="Numéro du marché")
    publication = Numero(field_name="publication_id", label="Numéro de la publication")
    depuis = Jour(field_name="date", lookup_expr="gte", label="Depuis le, inclus")
    jusqu_au = Jour(field_name="date", lookup_expr="lte", label="Jusqu’au, inclus")


class ModificationViewSet(VueObjets[ModificationMarche]):
    """Modifications publiées d’un contrat : ses nouveaux totaux à une date, jamais des écarts à ajouter."""

    modele = ModificationMarche
    droit = Droit.CONSULTER_ANNUAIRE
    serializer_class = ModificationLecture
    filterset_class = ModificationFiltre
    tris = ("date",)

    def objets(self) -> QuerySet[ModificationMarche]:
        return ModificationMarche.objects.visibles_par(self.acteur).select_related("publication")


class ContratAVeillerLecture(Lecture[ContratAVeiller]):
    acheteur_siret = serializers.CharField(source="acheteur.siret")
    acheteur_nom = serializers.CharField(source="acheteur.nom")

    class Meta:
        model = ContratAVeiller
        fields: ClassVar = [
            "id", "acheteur", "acheteur_siret", "acheteur_nom", "identifiant", "objet", "nature", "cpv", "montant_ht",
            "seuil_ht", "date_notification",
        ]  # fmt: skip


class ContratFiltre(django_filters.FilterSet):
    acheteur = Numero(field_name="acheteur_id", label="Numéro de l’acheteur")
    acheteur_siret = django_filters.CharFilter(
        field_name="acheteur__siret", label="SIRET de l’acheteur", max_length=14
    )
    notifie_depuis = Jour(field_name="date_notification", lookup_expr="gte", label="Notifié depuis le, inclus")
    notifie_jusqu_au = Jour(field_name="date_notification", lookup_expr="lte", label="Notifié jusqu’au, inclus")


class ContratAVeillerViewSet(VueObjets[ContratAVeiller]):
    """Contrats publiés de nos acheteurs, au-dessus des seuils, sans considération sociale, et non suivis ici."""

    modele = ContratAVeiller
    droit = Droit.CONSULTER_ANNUAIRE
    serializer_class = ContratAVeillerLecture
    filterset_class = ContratFiltre
    tris = ("montant_ht", "identifiant")

    def objets(self) -> QuerySet[ContratAVeiller]:
        return ContratAVeiller.objects.visibles_par(self.acteur).select_related("acheteur")
