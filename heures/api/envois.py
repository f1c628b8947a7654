"""Les courriels aux entreprises : ce qui est parti, ce qui ne l’est pas, et le renvoyer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Corps, Lecture, Mois, Rien
from clauses.socle.api.filtres import Mois as FiltreMois
from clauses.socle.api.filtres import Numero
from entreprises.models import Contact
from heures import actions
from heures.enums import NatureEnvoi, StatutEnvoi
from heures.models import Envoi, Releve
from heures.suivi_demandes import echecs

LUS = ["id", "releve", "engagement", "mois", "nature", "destinataire", "objet", "statut", "erreur", "prepare_le"]


class EnvoiListe(Lecture[Envoi]):
    """`erreur` : pourquoi le courriel n’est pas parti, vide sinon."""

    engagement = serializers.IntegerField(source="releve.engagement_id")
    mois = Mois(source="releve.mois")

    class Meta:
        model = Envoi
        fields: ClassVar = [*LUS, "version"]


class EnvoiLecture(EnvoiListe):
    """`corps` : le texte du courriel, où le lien personnel est masqué."""

    class Meta(EnvoiListe.Meta):
        fields: ClassVar = [*LUS, "corps", "version"]


class MoisARenvoyer(Corps):
    mois = Mois()


class ReleveNonRenvoye(serializers.Serializer[Any]):
    releve = serializers.IntegerField()
    raison = serializers.CharField()

    def to_representation(self, instance: tuple[Releve, str]) -> dict[str, Any]:
        releve, raison = instance
        return {"releve": releve.pk, "raison": raison}


class LotRenvoye(serializers.Serializer[actions.LotDEnvois]):
    """Le courriel part après la réponse : relire le statut de l’envoi."""

    envois = EnvoiListe(many=True)
    nombre_courriels = serializers.IntegerField()
    refus = ReleveNonRenvoye(many=True)


class EnvoiFiltre(django_filters.FilterSet):
    releve = Numero(field_name="releve_id", label="Numéro du relevé")
    engagement = Numero(field_name="releve__engagement_id", label="Numéro de l’engagement")
    mois = FiltreMois(field_name="releve__mois", label="Mois du relevé")
    nature = django_filters.ChoiceFilter(label="Nature", choices=NatureEnvoi.choices)
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutEnvoi.choices)


class EnvoiViewSet(VueObjets[Envoi]):
    """Courriels préparés pour les entreprises, partis ou non."""

    modele = Envoi
    etiquette = "envois"
    droit = Droit.CONSULTER_HEURES
    droits = dict.fromkeys(("renvoyer", "renvoyer_echecs"), Droit.SAISIR_HEURES)
    serializer_class = EnvoiLecture
    serializer_liste = EnvoiListe
    ecritures = {"renvoyer": Rien, "renvoyer_echecs": MoisARenvoyer}
    reponses = {"renvoyer_echecs": LotRenvoye}
    filterset_class = EnvoiFiltre
    tris = ("prepare_le",)

    def objets(self) -> QuerySet[Envoi]:
        lus = Envoi.objects.visibles_par(self.acteur).select_related("releve")
        return lus.defer("corps") if self.action == "list" else lus

    def consulter(self, objets: Sequence[Envoi]) -> None:
        """Un courriel nomme son destinataire."""
        if self.action in ("list", "retrieve"):
            journaliser_lecture(
                par=self.acteur, action="lire des courriels aux entreprises", modele=Contact, nombre=len(objets)
            )

    @action(detail=True, methods=["post"])
    def renvoyer(self, request: Request, pk: int) -> Response:
        """Renvoie tel quel un courriel qui n’est pas parti, avec le lien en vigueur."""
        envoi = self.get_object()
        self.corps()
        actions.renvoyer(envoi, par=self.acteur, adresse=request.build_absolute_uri("/"))
        return self.relire(envoi.pk)

    @action(detail=False, methods=["post"], url_path="renvoyer-echecs")
    def renvoyer_echecs(self, request: Request) -> Response:
        """Renvoie tous les courriels d’un mois qui ne sont pas partis ; l’un n’arrête pas les autres."""
        a_renvoyer = echecs(self.corps()["mois"], self.acteur)
        lot = actions.renvoyer_lot(a_renvoyer, par=self.acteur, adresse=request.build_absolute_uri("/"))
        return Response(LotRenvoye(lot, context=self.get_serializer_context()).data)
