"""Les périodes d’un document qui sort : des semestres civils achevés, sans recouvrement (docs/adr/0023).

Deux périodes qui se recouvrent se soustraient : un cumul à juin ôté d’un cumul à septembre donne un trimestre, où une
ligne peut n’avoir qu’une personne. Deux semestres n’ont aucun mois en commun.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from bilans.faits import Periode
from clauses.socle.mois import dernier_jour

MONTRES = 6


class Semestre(NamedTuple):
    annee: int
    numero: int

    @property
    def code(self) -> str:
        return f"{self.annee}-S{self.numero}"

    def __str__(self) -> str:
        return f"{'1er' if self.numero == 1 else '2e'} semestre {self.annee}"

    def precedent(self) -> Semestre:
        return Semestre(self.annee, 1) if self.numero == 2 else Semestre(self.annee - 1, 2)

    def periode(self) -> Periode:
        fin = dernier_jour(datetime.date(self.annee, 6 * self.numero, 1))
        return Periode(datetime.date(self.annee, 6 * self.numero - 5, 1), fin, fin)


def semestres_acheves(jour: datetime.date) -> list[Semestre]:
    """Les trois dernières années, du plus récent au plus ancien ; le semestre en cours n’y est pas."""
    trouves = [Semestre(jour.year, 1 if jour.month <= 6 else 2).precedent()]
    while len(trouves) < MONTRES:
        trouves.append(trouves[-1].precedent())
    return trouves
