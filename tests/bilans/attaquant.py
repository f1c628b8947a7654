"""L’attaquant : ce qu’un lecteur du document publié peut déduire, sans rien partager avec `bilans.secret`.

Il connaît les cellules publiées, les additions (lignes, colonnes, sous-totaux, total commun à tous les tableaux), et
que des effectifs sont des entiers positifs. Ses inconnues sont les croisements les plus fins — par tableau, par ligne,
par combinaison de traits : tout ce qui se déduit de marges s’en déduit, croisements jamais publiés compris. Il cherche
un monde possible par propagation de bornes et essais.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SEUIL = 5
Equation = tuple[dict[str, int], int]
Bornes = dict[str, tuple[int, int]]


@dataclass
class Systeme:
    """Entiers bornés et équations linéaires : Σ coefficient × inconnue = constante."""

    bornes: Bornes = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    indices: dict[str, int] = field(default_factory=dict)
    """Valeurs essayées d’abord : elles ne changent que le temps de la recherche."""

    def inconnue(self, nom: str, maximum: int, indice: int = 0) -> str:
        self.bornes[nom] = (0, maximum)
        self.indices[nom] = indice
        return nom

    def egaler(self, termes: Mapping[str, int], constante: int = 0) -> None:
        self.equations.append((dict(termes), constante))

    def somme(self, noms: Sequence[str], constante: int) -> None:
        self.egaler(dict.fromkeys(noms, 1), constante)

    def admet(self, noms: Sequence[str], minimum: int, maximum: int) -> bool:
        """Existe-t-il un monde où la somme de ces inconnues est entre ces bornes ?"""
        bornes = {**self.bornes, "?": (minimum, maximum)}
        equations = [*self.equations, ({**dict.fromkeys(noms, 1), "?": -1}, 0)]
        return _existe(bornes, equations, _voisinage(equations), {**self.indices, "?": minimum}, range(len(equations)))


def _voisinage(equations: Sequence[Equation]) -> dict[str, list[int]]:
    ou: dict[str, list[int]] = {}
    for rang, (termes, _) in enumerate(equations):
        for nom in termes:
            ou.setdefault(nom, []).append(rang)
    return ou


def _existe(
    bornes: Bornes, equations: Sequence[Equation], ou: Mapping[str, list[int]], indices: Mapping[str, int], a_voir: object
) -> bool:
    serrees = _serrer(dict(bornes), equations, ou, list(a_voir))  # type: ignore[call-overload]
    if serrees is None:
        return False
    libres = [nom for nom, (bas, haut) in serrees.items() if bas < haut]
    if not libres:
        return True
    choisie = min(libres, key=lambda nom: (serrees[nom][1] - serrees[nom][0], nom))
    bas, haut = serrees[choisie]
    return any(
        _existe({**serrees, choisie: (valeur, valeur)}, equations, ou, indices, ou.get(choisie, []))
        for valeur in sorted(range(bas, haut + 1), key=lambda v: abs(v - indices[choisie]))
    )


def _serrer(
    bornes: Bornes, equations: Sequence[Equation], ou: Mapping[str, list[int]], a_voir: list[int]
) -> Bornes | None:
    """Bornes cohérentes avec chaque équation prise seule, ou `None` si l’une ne peut pas tenir."""
    while a_voir:
        termes, constante = equations[a_voir.pop()]
        minimum = sum(c * bornes[n][0 if c > 0 else 1] for n, c in termes.items())
        maximum = sum(c * bornes[n][1 if c > 0 else 0] for n, c in termes.items())
        if not minimum <= constante <= maximum:
            return None
        for nom, coefficient in termes.items():
            bas, haut = bornes[nom]
            if bas == haut:
                continue
            signe = 1 if coefficient > 0 else -1
            au_plus = constante - (minimum - (bas if signe > 0 else -haut))
            au_moins = constante - (maximum - (haut if signe > 0 else -bas))
            neuf = (max(bas, au_moins), min(haut, au_plus)) if signe > 0 else (max(bas, -au_plus), min(haut, -au_moins))
            if neuf[0] > neuf[1]:
                return None
            if neuf != (bas, haut):
                bornes[nom] = neuf
                minimum += (neuf[0] - bas) if signe > 0 else (haut - neuf[1])
                maximum -= (haut - neuf[1]) if signe > 0 else (neuf[0] - bas)
                a_voir.extend(ou[nom])
    return bornes


# --- Le document ------------------------------------------------------------------------------------------------------
TOTAL = ""
Cellule = tuple[str, str, str, bool]
"""Tableau, ligne (« » : total), trait (« » : tout le monde), qui l’a ou qui ne l’a pas. Le total est sans tableau."""


@dataclass(frozen=True)
class Publie:
    """Ce que le document montre : `None` est une cellule tue. `lignes` : par tableau, le détail de chaque ligne."""

    lignes: Mapping[str, Mapping[str, frozenset[str]]]
    traits: Mapping[str, Sequence[str]]
    cellules: Mapping[Cellule, int | None]
    vraies: Mapping[Cellule, int]
    population: int


def _combinaisons(traits: Sequence[str]) -> Iterator[frozenset[str]]:
    for nombre in range(len(traits) + 1):
        yield from map(frozenset, itertools.combinations(traits, nombre))


class Attaquant:
    def __init__(self, publie: Publie, atomes: Mapping[tuple[str, str, frozenset[str]], int]) -> None:
        """`atomes` : les vrais croisements (tableau, ligne, traits), essayés d’abord pour aller vite."""
        self.publie, self.systeme = publie, Systeme()
        tous = sorted({t for traits in publie.traits.values() for t in traits})
        self.combinaisons = list(_combinaisons(tous))
        self.sommes: dict[Cellule, list[str]] = {}
        plafond = publie.cellules[TOTAL, TOTAL, "", True]
        maximum = publie.population * 2 + SEUIL if plafond is None else plafond
        ensemble = {c: self.systeme.inconnue(self._nom("", "", c), maximum) for c in self.combinaisons}
        for tableau, lignes in publie.lignes.items():
            details = sorted(frozenset().union(*lignes.values()))
            croises = {
                (d, c): self.systeme.inconnue(self._nom(tableau, d, c), maximum, atomes.get((tableau, d, c), 0))
                for d in details
                for c in self.combinaisons
            }
            for c, nom in ensemble.items():
                self.systeme.egaler({**{croises[d, c]: 1 for d in details}, nom: -1})
                self.systeme.indices[nom] = sum(atomes.get((tableau, d, c), 0) for d in details)
            for ligne, reunies in lignes.items():
                self._poser(tableau, ligne, {(d, c): croises[d, c] for d in reunies for c in self.combinaisons})
        self._poser(TOTAL, TOTAL, {("", c): nom for c, nom in ensemble.items()})

    @staticmethod
    def _nom(tableau: str, detail: str, combinaison: frozenset[str]) -> str:
        return f"{tableau}|{detail}|{'+'.join(sorted(combinaison))}"

    def _poser(self, tableau: str, ligne: str, croises: Mapping[tuple[str, frozenset[str]], str]) -> None:
        traits = sorted({t for c in self.combinaisons for t in c})
        for trait, avec in [("", True), *((t, a) for t in traits for a in (True, False))]:
            cellule = (tableau, ligne, trait, avec)
            self.sommes[cellule] = [nom for (_, c), nom in croises.items() if not trait or (trait in c) == avec]
            publiee = self.publie.cellules.get(cellule)
            if publiee is not None:
                self.systeme.somme(self.sommes[cellule], publiee)

    def decouvertes(self) -> list[str]:
        """Ce que l’attaquant apprend de trop : un groupe de 1 à 4 qu’il sait être de 1 à 4, une cellule retrouvée."""
        trouvees = []
        for cellule, vraie in self.publie.vraies.items():
            noms, masquee = self.sommes[cellule], self.publie.cellules.get(cellule, vraie) is None
            if 0 < vraie < SEUIL and not self.systeme.admet(noms, SEUIL, self.publie.population * 2 + SEUIL):
                trouvees.append(f"{cellule} vaut {vraie}, et se sait sous {SEUIL}")
            elif masquee and not (
                self.systeme.admet(noms, vraie + 1, self.publie.population * 2 + SEUIL)
                or (vraie > 0 and self.systeme.admet(noms, 0, vraie - 1))
            ):
                trouvees.append(f"{cellule} vaut {vraie}, et se retrouve")
        return trouvees
