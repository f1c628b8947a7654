"""Les colonnes de chaque expéditeur de relevés : quel titre de son fichier dit quoi."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from clauses.comptes.acteurs import Droit
from clauses.comptes.api import Creation, Modification
from clauses.socle.api.champs import Corps, Lecture
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures import actions
from heures.api.commun import SansNir
from heures.forms.champs import sans_nir
from heures.imports.releves.champs import Champ
from heures.imports.releves.colonnes import IGNOREES, fautes_des_titres
from heures.models import Correspondance

TITRE_MAX, IGNOREES_MAX = 200, 500


class ColonnesRetenues(SansNir):
    """Par champ, le titre de sa colonne ; `ignorees` : les titres que l’on ne lit pas."""

    def get_fields(self) -> dict[str, Any]:
        lus: dict[str, Any] = {
            champ.value: serializers.CharField(required=False, max_length=TITRE_MAX, label=champ.label)
            for champ in Champ
        }
        lus[IGNOREES] = serializers.ListField(
            child=serializers.CharField(max_length=TITRE_MAX, validators=[sans_nir]),
            required=False,
            max_length=IGNOREES_MAX,
        )
        return lus

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if fautes := fautes_des_titres(attrs):
            raise serializers.ValidationError(fautes)
        return attrs


class CorrespondanceLecture(Lecture[Correspondance]):
    """`colonnes` : par champ, le titre de sa colonne ; `ignorees`, les titres que l’on ne lit pas."""

    colonnes = serializers.DictField()

    class Meta:
        model = Correspondance
        fields: ClassVar = ["id", "nom", "colonnes", "version"]


class CorrespondanceModification(Corps):
    """Les colonnes se donnent en entier."""

    colonnes = ColonnesRetenues()


class CorrespondanceCreation(SansNir):
    nom = serializers.CharField(max_length=80)
    colonnes = ColonnesRetenues()


class CorrespondanceFiltre(django_filters.FilterSet):
    nom = django_filters.CharFilter(label="Nom exact de l’expéditeur", max_length=80)


class CorrespondanceViewSet(Creation[Correspondance], Modification[Correspondance]):
    """Colonnes retenues par expéditeur : son prochain fichier se lit sans rien demander."""

    modele = Correspondance
    droit = Droit.IMPORTER
    serializer_class = CorrespondanceLecture
    ecritures = {"create": CorrespondanceCreation, "partial_update": CorrespondanceModification}
    filterset_class = CorrespondanceFiltre
    tris = ("nom",)

    def objets(self) -> QuerySet[Correspondance]:
        return Correspondance.objects.visibles_par(self.acteur)

    def creer(self, **donnees: Any) -> Correspondance:
        """Pour un expéditeur nouveau ; ceux d’un expéditeur connu se modifient par sa fiche, que le refus désigne."""
        try:
            return actions.enregistrer_correspondance(version=0, par=self.acteur, **donnees)
        except ConflitDeVersion as conflit:
            connue = self.get_queryset().get(nom=donnees["nom"])
            raise ActionImpossible(
                f"Cet expéditeur a déjà ses colonnes, correspondance n°\u00a0{connue.pk}\u00a0: la lire, puis la "
                "modifier avec son ETag."
            ) from conflit

    def modifier(self, objet: Correspondance, /, *, version: int, **donnees: Any) -> Correspondance:
        colonnes = donnees.get("colonnes", objet.colonnes)
        return actions.enregistrer_correspondance(nom=objet.nom, colonnes=colonnes, version=version, par=self.acteur)
