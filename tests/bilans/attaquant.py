"""L’attaquant : ce qu’un lecteur du document publié peut déduire, sans rien partager avec `bilans.secret`.

Il connaît les cellules publiées, les additions (lignes, colonnes, sous-totaux, total commun à tous les tableaux), et
que des effectifs sont des entiers positifs. Ses inconnues sont les croisements les plus fins, par tableau, par ligne
et par combinaison de traits : tout ce qui se déduit de marges s’en déduit, croisements jamais publiés compris.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tests.bilans.simplexe import Equation, Simplexe

SEUIL = 5
TOTAL = ""
Cellule = tuple[str, str, str, bool]
"""Tableau, ligne (vide : le total), trait (vide : tout le monde), qui l’a ou qui ne l’a pas. Le total est commun."""


@dataclass(frozen=True)
class Publie:
    """Ce que le document montre : `None` est une cellule tue. `lignes` : par tableau, le détail de chaque ligne."""

    lignes: Mapping[str, Mapping[str, frozenset[str]]]
    traits: Sequence[str]
    cellules: Mapping[Cellule, int | None]
    vraies: Mapping[Cellule, int]
    recouvrent: frozenset[str] = frozenset()
    """Les tableaux où une personne peut être sur plusieurs lignes : leurs totaux ne sont pas des sommes."""


def combinaisons(traits: Sequence[str]) -> Iterator[str]:
    for nombre in range(len(traits) + 1):
        yield from map("".join, itertools.combinations(traits, nombre))


class Attaquant:
    """Pose le système une fois, puis borne chaque cellule."""

    def __init__(self, publie: Publie) -> None:
        self.publie = publie
        self.fins = list(combinaisons(publie.traits))
        self.sommes: dict[Cellule, list[str]] = {}
        self.equations: list[Equation] = []
        for tableau, lignes in publie.lignes.items():
            if tableau in publie.recouvrent:
                self._recouvrir(tableau, lignes)
                continue
            details = sorted(frozenset().union(*lignes.values()))
            for fin in self.fins:
                self.equations.append(({**{f"{tableau}|{d}|{fin}": 1 for d in details}, f"||{fin}": -1}, 0))
            for ligne, reunies in lignes.items():
                self._poser(tableau, ligne, [(f"{tableau}|{d}|{fin}", fin) for d in reunies for fin in self.fins])
        self._poser(TOTAL, TOTAL, [(f"||{fin}", fin) for fin in self.fins])
        noms = sorted({nom for termes, _ in self.equations for nom in termes})
        self.simplexe = Simplexe(noms, self.equations)

    def _recouvrir(self, tableau: str, lignes: Mapping[str, frozenset[str]]) -> None:
        """Des distincts : un ensemble compte au moins la plus grande de ses parts, et au plus leur somme."""
        groupes = [ligne for ligne, reunies in lignes.items() if len(reunies) > 1]
        seules = [ligne for ligne, reunies in lignes.items() if len(reunies) == 1]
        for fin in self.fins:
            for groupe in groupes:
                parts = [f"{tableau}|{x}|{fin}" for x in seules if lignes[x] <= lignes[groupe]]
                self._majorer(f"{tableau}|{groupe}|{fin}", parts)
            self._majorer(f"||{fin}", [f"{tableau}|{x}|{fin}" for x in seules])
            dans_un_groupe = frozenset().union(*(lignes[x] for x in groupes))
            hautes = [*groupes, *(x for x in seules if not lignes[x] <= dans_un_groupe)]
            self._majorer(f"||{fin}", [f"{tableau}|{x}|{fin}" for x in hautes])
        for ligne in lignes:
            self._poser(tableau, ligne, [(f"{tableau}|{ligne}|{fin}", fin) for fin in self.fins])

    def _majorer(self, ensemble: str, parts: Sequence[str]) -> None:
        for part in parts:
            self.equations.append(({ensemble: 1, part: -1, f"{ensemble} − {part}": -1}, 0))
        if parts:
            self.equations.append(({**dict.fromkeys(parts, 1), ensemble: -1, f"{parts[0]}… − {ensemble}": -1}, 0))

    def _poser(self, tableau: str, ligne: str, inconnues: Sequence[tuple[str, str]]) -> None:
        for trait, avec in [("", True), *((t, a) for t in self.publie.traits for a in (True, False))]:
            cellule = (tableau, ligne, trait, avec)
            self.sommes[cellule] = [nom for nom, fin in inconnues if not trait or (trait in fin) == avec]
            publiee = self.publie.cellules.get(cellule)
            if publiee is not None:
                self.equations.append((dict.fromkeys(self.sommes[cellule], 1), publiee))

    def borne(self, cellule: Cellule, signe: int) -> Fraction | None:
        """La plus grande (1) ou la plus petite (-1) valeur possible ; `None` : sans borne."""
        trouvee = self.simplexe.maximum(self.sommes[cellule], signe)
        if trouvee is None:
            return None
        # Des distincts ne sont pas un réseau : leur borne peut être un monde à moitié, plus large que le vrai.
        assert self.publie.recouvrent or self.simplexe.est_entier(), f"{cellule} : monde à moitié"
        return trouvee * signe

    def decouvertes(self) -> list[str]:
        """Ce que l’attaquant apprend de trop : un groupe de 1 à 4 qu’il sait être de 1 à 4, une cellule retrouvée."""
        trouvees = []
        for cellule, vraie in self.publie.vraies.items():
            petite, tue = 0 < vraie < SEUIL, self.publie.cellules.get(cellule, vraie) is None
            if not (petite or tue):
                continue
            plafond = self.borne(cellule, 1)
            if petite and plafond is not None and plafond < SEUIL:
                trouvees.append(f"{cellule} vaut {vraie} et se sait au plus {plafond}")
            elif tue and plafond == vraie and self.borne(cellule, -1) == vraie:
                trouvees.append(f"{cellule} vaut {vraie} et se retrouve")
        return trouvees
