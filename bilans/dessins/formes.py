"""De quoi un dessin est fait : des formes posées en points entiers, sans couleur ni police (la feuille les donne)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

LARGE, ETROIT = 720, 340
COULEURS = 6
"""Au-delà, deux séries auraient la même couleur : les plus petites parts se réunissent."""


@dataclass(frozen=True, slots=True)
class Serie:
    """Une série et ses valeurs, une par catégorie ; `None` quand rien n’est renseigné. `est_repere` : un objectif."""

    nom: str
    valeurs: Sequence[Decimal | None]
    textes: Sequence[str]
    est_repere: bool = False


@dataclass(frozen=True, slots=True)
class Donnees:
    """Ce qu’un dessin montre. `est_taux` : les valeurs sont des parts de un."""

    categories: Sequence[str]
    series: Sequence[Serie]
    est_taux: bool = False

    @property
    def toutes(self) -> list[Decimal]:
        return [v for serie in self.series for v in serie.valeurs if v is not None]


@dataclass(frozen=True, slots=True)
class Rectangle:
    x: int
    y: int
    largeur: int
    hauteur: int
    classe: str


@dataclass(frozen=True, slots=True)
class Trait:
    x1: int
    y1: int
    x2: int
    y2: int
    classe: str = "grille"


@dataclass(frozen=True, slots=True)
class Ligne:
    """Une ligne brisée : « x,y x,y »."""

    points: str
    classe: str


@dataclass(frozen=True, slots=True)
class Rond:
    x: int
    y: int
    classe: str


@dataclass(frozen=True, slots=True)
class Texte:
    x: int
    y: int
    texte: str
    ancre: Literal["start", "middle", "end"] = "start"
    classe: str = "libelle"


@dataclass(slots=True)
class Trace:
    """Un dessin tracé dans une largeur donnée ; il s’y ajoute forme à forme."""

    largeur: int
    hauteur: int = 0
    rectangles: list[Rectangle] = field(default_factory=list)
    traits: list[Trait] = field(default_factory=list)
    lignes: list[Ligne] = field(default_factory=list)
    ronds: list[Rond] = field(default_factory=list)
    textes: list[Texte] = field(default_factory=list)

    @property
    def est_etroit(self) -> bool:
        return self.largeur < LARGE


def classe(rang: int) -> str:
    return f"s{rang % COULEURS + 1}"
