"""Une barre de parts : un tout découpé, chaque part nommée dessous avec sa valeur et sa proportion."""

from __future__ import annotations

from decimal import Decimal

from bilans.dessins.formes import COULEURS, Donnees, Rectangle, Texte, Trace, classe
from clauses.socle.echelle import abreger, largeur_de
from clauses.socle.nombres import en_nombre, en_taux

HAUT, ECART, RANGEE, PASTILLE = 34, 2, 22, 12


def tracer(donnees: Donnees, largeur: int) -> Trace:
    """La première série, de la plus grande part à la plus petite ; au-delà de six, les petites se réunissent."""
    trace = Trace(largeur)
    serie = donnees.series[0]
    lues = zip(donnees.categories, serie.valeurs, serie.textes, strict=True)
    parts = sorted(((nom, v, texte) for nom, v, texte in lues if v), key=lambda part: -part[1])
    total = sum((v for _, v, _ in parts), Decimal(0))
    if len(parts) > COULEURS:
        reste = sum((v for _, v, _ in parts[COULEURS - 1 :]), Decimal(0))
        parts = [*parts[: COULEURS - 1], ("Autres", reste, en_nombre(int(reste)))]
    x = 0
    for rang, (_, valeur, _) in enumerate(parts):
        longueur = int(largeur * valeur / total)
        if longueur > ECART:
            trace.rectangles.append(Rectangle(x, 0, longueur - ECART, HAUT, classe(rang)))
        x += longueur
    y = HAUT + 14
    for rang, (nom, valeur, texte) in enumerate(parts):
        suite = f"{texte}\u00a0·\u00a0{en_taux(valeur / total, 1)}"
        trace.rectangles.append(Rectangle(0, y + 1, PASTILLE, PASTILLE, classe(rang)))
        trace.textes.append(Texte(PASTILLE + 8, y + 11, abreger(nom, largeur - PASTILLE - 24 - largeur_de(suite))))
        trace.textes.append(Texte(largeur, y + 11, suite, "end", "valeur"))
        y += RANGEE
    trace.hauteur = y
    return trace
