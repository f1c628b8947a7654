"""L’API du référentiel public : communes et intercommunalités, par leur code."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from clauses.comptes.api import VueObjets
from clauses.socle.api.champs import Lecture
from clauses.socle.conversions import normaliser
from clauses.territoires.models import Commune, Epci


class ParNom(django_filters.FilterSet):
    nom = django_filters.CharFilter(label="Nom, ou partie du nom", method="chercher", max_length=120)

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        """Sans accents ni casse, des deux côtés : le référentiel n’a pas de champ de recherche."""
        cherche = normaliser(valeur)
        trouves = [code for code, lu in objets.values_list("pk", "nom") if cherche and cherche in normaliser(lu)]
        return objets.filter(pk__in=trouves)


class CommuneLecture(Lecture[Commune]):
    class Meta:
        model = Commune
        fields: ClassVar = ["code_insee", "nom", "epci", "departement", "population_municipale", "a_qpv"]


class CommuneFiltre(ParNom):
    epci = django_filters.CharFilter(field_name="epci_id", label="SIREN de l’intercommunalité", max_length=9)
    departement = django_filters.CharFilter(label="Département", max_length=3)


class CommuneViewSet(VueObjets[Commune]):
    """Communes, par leur code INSEE."""

    modele = Commune
    droit = None
    serializer_class = CommuneLecture
    filterset_class = CommuneFiltre
    lookup_value_converter = "slug"
    tris = ("nom",)

    def objets(self) -> QuerySet[Commune]:
        return Commune.objects.all()


class EpciLecture(Lecture[Epci]):
    class Meta:
        model = Epci
        fields: ClassVar = ["siren", "nom", "type"]


class EpciViewSet(VueObjets[Epci]):
    """Intercommunalités, par leur SIREN."""

    modele = Epci
    droit = None
    serializer_class = EpciLecture
    filterset_class = ParNom
    lookup_value_converter = "slug"
    tris = ("nom",)

    def objets(self) -> QuerySet[Epci]:
        return Epci.objects.all()
