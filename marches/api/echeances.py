"""Ce qui est attendu et ce qui manque : jalons des échéanciers, retards constatés."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import VueObjets
from clauses.socle.api.champs import Lecture
from clauses.socle.api.filtres import Jour, Numero
from marches.api.grand_livre import DUnEngagement
from marches.models import JalonEngagement, RetardConstate


class JalonLecture(Lecture[JalonEngagement]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")

    class Meta:
        model = JalonEngagement
        fields: ClassVar = ["id", "marche", "engagement", "date", "part"]


class JalonViewSet(VueObjets[JalonEngagement]):
    """Jalons des échéanciers ; tout l’échéancier se remplace d’un coup, par `engagements/{id}/echeancier/`."""

    modele = JalonEngagement
    droit = Droit.CONSULTER_MARCHES
    serializer_class = JalonLecture
    filterset_class = DUnEngagement
    tris = ("date",)

    def objets(self) -> QuerySet[JalonEngagement]:
        return JalonEngagement.objects.visibles_par(self.acteur).select_related("engagement__clause__lot")


class RetardLecture(Lecture[RetardConstate]):
    marche = serializers.IntegerField(source="engagement.clause.lot.marche_id")

    class Meta:
        model = RetardConstate
        fields: ClassVar = ["id", "marche", "engagement", "depuis"]


class RetardFiltre(django_filters.FilterSet):
    marche = Numero(field_name="engagement__clause__lot__marche_id", label="Numéro du marché")
    engagement = Numero(field_name="engagement_id", label="Numéro de l’engagement")
    entreprise = Numero(field_name="engagement__entreprise_id", label="Numéro de l’entreprise")
    constate_depuis = Jour(field_name="depuis", lookup_expr="gte", label="Constaté depuis le, inclus")
    constate_jusqu_au = Jour(field_name="depuis", lookup_expr="lte", label="Constaté jusqu’au, inclus")


class RetardViewSet(VueObjets[RetardConstate]):
    """Engagements en retard au dernier constat, celui qui les annonce ; la fiche s’en va avec le retard."""

    modele = RetardConstate
    droit = Droit.CONSULTER_ANNUAIRE
    serializer_class = RetardLecture
    filterset_class = RetardFiltre
    tris = ("depuis",)

    def objets(self) -> QuerySet[RetardConstate]:
        return RetardConstate.objects.visibles_par(self.acteur).select_related("engagement__clause__lot")
