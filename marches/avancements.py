"""L’avancement de chaque engagement à une date : la même ligne pour la page, le classeur et l’API."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from marches.avancement import Avancement, seuils_de
from marches.encourues import Encourues, heures_manquantes
from marches.enums import Situation
from marches.models import Engagement
from marches.penalites import Calcul


@dataclass(frozen=True, slots=True)
class LigneAvancement:
    """Heures au centième, euros au centime ; `None` là où une date ou un engagement manque.

    `penalite` : exigible à la date, sur les heures manquantes ; zéro avant la fin. `penalite_projetee` : à la fin, si
    le rythme des six derniers mois continue.
    """

    avancement: Avancement
    attendu: Decimal | None
    projection: Decimal | None
    par_mois: Decimal | None
    penalite: Calcul
    penalite_projetee: Calcul | None

    @property
    def ecart(self) -> Decimal | None:
        return None if self.attendu is None else self.avancement.realise - self.attendu


def lire(engagement: Any, *, penalites: Encourues, au: datetime.date) -> LigneAvancement:
    """`engagement` vient de `avancements` (ou de `avec_marche().avec_prevision(…)`)."""
    avance = Avancement(engagement.heures_engagees, engagement.heures_realisees, Situation(engagement.code_situation))
    manquantes = heures_manquantes(engage=avance.engage, realise=avance.realise, fin=engagement.fin, au=au)
    projection = engagement.heures_projetees
    return LigneAvancement(
        avancement=avance,
        attendu=engagement.heures_attendues,
        projection=projection,
        par_mois=engagement.heures_par_mois,
        penalite=penalites.pour(engagement, manquantes=manquantes),
        penalite_projetee=projetee(engagement, avance.engage, projection, penalites),
    )


def projetee(engagement: Any, engage: Decimal, projection: Decimal | None, penalites: Encourues) -> Calcul | None:
    """Pénalité à la fin si le rythme continue ; `None` quand on ne sait pas projeter."""
    if projection is None:
        return None
    return penalites.pour(engagement, manquantes=max(engage - projection, Decimal(0)))


def avancements(*, par: Acteur, au: datetime.date) -> Any:
    """Engagements visibles de l’acteur, annotés de leur prévision à la date `au` comprise, selon sa structure."""
    seuils = seuils_de(Structure.objects.visibles_par(par).get())
    return Engagement.objects.visibles_par(par).avec_marche().avec_prevision(au=au, seuils=seuils)
