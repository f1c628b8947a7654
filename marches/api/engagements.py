"""Engagements, avec leur avancement et leur prévision à une date."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.socle.api.champs import HeuresAuCentieme, Lecture
from clauses.socle.conversions import ValeurRefusee, vers_date
from marches.avancements import LigneAvancement, avancements, lire
from marches.encourues import encourues
from marches.models import Engagement

CENTIME = Decimal("0.01")


class EngagementLecture(Lecture[Engagement]):
    marche = serializers.IntegerField(source="clause.lot.marche_id", read_only=True)
    lot_numero = serializers.CharField(source="clause.lot.numero", read_only=True)
    entreprise_siret = serializers.CharField(source="entreprise.siret", read_only=True)
    entreprise_nom = serializers.CharField(source="entreprise.raison_sociale", read_only=True)
    heures_engagees = HeuresAuCentieme()
    heures_realisees = HeuresAuCentieme()
    heures_attendues = HeuresAuCentieme()
    heures_projetees = HeuresAuCentieme()
    heures_par_mois = HeuresAuCentieme()
    situation = serializers.CharField(source="code_situation", read_only=True)
    taux = serializers.SerializerMethodField()
    penalite_encourue = serializers.SerializerMethodField()
    penalite_projetee = serializers.SerializerMethodField()
    au = serializers.SerializerMethodField()

    class Meta:
        model = Engagement
        fields: ClassVar = [
            "id", "marche", "lot_numero", "entreprise_siret", "entreprise_nom", "au", "heures_engagees",
            "heures_realisees", "taux", "heures_attendues", "heures_projetees", "heures_par_mois", "situation",
            "penalite_encourue", "penalite_projetee",
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


class EngagementViewSet(VueObjets[Engagement]):
    """Engagements du périmètre de l’appelant, avec leur avancement et leur prévision ; jamais de personne.

    `?au=AAAA-MM-JJ` choisit la date ; aujourd’hui sinon.
    """

    modele = Engagement
    droit = Droit.CONSULTER_MARCHES
    parametres = ("au",)
    serializer_class = EngagementLecture

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
        engagements: QuerySet[Engagement] = avancements(par=self.acteur, au=self.au)
        return engagements

    def get_serializer_context(self) -> dict[str, Any]:
        penalites = encourues(par=self.acteur, au=self.au)
        return {**super().get_serializer_context(), "au": self.au, "penalites": penalites}
