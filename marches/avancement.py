"""L’avancement tel qu’on le montre : heures, taux, jauge et situation d’un objet annoté par `avec_avancement`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.models import Structure
from marches import calculs
from marches.enums import Situation
from marches.previsions import Jalon, Seuils, situation

PLEIN = Decimal(100)


@dataclass(frozen=True, slots=True)
class Avancement:
    """Heures engagées et réalisées à une date, et ce qu’elles disent."""

    engage: Decimal
    realise: Decimal
    situation: Situation

    @property
    def taux(self) -> Decimal | None:
        return calculs.taux(self.realise, self.engage)

    @property
    def jauge(self) -> int:
        """Part réalisée, de 0 à 100, pour une barre ; au-delà de l’objectif elle reste pleine."""
        return int(min((self.taux or Decimal(0)) * 100, PLEIN))

    @property
    def reste(self) -> Decimal:
        return max(self.engage - self.realise, Decimal(0))


def seuils_de(structure: Structure) -> Seuils:
    return Seuils(structure.seuil_retard_points, structure.alerte_fin_mois, structure.taux_risque_pourcent)


def avancement(
    objet: Any,
    *,
    debut: datetime.date | None,
    fin: datetime.date | None,
    au: datetime.date,
    jalons: Sequence[Jalon] = (),
) -> Avancement:
    """Avancement d’un marché, d’un lot ou d’un engagement annoté (`heures_engagees`, `heures_realisees`).

    Seul un engagement a un échéancier : un marché ou un lot, qui en réunit plusieurs, suit le temps.
    """
    etat = situation(
        engage=objet.heures_engagees,
        realise=objet.heures_realisees,
        debut=debut,
        fin=fin,
        au=au,
        seuils=seuils_de(objet.structure),
        jalons=jalons,
    )
    return Avancement(objet.heures_engagees, objet.heures_realisees, etat)


def avancement_du_marche(marche: Any, *, au: datetime.date) -> Avancement:
    return avancement(marche, debut=marche.date_debut or marche.date_notification, fin=marche.date_fin, au=au)
