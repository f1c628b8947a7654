"""Ce que tout dessin partage : une échelle ronde, un texte qui tient dans sa place. Géométrie pure, points entiers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

UN = Decimal(1)
PALIERS = (1, 2, 5)
GRADUATIONS_AU_PLUS = 5
POINTS_PAR_LETTRE = 7
LETTRES_AU_MOINS = 4


def palier(plus_haute: Decimal, plus_petit: Decimal = UN) -> Decimal:
    """Le plus petit pas rond (1, 2 ou 5 × 10ⁿ, `plus_petit` au moins) qui découpe l’échelle en cinq au plus."""
    puissance = plus_petit
    while True:
        for facteur in PALIERS:
            if plus_haute <= facteur * puissance * GRADUATIONS_AU_PLUS:
                return facteur * puissance
        puissance *= 10


@dataclass(frozen=True, slots=True)
class Echelle:
    """De zéro au sommet rond qui contient toutes les valeurs, sur `longueur` points."""

    pas: Decimal
    sommet: Decimal
    longueur: int

    @classmethod
    def contenant(cls, valeurs: Iterable[Decimal], longueur: int, plus_petit: Decimal = UN) -> Echelle:
        """Une valeur négative ne descend pas sous l’axe ; l’échelle a toujours un pas, même sans valeur."""
        plus_haute = max([*valeurs, plus_petit])
        pas = palier(plus_haute, plus_petit)
        return cls(pas, pas * math.ceil(plus_haute / pas), longueur)

    def points(self, valeur: Decimal) -> int:
        return int(self.longueur * max(valeur, Decimal(0)) / self.sommet)

    def graduations(self) -> list[Decimal]:
        return [self.pas * rang for rang in range(int(self.sommet / self.pas) + 1)]


def largeur_de(texte: str, points: int = POINTS_PAR_LETTRE) -> int:
    """Place que prend un texte, en comptant large."""
    return len(texte) * points


def abreger(texte: str, largeur: int, points: int = POINTS_PAR_LETTRE) -> str:
    """Ce qui tient du texte dans cette largeur ; rien sous quatre lettres."""
    place = largeur // points
    if len(texte) <= place:
        return texte
    return f"{texte[: place - 1].rstrip()}…" if place >= LETTRES_AU_MOINS else ""


def couper(texte: str, largeur: int, points: int = POINTS_PAR_LETTRE) -> list[str]:
    """Le texte sur deux lignes au plus, coupé entre deux mots ; la seconde s’abrège."""
    place = largeur // points
    if len(texte) <= place:
        return [texte]
    blanc = texte.rfind(" ", 0, place + 1)
    if blanc <= 0:
        return [abreger(texte, largeur, points)]
    return [texte[:blanc], abreger(texte[blanc + 1 :], largeur, points)]
