"""Ce qu’une addition redonne : des sommes tues que les sommes publiées déterminent (docs/adr/0033). Pur, sans base.

Une ligne est une somme de détails. `secret` protège des effectifs distincts, qui ne s’additionnent pas ; les heures,
elles, s’additionnent toujours : une ligne tue dont toutes les voisines se lisent se retrouverait par soustraction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

Vecteur = dict[str, Fraction]
Lignes = Mapping[str, frozenset[str]]


def retrouvees(lignes: Lignes, tues: Collection[str]) -> list[str]:
    """Les lignes tues qui sont une combinaison des lignes publiées."""
    base = _Base(lignes[cle] for cle in lignes if cle not in tues)
    return [cle for cle in lignes if cle in tues and base.determine(lignes[cle])]


def completer(lignes: Lignes, tues: Collection[str], poids: Mapping[str, int]) -> set[str]:
    """Les mêmes lignes tues, et celles qu’il faut taire avec elles ; la moins lourde (`poids`) d’abord."""
    closes = set(tues)
    while trouvees := retrouvees(lignes, closes):
        closes.add(_a_taire(lignes, closes, lignes[trouvees[0]], poids))
    return closes


def _a_taire(lignes: Lignes, tues: Collection[str], trouvee: frozenset[str], poids: Mapping[str, int]) -> str:
    """La ligne publiée la moins lourde sans laquelle cette somme ne se retrouve plus ; à défaut, sa plus légère."""
    publiees = [cle for cle in lignes if cle not in tues and lignes[cle]]
    proches = trouvee.union(*(lignes[cle] for cle in publiees if lignes[cle] & trouvee))
    candidates = sorted((cle for cle in publiees if lignes[cle] & proches), key=lambda cle: (poids[cle], cle))
    for cle in candidates:
        if not _Base(lignes[x] for x in publiees if x != cle).determine(trouvee):
            return cle
    return candidates[0]


class _Base:
    """L’espace qu’engendrent des lignes, réduit par élimination exacte."""

    def __init__(self, lignes: Iterable[frozenset[str]]) -> None:
        self.pivots: dict[str, Vecteur] = {}
        for details in sorted(lignes, key=len):
            reste = self._reduire(details)
            if reste:
                pivot = min(reste)
                facteur = reste[pivot]
                self.pivots[pivot] = {nom: valeur / facteur for nom, valeur in reste.items()}

    def _reduire(self, details: frozenset[str]) -> Vecteur:
        reste: Vecteur = dict.fromkeys(details, Fraction(1))
        a_voir = set(reste)
        while a_voir:
            nom = min(a_voir)
            a_voir.discard(nom)
            if nom not in self.pivots or nom not in reste:
                continue
            facteur = reste[nom]
            for autre, valeur in self.pivots[nom].items():
                somme = reste.get(autre, Fraction(0)) - facteur * valeur
                if somme:
                    reste[autre] = somme
                    a_voir.add(autre)
                else:
                    reste.pop(autre, None)
                    a_voir.discard(autre)
        return reste

    def determine(self, details: frozenset[str]) -> bool:
        return not self._reduire(details)
