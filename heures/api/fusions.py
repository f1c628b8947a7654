"""Les fusions de fiches : quelle fiche en a absorbé une autre, et jusqu’à quand cela se défait."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.socle.api.champs import Lecture
from clauses.socle.api.filtres import Numero, OuiNon
from heures import actions
from heures.api.commun import Nominative
from heures.models import Fusion


class FusionLecture(Lecture[Fusion]):
    annulable_jusqu_au = serializers.SerializerMethodField()

    class Meta:
        model = Fusion
        fields: ClassVar = [
            "id", "gardee", "absorbee", "motif", "fusionnee_le", "annulable_jusqu_au", "annulee_le", "version",
        ]  # fmt: skip

    def get_annulable_jusqu_au(self, fusion: Fusion) -> datetime.date:
        """Dernier jour où la fusion se défait."""
        return actions.annulable_jusqu_au(fusion)


class FusionFiltre(django_filters.FilterSet):
    gardee = Numero(field_name="gardee_id", label="Numéro de la fiche gardée")
    absorbee = Numero(field_name="absorbee_id", label="Numéro de la fiche absorbée")
    defaite = OuiNon(field_name="annulee_le", lookup_expr="isnull", exclude=True, label="Défaite, ou en vigueur")


class FusionViewSet(Nominative[Fusion]):
    """Fusions de fiches. Fusionner et défaire se font à la page, qui montre les deux fiches côte à côte."""

    modele = Fusion
    droit = Droit.CONSULTER_PERSONNES
    serializer_class = FusionLecture
    filterset_class = FusionFiltre
    tris = ("fusionnee_le",)
    au_journal = ("lister les fusions", "ouvrir une fusion")

    def objets(self) -> QuerySet[Fusion]:
        return Fusion.objects.visibles_par(self.acteur)

    def personnes(self, objet: Fusion) -> Iterable[int]:
        return [objet.gardee_id, objet.absorbee_id]
