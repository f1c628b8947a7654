"""Annuaire des acheteurs."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Ecriture, Lecture
from clauses.socle.recherche import nom_ou_siret
from marches import actions
from marches.enums import TypeDonneurOrdre
from marches.models import Acheteur

CHAMPS = ["siret", "nom", "type", "commune_insee", "epci_siren"]


class AcheteurLecture(Lecture[Acheteur]):
    class Meta:
        model = Acheteur
        fields: ClassVar = ["id", *CHAMPS, "version"]


class AcheteurEcriture(Ecriture[Acheteur]):
    class Meta:
        model = Acheteur
        fields = CHAMPS


class AcheteurFiltre(django_filters.FilterSet):
    recherche = django_filters.CharFilter(label="Nom, ou début du SIRET", method="chercher", max_length=100)
    siret = django_filters.CharFilter(label="SIRET exact, 14 chiffres", max_length=14)
    type = django_filters.ChoiceFilter(label="Type de donneur d’ordre", choices=TypeDonneurOrdre.choices)

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(nom_ou_siret(valeur))


class AcheteurViewSet(Creation[Acheteur], Modification[Acheteur]):
    """Acheteurs de l’annuaire, commun à l’instance."""

    modele = Acheteur
    droit = Droit.CONSULTER_ANNUAIRE
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_ANNUAIRE)
    serializer_class = AcheteurLecture
    ecritures = {"create": AcheteurEcriture, "partial_update": AcheteurEcriture}
    filterset_class = AcheteurFiltre
    tris = ("nom", "siret")

    def objets(self) -> QuerySet[Acheteur]:
        return Acheteur.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Acheteur:
        return actions.creer_acheteur(par=self.acteur, **donnees)

    def modifier(self, objet: Acheteur, /, *, version: int, **donnees: Any) -> Acheteur:
        return actions.modifier_acheteur(objet, version=version, par=self.acteur, **donnees)
