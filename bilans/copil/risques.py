"""Les engagements à risque à une date : ceux que la prévision donne pour manqués, ou en train de l’être."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bilans.calculs import rapport
from bilans.mesures import Mesure, Ouverture
from bilans.tableaux import TOTAL, Rangee
from clauses.comptes.acteurs import Acteur
from marches.avancements import avancements
from marches.enums import Situation
from marches.models import Marche

A_RISQUE = (Situation.NON_ATTEINT, Situation.A_RISQUE, Situation.EN_RETARD)
ZERO = Decimal("0.00")


def lire(acteur: Acteur, au: datetime.date) -> list[Rangee]:
    """Engagements des marchés en cours à cette date, du plus grand manque au plus petit, puis leur total."""
    en_cours = Marche.objects.visibles_par(acteur).en_cours(le=au).values("pk")
    lus = avancements(par=acteur, au=au).filter(
        clause__lot__marche__in=en_cours, code_situation__in=[situation.value for situation in A_RISQUE]
    )
    rangees = sorted((_rangee(engagement) for engagement in lus), key=_ordre)
    return [*rangees, Rangee(_total(rangees), niveau=TOTAL)] if rangees else []


def _ordre(rangee: Rangee) -> tuple[Decimal, str, str]:
    return -rangee.valeurs["heures_manquantes"], rangee.valeurs["libelle"], rangee.valeurs["entreprise"]


def manque(engage: Decimal, realise: Decimal, projection: Decimal | None) -> Decimal:
    """Heures qui manqueraient à la fin ; sans projection, celles qui manquent à cette date. Jamais négatif."""
    return max(engage - (realise if projection is None else projection), ZERO)


def _rangee(engagement: Any) -> Rangee:
    lot = engagement.clause.lot
    engage, realise = engagement.heures_engagees, engagement.heures_realisees
    return Rangee(
        {
            "libelle": f"{lot.marche.reference}, lot {lot.numero}",
            "acheteur": lot.marche.acheteur.nom,
            "entreprise": engagement.entreprise.raison_sociale,
            "situation": Situation(engagement.code_situation).label,
            "fin": engagement.fin,
            "heures_engagees": engage,
            "heures_realisees": realise,
            "taux": rapport(realise, engage),
            "heures_attendues": engagement.heures_attendues,
            "heures_projetees": engagement.heures_projetees,
            "heures_manquantes": manque(engage, realise, engagement.heures_projetees),
        },
        ouvertures={"heures_engagees": Ouverture(Mesure.MOUVEMENTS_DES_LOTS, {"engagement": str(engagement.pk)})},
        url=engagement.get_absolute_url(),
    )


def _total(rangees: Sequence[Rangee]) -> dict[str, Any]:
    """Heures engagées, réalisées et manquantes s’additionnent ; attendues et projetées manquent parfois."""
    engage, realise, manquantes = (
        sum((rangee.valeurs[cle] for rangee in rangees), ZERO)
        for cle in ("heures_engagees", "heures_realisees", "heures_manquantes")
    )
    return {
        "libelle": f"Total des {len(rangees)} engagements" if len(rangees) > 1 else "Total",
        **dict.fromkeys(("acheteur", "entreprise", "situation"), ""),
        "fin": None,
        "heures_engagees": engage,
        "heures_realisees": realise,
        "taux": rapport(realise, engage),
        "heures_attendues": None,
        "heures_projetees": None,
        "heures_manquantes": manquantes,
    }
