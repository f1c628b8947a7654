"""Les conventions de globalisation."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Ecriture, Lecture, References
from clauses.socle.api.filtres import Jour, Numero
from heures import actions
from heures.api.commun import SansNir
from heures.models import ConventionGlobalisation
from marches.models import Acheteur, Engagement

CHAMPS = ["reference", "date_debut", "date_fin", "engagements", "signataires"]


class ConventionLecture(Lecture[ConventionGlobalisation]):
    entreprise_siret = serializers.CharField(source="entreprise.siret")
    engagements = serializers.SerializerMethodField()
    signataires = serializers.SerializerMethodField()

    class Meta:
        model = ConventionGlobalisation
        fields: ClassVar = ["id", "entreprise", "entreprise_siret", *CHAMPS, "version"]

    def get_engagements(self, convention: Any) -> list[int]:
        """Numéros des engagements reliés."""
        return [engagement.pk for engagement in convention.engagements_lus]

    def get_signataires(self, convention: Any) -> list[int]:
        """Numéros des acheteurs qui ont signé."""
        return [acheteur.pk for acheteur in convention.signataires_lus]


class ConventionModification(SansNir, Ecriture[ConventionGlobalisation]):
    """Engagements et signataires se donnent en entier ; sans être dits, ils restent."""

    engagements = References(Engagement)
    signataires = References(Acheteur)

    class Meta:
        model = ConventionGlobalisation
        fields: ClassVar = CHAMPS


class ConventionCreation(ConventionModification):
    class Meta(ConventionModification.Meta):
        fields: ClassVar = ["entreprise", *CHAMPS]


class ConventionFiltre(django_filters.FilterSet):
    entreprise = Numero(field_name="entreprise_id", label="Numéro de l’entreprise redevable")
    reference = django_filters.CharFilter(label="Référence exacte", max_length=60)
    en_vigueur_le = Jour(method="en_vigueur", label="En vigueur ce jour-là")

    def en_vigueur(self, objets: Any, nom: str, valeur: Any) -> Any:
        return objets.filter(date_debut__lte=valeur, date_fin__gte=valeur)


class ConventionViewSet(Creation[ConventionGlobalisation], Modification[ConventionGlobalisation]):
    """Conventions de globalisation : un même contrat nourrit plusieurs opérations."""

    modele = ConventionGlobalisation
    droit = Droit.CONSULTER_HEURES
    droits = dict.fromkeys(("create", "partial_update"), Droit.GERER_MARCHES)
    serializer_class = ConventionLecture
    ecritures = {"create": ConventionCreation, "partial_update": ConventionModification}
    filterset_class = ConventionFiltre
    tris = ("date_debut", "reference")

    def objets(self) -> QuerySet[ConventionGlobalisation]:
        engagements = Engagement.objects.visibles_par(self.acteur).order_by("pk")
        signataires = Acheteur.objects.visibles_par(self.acteur).order_by("pk")
        return (
            ConventionGlobalisation.objects.visibles_par(self.acteur)
            .select_related("entreprise")
            .prefetch_related(
                Prefetch("engagements", queryset=engagements, to_attr="engagements_lus"),
                Prefetch("signataires", queryset=signataires, to_attr="signataires_lus"),
            )
        )

    def creer(self, **donnees: Any) -> ConventionGlobalisation:
        return actions.creer_convention(par=self.acteur, **donnees)

    def modifier(self, objet: Any, /, *, version: int, **donnees: Any) -> ConventionGlobalisation:
        liens = {"engagements": objet.engagements_lus, "signataires": objet.signataires_lus}
        return actions.modifier_convention(objet, version=version, par=self.acteur, **(liens | donnees))
