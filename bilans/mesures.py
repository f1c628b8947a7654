"""Ce qui compose un chiffre : la liste qu’il ouvre et son filtre, ou le rapport de deux autres chiffres."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Mesure(enum.StrEnum):
    """La liste qui s’ouvre derrière un chiffre : sa somme d’heures, ou son nombre d’éléments, est ce chiffre."""

    LIGNES = "lignes"
    PERSONNES = "personnes"
    HORS_COMPTE = "hors_compte"
    CUMUL = "cumul"
    MOUVEMENTS = "mouvements"
    MOUVEMENTS_SUIVIS = "mouvements_suivis"
    CONTRATS = "contrats"
    MARCHES = "marches"
    ACHETEURS = "acheteurs"
    ENTREPRISES = "entreprises"
    EMPLOYEURS = "employeurs"
    SORTIES = "sorties"
    ECHEANCES_6 = "echeances_6"
    ECHEANCES_12 = "echeances_12"
    ACTIVITES = "activites"
    LOTS = "lots"
    MOUVEMENTS_DES_LOTS = "mouvements_des_lots"
    LIGNES_DES_LOTS = "lignes_des_lots"


@dataclass(frozen=True, slots=True)
class Ouverture:
    """Comment un chiffre s’ouvre : ce que l’on montre, et le filtre qui le compose.

    `sauf` : la dimension de la ligne que ce chiffre ignore, quand la ligne en porte deux. `est_stock` : il va de
    toujours à la date d’arrêté, quelle que soit la période.
    """

    mesure: Mesure
    filtre: Mapping[str, str] = field(default_factory=dict)
    sauf: str = ""
    est_stock: bool = False

    def retenir(self, filtre: Mapping[str, str]) -> dict[str, str]:
        """Le filtre du chiffre, dans une ligne qui a le sien."""
        return {**{nom: code for nom, code in filtre.items() if nom != self.sauf}, **self.filtre}


@dataclass(frozen=True, slots=True)
class Quotient:
    """Un chiffre qui est le rapport de deux autres, par leurs clefs ; il ne s’ouvre pas, il montre ses deux termes.

    `du_total` : le dénominateur est celui de la ligne de total, pas de la même ligne.
    """

    numerateur: str
    denominateur: str
    du_total: bool = False


HEURES = Ouverture(Mesure.LIGNES)
PERSONNES = Ouverture(Mesure.PERSONNES)


def heures_de(**filtre: str) -> Ouverture:
    return Ouverture(Mesure.LIGNES, filtre)


def personnes_de(**filtre: str) -> Ouverture:
    return Ouverture(Mesure.PERSONNES, filtre)


def marches_de(etat: str) -> Ouverture:
    return Ouverture(Mesure.MARCHES, {"etat": etat})


def sorties_de(**filtre: str) -> Ouverture:
    return Ouverture(Mesure.SORTIES, filtre)
