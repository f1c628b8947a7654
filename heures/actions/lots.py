"""Déclarer plusieurs lignes d’heures d’un coup, tout ou rien : ce qu’un logiciel de paie envoie."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.socle.erreurs import ActionImpossible
from heures.actions.lignes import Declaration, declarer
from heures.enums import TypeHeures
from heures.models import ContratTravail, Participant
from marches.models import Engagement


@dataclass(frozen=True, slots=True)
class HeuresDuLot:
    """Une ligne du lot. `version` : celle de la ligne lue, 0 pour une cellule vide, `None` pour remplacer."""

    contrat: ContratTravail
    engagement: Engagement
    mois: datetime.date
    heures: Decimal
    type_heures: TypeHeures = TypeHeures.TRAVAIL
    version: int | None = None

    @property
    def cellule(self) -> tuple[int, int, datetime.date, str]:
        return self.contrat.pk, self.engagement.pk, self.mois, self.type_heures


class LotRefuse(ActionImpossible):
    """`fautes` : la phrase de chaque ligne refusée, par son rang dans le lot."""

    def __init__(self, fautes: Mapping[int, str]) -> None:
        self.fautes = fautes
        super().__init__(" ".join(f"Ligne {rang + 1}\u00a0: {phrase}" for rang, phrase in fautes.items()))


@transaction.atomic
def declarer_lot(lot: Sequence[HeuresDuLot], *, par: Acteur) -> list[Declaration]:
    """Déclare toutes ces lignes, dans leur ordre, ou aucune. Règles, droit et refus : ceux de `declarer`.

    Lève `LotRefuse` avec toutes les lignes refusées ; deux lignes d’une même cellule en sont.
    """
    par.exiger(Droit.SAISIR_HEURES)
    _tenir(lot, par)
    faites: list[Declaration] = []
    fautes: dict[int, str] = {}
    vues: dict[tuple[int, int, datetime.date, str], int] = {}
    for rang, voulue in enumerate(lot):
        premiere = vues.setdefault(voulue.cellule, rang)
        try:
            if premiere != rang:
                raise ActionImpossible(f"Ces heures sont déjà à la ligne {premiere + 1} de cet envoi.")
            faites.append(_declarer(voulue, par))
        except ActionImpossible as refus:
            fautes[rang] = str(refus)
        except ValidationError as faute:
            fautes[rang] = " ".join(faute.messages)
    if fautes:
        raise LotRefuse(fautes)
    return faites


@transaction.atomic
def _declarer(voulue: HeuresDuLot, par: Acteur) -> Declaration:
    return declarer(
        contrat=voulue.contrat,
        engagement=voulue.engagement,
        mois=voulue.mois,
        heures=voulue.heures,
        type_heures=voulue.type_heures,
        version=voulue.version,
        par=par,
    )


def _tenir(lot: Sequence[HeuresDuLot], par: Acteur) -> None:
    """Engagements, contrats puis personnes, dans l’ordre de leur numéro : deux lots qui se croisent s’attendent."""
    for tous, clefs in (
        (Engagement.objects.all(), {voulue.engagement.pk for voulue in lot}),
        (ContratTravail.objects.all(), {voulue.contrat.pk for voulue in lot}),
        (Participant.objects.all(), {voulue.contrat.participant_id for voulue in lot}),
    ):
        tenus = tous.visibles_par(par).select_for_update(of=("self",)).filter(pk__in=clefs)
        list(tenus.order_by("pk").values_list("pk", flat=True))
