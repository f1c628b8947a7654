"""Le corps d’un lot d’heures, et ce qu’il rend ; deux requêtes en cherchent les fiches, quel qu’en soit le nombre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers

from clauses.comptes.acteurs import Acteur
from clauses.comptes.perimetre import PerimetreQuerySet
from clauses.socle.api.champs import Centiemes, Choix, Corps, HeuresAuCentieme, Mois, NumeroDeFiche
from heures.actions import Declaration, HeuresDuLot
from heures.enums import TypeHeures
from heures.models import ContratTravail
from marches.models import Engagement

M = TypeVar("M", bound=models.Model)
LIGNES_MAX = 200
INTROUVABLE = "Aucune fiche n°\u00a0{clef} que vous puissiez voir."


class HeuresDansLeLot(Corps):
    """`version` : celle de la ligne lue, 0 pour une cellule vide ; sans elle, la valeur déclarée est remplacée."""

    contrat = NumeroDeFiche()
    engagement = NumeroDeFiche()
    mois = Mois()
    heures = Centiemes(min_value=0)
    type_heures = Choix(choices=TypeHeures.choices, required=False)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class Lot(Corps):
    lignes: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=HeuresDansLeLot(), allow_empty=False, max_length=LIGNES_MAX
    )


class LigneDuLot(serializers.Serializer[Declaration]):
    """Une ligne déclarée, dans l’ordre de l’envoi."""

    id = serializers.IntegerField(source="ligne.pk")
    contrat = serializers.IntegerField(source="ligne.contrat_id")
    engagement = serializers.IntegerField(source="ligne.engagement_id")
    mois = Mois(source="ligne.mois", read_only=True)
    type_heures = serializers.ChoiceField(choices=TypeHeures.choices, source="ligne.type_heures")
    heures = HeuresAuCentieme(source="ligne.heures")
    version = serializers.IntegerField(source="ligne.version")
    avertissements = serializers.ListField(child=serializers.CharField())


class LotDeclare(serializers.Serializer[Any]):
    lignes = LigneDuLot(many=True)


def heures_du_lot(lignes: Sequence[dict[str, Any]], *, par: Acteur) -> list[HeuresDuLot]:
    """Les lignes avec leurs fiches. Lève `ValidationError`, chaque numéro inconnu à sa ligne."""
    contrats = _lues(ContratTravail.objects.visibles_par(par), (ligne["contrat"] for ligne in lignes))
    engagements = _lues(Engagement.objects.visibles_par(par), (ligne["engagement"] for ligne in lignes))
    fautes = {
        rang: {
            nom: [INTROUVABLE.format(clef=ligne[nom])]
            for nom, connues in (("contrat", contrats), ("engagement", engagements))
            if ligne[nom] not in connues
        }
        for rang, ligne in enumerate(lignes)
    }
    if any(fautes.values()):
        raise serializers.ValidationError({"lignes": {str(rang): faute for rang, faute in fautes.items() if faute}})
    return [
        HeuresDuLot(
            contrat=contrats[ligne["contrat"]],
            engagement=engagements[ligne["engagement"]],
            mois=ligne["mois"],
            heures=ligne["heures"],
            type_heures=TypeHeures(ligne.get("type_heures", TypeHeures.TRAVAIL)),
            version=ligne.get("version"),
        )
        for ligne in lignes
    ]


def _lues(visibles: PerimetreQuerySet[M], clefs: Iterable[int]) -> dict[int, M]:
    return visibles.in_bulk(set(clefs))
