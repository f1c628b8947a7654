"""Une feuille de classeur sur du papier : orientation, sauts de page, place des graphiques. Ce qui se calcule est pur.

Les hauteurs sont en points, les largeurs de colonne en caractères, comme dans le tableur.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

A4 = 9
HAUTEUR_DE_LIGNE = 13
POINTS_PAR_CARACTERE = 5.25
MARGE_DE_COLONNE = 3.75
LIGNES_AU_PLUS = 12
# A4 moins ses marges, en points, et un peu moins : chaque tableur mesure une colonne à sa façon.
PORTRAIT = (470, 700)
PAYSAGE = (690, 465)
ECART = 8
PAR_RANGEE, PAR_COLONNE = 2, 2
"""Graphiques par page : deux sur deux."""


def lignes_de_texte(textes: Iterable[tuple[str, int]]) -> int:
    """Nombre de lignes de la cellule la plus haute ; `textes` : (texte, largeur de sa colonne)."""
    plus_haute = max((_lignes(texte, largeur) for texte, largeur in textes), default=1)
    return min(plus_haute, LIGNES_AU_PLUS)


def _lignes(texte: str, largeur: int) -> int:
    return sum(max(1, math.ceil(len(morceau) * 0.9 / max(largeur, 1))) for morceau in texte.split("\n"))


def largeur_en_points(largeurs: Sequence[int]) -> float:
    return sum(largeur * POINTS_PAR_CARACTERE + MARGE_DE_COLONNE for largeur in largeurs)


def est_en_portrait(largeurs: Sequence[int]) -> bool:
    """Une feuille étroite s’imprime debout, sans être réduite ; une large, couchée."""
    return largeur_en_points(largeurs) <= PORTRAIT[0]


def mettre_en_page(
    onglet: Any, largeurs: Sequence[int], derniere: int, *, pied: str = "", est_illustree: bool = False
) -> None:
    """Prête à lire et à imprimer : en-tête figé, filtré et répété, A4 dans le bon sens, largeur tenue, bas de page."""
    onglet.freeze_panes(1, 0)
    onglet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    if largeurs:
        onglet.autofilter(0, 0, derniere, len(largeurs) - 1)
    if est_en_portrait(largeurs) and not est_illustree:
        onglet.set_portrait()
    else:
        onglet.set_landscape()
    onglet.set_paper(A4)
    onglet.fit_to_pages(1, 0)
    onglet.repeat_rows(0)
    onglet.set_footer(f"&L{pied.replace('&', '&&')}&R&A – page &P sur &N")


@dataclass(frozen=True, slots=True)
class Planche:
    """Une feuille qui porte des graphiques à droite de son tableau : le tableau sur ses pages, eux sur les leurs.

    `echelle` : en pour cent. `sauts` : les lignes où une page commence. `largeur`, `hauteur` : place d’un graphique,
    en pixels d’écran (96 par pouce).
    """

    echelle: int
    sauts: Sequence[int]
    largeur: int
    hauteur: int

    @classmethod
    def composer(cls, largeurs: Sequence[int], hauteurs: Sequence[int], graphiques: int) -> Planche:
        """`hauteurs` : celle de chaque ligne du tableau, en-tête compris ; après lui, elles sont ordinaires."""
        echelle = max(10, min(100, math.floor(100 * PAYSAGE[0] / largeur_en_points(largeurs))))
        large, haut = (cote * 100 / echelle for cote in PAYSAGE)
        haut -= hauteurs[0]
        pages = math.ceil(graphiques / (PAR_RANGEE * PAR_COLONNE))
        sauts = _sauts(hauteurs, haut, pages)
        # Une page finit sur une ligne entière : il peut y manquer la hauteur d’une ligne, et des plus hautes.
        haut -= max(hauteurs)
        return cls(echelle, sauts, _pixels(large / PAR_RANGEE - ECART), _pixels(haut / PAR_COLONNE - ECART))

    def place(self, numero: int) -> tuple[int, int, int]:
        """Où va un graphique : la ligne de sa page, puis son décalage en pixels, à droite et en dessous."""
        page, rang = divmod(numero, PAR_RANGEE * PAR_COLONNE)
        ligne, colonne = divmod(rang, PAR_RANGEE)
        pas = _pixels(ECART)
        return self.sauts[page], pas + colonne * (self.largeur + pas), pas + ligne * (self.hauteur + pas)


def _sauts(hauteurs: Sequence[int], place: float, pages: int) -> list[int]:
    """Première ligne de chaque page, l’en-tête répété mis à part ; assez de pages pour les graphiques."""
    sauts, occupee, ligne = [1], 0.0, 1
    while ligne < len(hauteurs) or len(sauts) < pages:
        hauteur = hauteurs[ligne] if ligne < len(hauteurs) else HAUTEUR_DE_LIGNE
        if occupee + hauteur > place:
            sauts.append(ligne)
            occupee = 0.0
        occupee += hauteur
        ligne += 1
    return sauts


def _pixels(points: float) -> int:
    return math.floor(points * 4 / 3)
