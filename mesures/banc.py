"""Chronométrer à côté d’un étalon : une chauffe, puis au moins cinq passes alternées, et la médiane."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

PASSES = 5


@dataclass(frozen=True, slots=True)
class Mesure:
    """Une ligne du tableau : médianes en millisecondes, et le rapport qui ne doit pas dépasser l’objectif."""

    nom: str
    etalon_ms: float
    nous_ms: float
    objectif: float

    @property
    def rapport(self) -> float:
        return self.nous_ms / self.etalon_ms

    @property
    def est_tenu(self) -> bool:
        return self.rapport <= self.objectif


def comparer(nom: str, *, etalon: Callable[[], object], nous: Callable[[], object], objectif: float) -> Mesure:
    """Mesure les deux en alternance : une machine qui ralentit ralentit les deux."""
    temps: dict[str, list[float]] = {"etalon": [], "nous": []}
    for passe in range(PASSES + 1):
        for clef, fonction in (("etalon", etalon), ("nous", nous)):
            debut = time.perf_counter()
            fonction()
            if passe:
                temps[clef].append((time.perf_counter() - debut) * 1000)
    return Mesure(nom, statistics.median(temps["etalon"]), statistics.median(temps["nous"]), objectif)


def imprimer(mesures: list[Mesure]) -> None:
    lignes = [("mesure", "étalon (ms)", "nous (ms)", "rapport", "objectif", "tenu")]
    lignes += [
        (
            mesure.nom,
            f"{mesure.etalon_ms:.1f}",
            f"{mesure.nous_ms:.1f}",
            f"{mesure.rapport:.2f}",
            f"≤ {mesure.objectif:.2f}",
            "oui" if mesure.est_tenu else "NON",
        )
        for mesure in mesures
    ]
    largeurs = [max(len(ligne[rang]) for ligne in lignes) for rang in range(len(lignes[0]))]
    for ligne in lignes:
        texte = " | ".join(cellule.ljust(largeur) for cellule, largeur in zip(ligne, largeurs, strict=True))
        sys.stdout.write(f"{texte}\n")
