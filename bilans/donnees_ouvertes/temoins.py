"""Le témoin d’un croisement : des personnes qui échangent leurs codes, sans changer aucune marge (docs/adr/0033). Pur.

Un petit croisement qui ne s’écrit pas est protégé s’il pourrait compter cinq personnes sans rien changer de ce qui
se lit. On le montre en les y faisant entrer : chacune prend, un code après l’autre, ceux du croisement, et donne les
siens à qui les avait. Ni les marges, ni les croisements publiés, que nul ne quitte ni ne rejoint, ne bougent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Temoin:
    """Les croisements que l’échange quitte ou rejoint : il tient tant qu’aucun d’eux ne se publie."""

    touches: frozenset[Codes]


@dataclass(frozen=True, slots=True)
class Publication:
    """Ce qui se lit : les croisements publiés, et par dimension les codes dont la marge se tait, qui s’échangent."""

    croisements: frozenset[Codes]
    tus: tuple[frozenset[str], ...]

    def se_valent(self, rang: int, un: str, autre: str) -> bool:
        return un == autre or {un, autre} <= self.tus[rang]


def chercher(cible: Codes, manque: int, libres: Counter[Codes], lu: Publication) -> Temoin | None:
    """Un témoin qui fait entrer `manque` personnes dans `cible`, ou `None`.

    `libres` : par croisement, les personnes qui n’ont que celui-là ; celles des publiés ne bougent pas.
    """
    monde = Counter({codes: n for codes, n in libres.items() if codes not in lu.croisements and codes != cible})
    touches: set[Codes] = {cible}
    for _ in range(manque):
        suite = next((s for u in _proches(monde, cible) if (s := _entrer(u, cible, monde, lu))), None)
        if suite is None:
            return None
        monde, vus = suite
        touches |= vus
    return Temoin(frozenset(touches))


def _proches(monde: Counter[Codes], cible: Codes) -> list[Codes]:
    """Qui peut entrer, de qui a le plus de codes communs avec la cible à qui en a le moins."""
    return sorted((c for c in monde if monde[c] > 0), key=lambda c: (sum(map(str.__ne__, c, cible)), -monde[c], c))


def _entrer(
    entrante: Codes, cible: Codes, monde: Counter[Codes], lu: Publication
) -> tuple[Counter[Codes], set[Codes]] | None:
    """Le monde où une personne d’`entrante` est passée dans la cible, et les croisements touchés."""
    apres = monde.copy()
    apres[entrante] -= 1
    touches = {entrante}
    for rang, (sien, voulu) in enumerate(zip(entrante, cible, strict=True)):
        if lu.se_valent(rang, sien, voulu):
            continue
        echanges = [
            (apres[codes], codes, recue)
            for codes in apres
            if apres[codes] > 0 and lu.se_valent(rang, codes[rang], voulu)
            if (recue := (*codes[:rang], sien, *codes[rang + 1 :])) not in lu.croisements and recue != cible
        ]
        if not echanges:
            return None
        _, codes, recue = max(echanges)
        apres[codes] -= 1
        apres[recue] += 1
        touches |= {codes, recue}
    return apres, touches
