"""Accepter des relevés tels qu’ils ont été lus : un seul, ou plusieurs d’un coup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clauses.comptes.acteurs import Acteur
from clauses.socle.api.champs import Corps, NumeroDeFiche
from heures import actions, lecture_reception
from heures.api.lots import INTROUVABLE
from heures.forms.reception import CHOIX_MAX
from heures.models import Releve

FORME = r"^[0-9a-f]{16}$"


@extend_schema_field({"type": "string", "pattern": FORME, "examples": ["0123456789abcdef"]})
class Empreinte(serializers.RegexField):
    """L’empreinte d’un relevé, telle que sa fiche la donne."""


class Acceptation(Corps):
    vu = Empreinte(FORME)


class ReleveVu(Corps):
    releve = NumeroDeFiche()
    vu = Empreinte(FORME)


class LotDeReleves(Corps):
    releves: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=ReleveVu(), allow_empty=False, max_length=CHOIX_MAX
    )


class ReleveDuLot(serializers.Serializer[actions.Acceptation]):
    """`nombre` : les lignes validées ; `raison` : pourquoi le relevé est laissé tel quel, vide s’il est accepté."""

    releve = serializers.IntegerField(source="releve.pk")
    nombre = serializers.IntegerField()
    raison = serializers.CharField(allow_blank=True)


class LotAccepte(serializers.Serializer[Any]):
    releves = ReleveDuLot(many=True)


def releves_du_lot(lus: Sequence[dict[str, Any]], *, par: Acteur) -> dict[Releve, str]:
    """Chaque relevé et son empreinte. Lève `ValidationError`, chaque numéro inconnu, ou dit deux fois, à son rang."""
    visibles = Releve.objects.visibles_par(par).select_related(*lecture_reception.RELEVE)
    connus = visibles.in_bulk({lu["releve"] for lu in lus})
    fautes: dict[str, Any] = {}
    vus: dict[Releve, str] = {}
    for rang, lu in enumerate(lus):
        releve = connus.get(lu["releve"])
        if releve is None:
            fautes[str(rang)] = {"releve": [INTROUVABLE.format(clef=lu["releve"])]}
        elif releve in vus:
            fautes[str(rang)] = {"releve": ["Ce relevé est déjà dans cet envoi."]}
        else:
            vus[releve] = lu["vu"]
    if fautes:
        raise serializers.ValidationError({"releves": fautes})
    return vus
