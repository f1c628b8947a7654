"""Répartir un tableau collé entre les personnes d’un relevé, par leur nom exact : rien n’est deviné. Calcul pur."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from clauses.socle.conversions import ValeurRefusee, vers_heures
from heures.noms import Nom

LIGNES_MAX = 500
_CELLULES = re.compile(r"\t|;")


@dataclass(slots=True)
class Collage:
    """Ce qui va dans chaque champ, tel qu’il est écrit ; les lignes qui n’ont pas trouvé leur place, entières."""

    valeurs: dict[str, str] = field(default_factory=dict)
    restes: list[str] = field(default_factory=list)
    nombre: int = 0

    @property
    def reste(self) -> str:
        return "\n".join(self.restes)


def repartir(texte: str, personnes: Iterable[tuple[int, str]], champs: Collection[str]) -> Collage:
    """Une ligne collée par personne : son nom, en une ou deux cellules, ses heures de travail, puis de formation.

    `personnes` : la clef de chaque contrat et le nom affiché ; `champs` : ceux qui se saisissent (`travail_12`). Deux
    contrats d’un même nom, un nom déjà vu ou inconnu, une case qui ne se saisit plus : la ligne reste.
    """
    contrats: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for clef, nom in personnes:
        contrats[Nom(nom, "").mots].append(clef)
    collage = Collage()
    for rang, ligne in enumerate(texte.splitlines()):
        noms, heures = _lire(ligne)
        if not heures and (rang == 0 or not noms):
            continue  # les titres, ou une ligne vide
        clefs = contrats.get(Nom(" ".join(noms), "").mots, [])
        cases = zip(("travail", "formation"), heures, strict=False)
        siennes = {f"{prefixe}_{clef}": valeur for prefixe, valeur in cases if valeur for clef in clefs}
        est_sure = len(clefs) == 1 and len(heures) < 3 and siennes and siennes.keys() <= set(champs)
        if not est_sure or siennes.keys() & collage.valeurs.keys() or rang >= LIGNES_MAX:
            collage.restes.append(ligne.strip())
            continue
        collage.valeurs |= siennes
        collage.nombre += 1
    return collage


def _lire(ligne: str) -> tuple[list[str], list[str]]:
    """Les cellules du nom, puis celles des heures à partir de la première qui en est."""
    cellules = [cellule.strip() for cellule in _CELLULES.split(ligne)]
    debut = next((rang for rang, cellule in enumerate(cellules) if _est_une_duree(cellule)), len(cellules))
    while cellules and not cellules[-1]:
        cellules.pop()
    return [cellule for cellule in cellules[:debut] if cellule], cellules[debut:]


def _est_une_duree(cellule: str) -> bool:
    try:
        vers_heures(cellule)
    except ValeurRefusee:
        return False
    return True
