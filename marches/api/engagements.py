"""Engagements, avec leur échéancier, leur avancement et leur prévision à une date."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Centiemes, Choix, Corps, Ecriture, HeuresAuCentieme, Jour, Lecture
from clauses.socle.api.filtres import Numero
from clauses.socle.conversions import ValeurRefusee, vers_date
from marches import actions
from marches.avancements import LigneAvancement, avancements, lire
from marches.encourues import encourues
from marches.enums import RoleEntreprise, Situation
from marches.models import Clause, Engagement, JalonEngagement
from marches.previsions import Jalon

CENTIME = Decimal("0.01")
CHAMPS = ["date_debut", "date_fin", "part_groupement"]
JALONS_AU_PLUS = 24


class JalonSerializer(Corps):
    """Un point de l’échéancier : à cette date, cette part de l’engagement est attendue."""

    date = Jour()
    part = serializers.IntegerField(min_value=0, max_value=100)


class EngagementLecture(Lecture[Engagement]):
    marche = serializers.IntegerField(source="clause.lot.marche_id", read_only=True)
    lot = serializers.IntegerField(source="clause.lot_id", read_only=True)
    lot_numero = serializers.CharField(source="clause.lot.numero", read_only=True)
    entreprise_siret = serializers.CharField(source="entreprise.siret", read_only=True)
    entreprise_nom = serializers.CharField(source="entreprise.raison_sociale", read_only=True)
    heures_engagees = HeuresAuCentieme()
    heures_realisees = HeuresAuCentieme()
    heures_attendues = HeuresAuCentieme(allow_null=True)
    heures_projetees = HeuresAuCentieme(allow_null=True)
    heures_par_mois = HeuresAuCentieme(allow_null=True)
    situation = serializers.CharField(source="code_situation", read_only=True)
    taux = serializers.SerializerMethodField()
    penalite_encourue = serializers.SerializerMethodField()
    penalite_projetee = serializers.SerializerMethodField()
    au = serializers.SerializerMethodField()
    debut = Jour(read_only=True, allow_null=True)
    fin = Jour(read_only=True, allow_null=True)
    echeancier = JalonSerializer(source="jalons_vus", many=True, read_only=True)
    reserves = frozenset({"part_groupement"})

    class Meta:
        model = Engagement
        fields: ClassVar = [
            "id", "marche", "lot", "lot_numero", "clause", "entreprise", "entreprise_siret", "entreprise_nom", *CHAMPS,
            "debut", "fin", "echeancier", "au", "heures_engagees", "heures_realisees", "taux", "heures_attendues",
            "heures_projetees", "heures_par_mois", "situation", "penalite_encourue", "penalite_projetee", "version",
        ]  # fmt: skip

    def _lue(self, engagement: Engagement) -> LigneAvancement:
        return lire(engagement, penalites=self.context["penalites"], au=self.context["au"])

    def get_taux(self, engagement: Engagement) -> str | None:
        """Réalisé ÷ engagé, à quatre décimales : « 0.2500 » ; nul sans engagement."""
        taux = self._lue(engagement).avancement.taux
        return None if taux is None else str(taux.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))

    def get_penalite_encourue(self, engagement: Engagement) -> str:
        """Euros exigibles à la date, au centime ; « 0.00 » avant la fin de l’engagement."""
        return str(self._lue(engagement).penalite.total.quantize(CENTIME))

    def get_penalite_projetee(self, engagement: Engagement) -> str | None:
        projetee = self._lue(engagement).penalite_projetee
        return None if projetee is None else str(projetee.total.quantize(CENTIME))

    def get_au(self, engagement: Engagement) -> str:
        jour: datetime.date = self.context["au"]
        return jour.isoformat()


class EngagementEcriture(Ecriture[Engagement]):
    class Meta:
        model = Engagement
        fields = CHAMPS


class EngagementCreation(Ecriture[Engagement]):
    """Sans heures, l’objectif viendra d’un mouvement ; `role` est sans effet sur une entreprise déjà attributaire."""

    heures = Centiemes(required=False, min_value=CENTIME)
    date = Jour()
    role = Choix(choices=RoleEntreprise.choices, default=RoleEntreprise.TITULAIRE)

    class Meta:
        model = Engagement
        fields: ClassVar = ["clause", "entreprise", "heures", "date", "role", "date_debut", "date_fin"]


class EcheancierEcriture(Corps):
    jalons = serializers.ListField(child=JalonSerializer(), max_length=JALONS_AU_PLUS)


class EngagementFiltre(django_filters.FilterSet):
    marche = Numero(field_name="clause__lot__marche_id", label="Numéro du marché")
    lot = Numero(field_name="clause__lot_id", label="Numéro du lot")
    clause = Numero(field_name="clause_id", label="Numéro de la clause")
    acheteur = Numero(field_name="clause__lot__marche__acheteur_id", label="Numéro de l’acheteur")
    entreprise = Numero(field_name="entreprise_id", label="Numéro de l’entreprise")
    entreprise_siret = django_filters.CharFilter(
        field_name="entreprise__siret", label="SIRET de l’entreprise", max_length=14
    )
    situation = django_filters.ChoiceFilter(
        label="Situation à la date", field_name="code_situation", choices=Situation.choices
    )


class EngagementViewSet(Creation[Engagement], Modification[Engagement]):
    """Engagements du périmètre de l’appelant, avec leur avancement et leur prévision ; jamais de personne.

    `?au=AAAA-MM-JJ` choisit la date ; aujourd’hui sinon.
    """

    modele = Engagement
    droit = Droit.CONSULTER_MARCHES
    droits = dict.fromkeys(("create", "partial_update", "echeancier"), Droit.GERER_MARCHES)
    parametres = ("au",)
    parametres_decrits = (
        OpenApiParameter(
            "au", OpenApiTypes.DATE, description="Date de l’avancement et de la prévision ; aujourd’hui sinon."
        ),
    )
    serializer_class = EngagementLecture
    ecritures = {
        "create": EngagementCreation,
        "partial_update": EngagementEcriture,
        "echeancier": EcheancierEcriture,
    }
    gestes_versionnes = ("echeancier",)
    filterset_class = EngagementFiltre

    @cached_property
    def au(self) -> datetime.date:
        lu = self.request.query_params.get("au")
        if lu is None:
            return timezone.localdate()
        try:
            return vers_date(lu)
        except ValeurRefusee as refus:
            raise serializers.ValidationError({"au": [str(refus)]}) from refus

    def objets(self) -> QuerySet[Engagement]:
        jalons = JalonEngagement.objects.visibles_par(self.acteur).order_by("date", "pk")
        engagements: QuerySet[Engagement] = avancements(par=self.acteur, au=self.au)
        return engagements.prefetch_related(Prefetch("jalons", jalons, to_attr="jalons_vus"))

    def get_serializer_context(self) -> dict[str, Any]:
        penalites = encourues(par=self.acteur, au=self.au)
        return {**super().get_serializer_context(), "au": self.au, "penalites": penalites}

    def creer(self, *, clause: Clause, heures: Decimal | None = None, **donnees: Any) -> Engagement:  # type: ignore[override]
        return actions.engager_entreprise(clause, heures=heures, par=self.acteur, **donnees)

    def modifier(self, objet: Engagement, /, *, version: int, **donnees: Any) -> Engagement:
        return actions.modifier_engagement(objet, version=version, par=self.acteur, **donnees)

    @action(detail=True, methods=["post"])
    def echeancier(self, request: Request, pk: int) -> Response:
        """Remplace tout l’échéancier ; vide, l’attendu suit de nouveau le temps."""
        engagement = self.get_object()
        version = self.version_attendue()
        jalons = [Jalon(lu["date"], lu["part"]) for lu in self.corps()["jalons"]]
        actions.fixer_echeancier(engagement, jalons=jalons, version=version, par=self.acteur)
        return self.relire(engagement.pk)
