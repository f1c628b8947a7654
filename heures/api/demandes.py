"""Les demandes de relevé : ce qui est demandé et relancé, et jusqu’à quand le lien d’une entreprise ouvre.

Jamais le lien : il part à l’entreprise, par courriel, et l’application ne le garde pas.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.api.champs import Choix, Corps, Lecture, Mois, References, Rien
from clauses.socle.api.filtres import Mois as FiltreMois
from clauses.socle.api.filtres import Numero, OuiNon
from entreprises.models import Contact
from heures import actions
from heures.api.envois import EnvoiListe
from heures.enums import NatureEnvoi
from heures.forms.demandes import EN_LOT, ENGAGEMENTS_MAX
from heures.modeles_releve import dernier_mois_acheve
from heures.models import DemandeReleve
from heures.relances import Etape
from heures.suivi_demandes import Rangee, rangees
from marches.models import Engagement


class DemandeLecture(Lecture[DemandeReleve]):
    """`deposant` : qui a déposé, tel qu’il s’est nommé."""

    engagement = serializers.IntegerField(source="releve.engagement_id")
    mois = Mois(source="releve.mois")

    class Meta:
        model = DemandeReleve
        fields: ClassVar = [
            "id", "releve", "engagement", "mois", "destinataire", "demandee_le", "valable_jusqu_au", "revoquee_le",
            "deposee_le", "deposant", "version",
        ]  # fmt: skip


class DemandesEnLot(Corps):
    """`nature` : demander, relancer une première fois, relancer une seconde fois."""

    mois = Mois()
    nature = Choix(choices=[(nature.value, nature.label) for nature in EN_LOT], default=NatureEnvoi.DEMANDE)
    engagements = References(Engagement, max_length=ENGAGEMENTS_MAX)


class EngagementRefuse(serializers.Serializer[Any]):
    engagement = serializers.IntegerField()
    raison = serializers.CharField()

    def to_representation(self, instance: tuple[Engagement, str]) -> dict[str, Any]:
        engagement, raison = instance
        return {"engagement": engagement.pk, "raison": raison}


class LotDemande(serializers.Serializer[actions.LotDeDemandes]):
    """Un envoi par relevé, un courriel par adresse, qui part après la réponse : relire le statut de l’envoi."""

    envois = EnvoiListe(many=True)
    nombre_courriels = serializers.IntegerField()
    refus = EngagementRefuse(many=True)


class ReleveDuMois(serializers.Serializer[Rangee]):
    """Un engagement attendu. `suite` : le prochain geste, proposé le `prevue_le` ; `echec` : un envoi non parti.

    `joindre` : l’adresse à laquelle un courriel partirait, vide s’il n’y a personne à joindre.
    """

    engagement = serializers.IntegerField(source="engagement.pk")
    releve = serializers.IntegerField(source="releve.pk", default=None, allow_null=True)
    demande = serializers.IntegerField(source="demande.pk", default=None, allow_null=True)
    suite = serializers.ChoiceField(choices=[(e.name, e.value) for e in Etape], source="suite.etape.name")
    prevue_le = serializers.DateField(source="suite.prevue_le", allow_null=True)
    est_due = serializers.BooleanField()
    relance_le = serializers.DateField(allow_null=True)
    ouvert_le = serializers.DateTimeField(allow_null=True)
    joindre = serializers.CharField(allow_blank=True)
    echec = serializers.IntegerField(source="echec.pk", default=None, allow_null=True)


class RelevesDuMois(serializers.Serializer[Any]):
    mois = Mois(read_only=True)
    releves = ReleveDuMois(many=True)


class MoisDemande(Corps):
    """Le mois d’une adresse ; sans le dire, le dernier mois achevé."""

    mois = Mois(required=False)

    @classmethod
    def lire(cls, parametres: Mapping[str, Any]) -> datetime.date:
        lu = cls(data=parametres)
        lu.is_valid(raise_exception=True)
        mois: datetime.date = lu.validated_data.get("mois") or dernier_mois_acheve()
        return mois


DU_MOIS = OpenApiParameter("mois", str, description="AAAA-MM ; sans le dire, le dernier mois achevé.")


class DemandeFiltre(django_filters.FilterSet):
    releve = Numero(field_name="releve_id", label="Numéro du relevé")
    engagement = Numero(field_name="releve__engagement_id", label="Numéro de l’engagement")
    mois = FiltreMois(field_name="releve__mois", label="Mois du relevé")
    en_vigueur = OuiNon(label="Le lien ouvre encore, ou n’ouvre plus", method="qui_ouvre")
    deposee = OuiNon(field_name="deposee_le", lookup_expr="isnull", exclude=True, label="Déposée, ou pas encore")

    def qui_ouvre(self, objets: Any, nom: str, valeur: bool) -> Any:
        ouvertes = {"revoquee_le": None, "valable_jusqu_au__gt": timezone.now()}
        return objets.filter(**ouvertes) if valeur else objets.exclude(**ouvertes)


class DemandeViewSet(VueObjets[DemandeReleve]):
    """Demandes de relevé faites aux entreprises, et les relevés d’un mois selon leur prochain geste."""

    modele = DemandeReleve
    droit = Droit.CONSULTER_HEURES
    droits = dict.fromkeys(("envoyer", "revoquer", "renouveler"), Droit.SAISIR_HEURES)
    serializer_class = DemandeLecture
    ecritures = {"envoyer": DemandesEnLot, "revoquer": Rien, "renouveler": Rien}
    reponses = {"du_mois": RelevesDuMois, "envoyer": LotDemande, "renouveler": EnvoiListe}
    filterset_class = DemandeFiltre
    tris = ("demandee_le", "valable_jusqu_au")

    def objets(self) -> QuerySet[DemandeReleve]:
        return DemandeReleve.objects.visibles_par(self.acteur).select_related("releve")

    def parametres_connus(self) -> set[str]:
        return {"mois"} if self.action == "du_mois" else super().parametres_connus()

    def consulter(self, objets: Sequence[DemandeReleve]) -> None:
        """Une demande nomme un contact. Ce n’est pas l’ouverture du lien, que le journal note sur la demande."""
        if self.action in ("list", "retrieve"):
            journaliser_lecture(
                par=self.acteur, action="lire des demandes de relevé", modele=Contact, nombre=len(objets)
            )

    @extend_schema(parameters=[DU_MOIS])
    @action(detail=False, methods=["get"], url_path="du-mois")
    def du_mois(self, request: Request) -> Response:
        """Chaque engagement attendu un mois, et le prochain geste sur son relevé."""
        mois = MoisDemande.lire(request.query_params.dict())
        lues = rangees(mois, le=timezone.localdate(), par=self.acteur)
        contacts = {rangee.contact.pk for rangee in lues if rangee.contact}
        if contacts:
            journaliser_lecture(
                par=self.acteur, action="ouvrir les demandes du mois", modele=Contact, nombre=len(contacts)
            )
        return Response(RelevesDuMois({"mois": mois, "releves": lues}).data)

    @action(detail=False, methods=["post"])
    def envoyer(self, request: Request) -> Response:
        """Demande ou relance plusieurs engagements pour un mois ; ce qui est impossible n’arrête pas le reste."""
        donnees = self.corps()
        lot = actions.demander_lot(
            donnees["engagements"],
            mois=donnees["mois"],
            nature=NatureEnvoi(donnees["nature"]),
            par=self.acteur,
            adresse=request.build_absolute_uri("/"),
        )
        return Response(LotDemande(lot, context=self.get_serializer_context()).data)

    @action(detail=True, methods=["post"])
    def revoquer(self, request: Request, pk: int) -> Response:
        """Ferme le lien sans délai. Ce qui a été déposé reste."""
        demande = self.get_object()
        self.corps()
        actions.revoquer(demande, par=self.acteur)
        return self.relire(demande.pk)

    @action(detail=True, methods=["post"])
    def renouveler(self, request: Request, pk: int) -> Response:
        """Remplace le lien par un neuf, envoyé à l’entreprise ; rend cet envoi. L’ancien lien n’ouvre plus."""
        demande = self.get_object()
        self.corps()
        envoi = actions.renouveler(demande, par=self.acteur, adresse=request.build_absolute_uri("/"))
        return Response(EnvoiListe(envoi, context=self.get_serializer_context()).data)
