"""La pénalité qu’encourt un engagement à une date : ce que le calcul propose, jamais ce que l’acheteur décide."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.acteurs import Acteur
from marches.enums import FormulePenalite
from marches.models import Bareme, ReglePenalite
from marches.penalites import Calcul, Faits, Regle, calculer

ZERO = Decimal(0)


def heures_manquantes(*, engage: Decimal, realise: Decimal, fin: datetime.date | None, au: datetime.date) -> Decimal:
    """Heures dues et non faites, au centième. Avant la fin de l’engagement, rien n’est encore dû : zéro."""
    return max(engage - realise, ZERO) if fin is not None and au > fin else ZERO


@dataclass(frozen=True, slots=True)
class Encourues:
    """Règles de pénalité de chaque clause, et barèmes en vigueur à une date."""

    regles: Mapping[int, Sequence[Regle]]
    baremes: Mapping[str, Decimal]

    def pour(self, engagement: Any, *, manquantes: Decimal) -> Calcul:
        """`engagement` vient de `avec_marche()`. Ni retard de pièce, ni absence ici."""
        faits = Faits(manquantes, montant=engagement.clause.lot.montant_ht)
        return calculer(self.regles.get(engagement.clause_id, ()), faits, self.baremes)


def encourues(*, par: Acteur, au: datetime.date) -> Encourues:
    """Deux requêtes, quel que soit le nombre d’engagements."""
    par_clause: dict[int, list[Regle]] = defaultdict(list)
    for regle in ReglePenalite.objects.visibles_par(par):
        par_clause[regle.clause_id].append(
            Regle(
                FormulePenalite(regle.formule),
                regle.valeur,
                regle.plafond_euros,
                regle.plafond_pourcent,
                regle.article,
            )
        )
    baremes = Bareme.objects.visibles_par(par).filter(date_debut__lte=au).order_by("date_debut")
    # La dernière valeur commencée l’emporte.
    return Encourues(par_clause, dict(baremes.values_list("code", "valeur")))
