"""Barres couchées : une catégorie par rangée, son libellé à gauche (au-dessus en étroit), sa valeur au bout."""

from __future__ import annotations

from collections.abc import Sequence

from bilans.dessins.formes import Donnees, Rectangle, Serie, Texte, Trace, Trait, classe
from bilans.dessins.legende import legender
from clauses.socle.echelle import Echelle, couper, largeur_de

EPAISSEUR, ENTRE_SERIES, ENTRE_RANGEES, INTERLIGNE = 15, 3, 11, 14
LIBELLE_AU_PLUS = 250
MARGE = 10


def tracer(donnees: Donnees, largeur: int) -> Trace:
    """Autant de rangées que de catégories ; toutes les séries partagent une échelle."""
    trace = Trace(largeur)
    bas = legender(trace, [(serie.nom, classe(rang)) for rang, serie in enumerate(donnees.series)])
    gauche = 0 if trace.est_etroit else _place_des_libelles(donnees)
    valeur = max((largeur_de(t) for serie in donnees.series for t in serie.textes), default=0) + MARGE
    echelle = Echelle.contenant(donnees.toutes, largeur - gauche - valeur)
    haut = bas
    for rang, libelle in enumerate(donnees.categories):
        bas = _rangee(trace, libelle, rang, donnees.series, gauche, bas, echelle)
    trace.hauteur = bas
    if not trace.est_etroit:
        trace.traits.append(Trait(gauche, haut, gauche, bas - ENTRE_RANGEES // 2, "axe"))
    return trace


def _place_des_libelles(donnees: Donnees) -> int:
    return min(max(largeur_de(libelle) for libelle in donnees.categories), LIBELLE_AU_PLUS) + MARGE


def _rangee(
    trace: Trace,
    libelle: str,
    rang: int,
    series: Sequence[Serie],
    gauche: int,
    y: int,
    echelle: Echelle,
) -> int:
    """Pose une rangée à la hauteur `y` et rend celle de la suivante."""
    haut = len(series) * (EPAISSEUR + ENTRE_SERIES) - ENTRE_SERIES
    if trace.est_etroit:
        trace.textes.append(Texte(0, y + 11, couper(libelle, trace.largeur)[0]))
        y += INTERLIGNE + 2
    else:
        morceaux = couper(libelle, gauche - MARGE)
        haut = max(haut, len(morceaux) * INTERLIGNE)
        premier = y + haut // 2 + 4 - (len(morceaux) - 1) * INTERLIGNE // 2
        for n, morceau in enumerate(morceaux):
            trace.textes.append(Texte(gauche - MARGE, premier + n * INTERLIGNE, morceau, "end"))
    bas = y + (haut - len(series) * (EPAISSEUR + ENTRE_SERIES) + ENTRE_SERIES) // 2
    for numero, serie in enumerate(series):
        valeur = serie.valeurs[rang]
        longueur = 0 if valeur is None else max(echelle.points(valeur), 1 if valeur > 0 else 0)
        if longueur:
            trace.rectangles.append(Rectangle(gauche, bas, longueur, EPAISSEUR, classe(numero)))
        ecrit = Texte(gauche + longueur + 6, bas + EPAISSEUR - 4, serie.textes[rang], classe="valeur")
        trace.textes.append(ecrit)
        bas += EPAISSEUR + ENTRE_SERIES
    return y + haut + ENTRE_RANGEES
