"""La légende d’un dessin : une pastille et un nom par série, à la suite, puis à la ligne quand la place manque."""

from __future__ import annotations

from collections.abc import Sequence

from bilans.dessins.formes import Rectangle, Texte, Trace, Trait
from clauses.socle.echelle import abreger, largeur_de

PASTILLE, HAUTEUR, ECART = 12, 20, 18


def legender(trace: Trace, series: Sequence[tuple[str, str]], y: int = 0) -> int:
    """Pose la légende et rend la hauteur où le dessin commence ; une série seule n’en a pas besoin."""
    if len(series) < 2:
        return y
    x = 0
    for nom, classe in series:
        texte = abreger(nom, trace.largeur - PASTILLE - 6)
        place = PASTILLE + 6 + largeur_de(texte)
        if x and x + place > trace.largeur:
            x, y = 0, y + HAUTEUR
        if classe == "repere":
            trace.traits.append(Trait(x, y + 7, x + PASTILLE, y + 7, classe))
        else:
            trace.rectangles.append(Rectangle(x, y + 1, PASTILLE, PASTILLE, classe))
        trace.textes.append(Texte(x + PASTILLE + 6, y + 11, texte))
        x += place + ECART
    return y + HAUTEUR + 8
