"""Ce qu’est une grille : des tableaux, leurs lignes, et les codes de l’application que chaque ligne réunit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DOSSIER = Path(__file__).parent
AVE = "ave-2025"
FSE = "fse-2021-2027"
NOMS = (AVE, FSE)


@dataclass(frozen=True, slots=True)
class LigneGrille:
    """`codes` : un code de la dimension, ou plusieurs parties jointes par « / » (`correspondance`)."""

    cle: str
    libelle: str
    codes: tuple[str, ...]
    groupe: str = ""

    def en_json(self) -> dict[str, Any]:
        return {"cle": self.cle, "libelle": self.libelle, "codes": list(self.codes), "groupe": self.groupe}


@dataclass(frozen=True, slots=True)
class TableauGrille:
    """`dimension` : une clef de `dimensions.DIMENSIONS` ; `colonnes` : des clefs de `mesures.MESURES`."""

    cle: str
    titre: str
    feuille: str
    dimension: str
    colonnes: tuple[str, ...]
    lignes: tuple[LigneGrille, ...]
    note: str = ""

    def en_json(self) -> list[dict[str, Any]]:
        return [ligne.en_json() for ligne in self.lignes]

    def en_saisie(self) -> list[dict[str, str]]:
        """Ses lignes, telles que l’écran les propose : codes séparés d’une espace."""
        return [{**ligne, "codes": " ".join(ligne["codes"])} for ligne in self.en_json()]

    def groupes(self) -> list[str]:
        """Dans l’ordre de leur première ligne ; vide si le tableau n’en a pas."""
        return [groupe for groupe in dict.fromkeys(ligne.groupe for ligne in self.lignes) if groupe]


@dataclass(frozen=True, slots=True)
class Grille:
    nom: str
    titre: str
    base_etp: int
    tableaux: tuple[TableauGrille, ...]

    def tableau(self, cle: str) -> TableauGrille | None:
        return next((tableau for tableau in self.tableaux if tableau.cle == cle), None)


def lire_ligne(donnees: Mapping[str, Any]) -> LigneGrille:
    return LigneGrille(donnees["cle"], donnees["libelle"], tuple(donnees["codes"]), donnees.get("groupe", ""))


def _tableau(donnees: Mapping[str, Any]) -> TableauGrille:
    return TableauGrille(
        cle=donnees["cle"],
        titre=donnees["titre"],
        feuille=donnees["feuille"],
        dimension=donnees["dimension"],
        colonnes=tuple(donnees.get("colonnes", ())),
        lignes=tuple(lire_ligne(ligne) for ligne in donnees["lignes"]),
        note=donnees.get("note", ""),
    )


@cache
def livree(nom: str) -> Grille:
    """La grille telle que l’application la livre (`<nom>.toml`)."""
    donnees = tomllib.loads((DOSSIER / f"{nom}.toml").read_text(encoding="utf-8"))
    return Grille(nom, donnees["titre"], donnees["base_etp"], tuple(_tableau(t) for t in donnees["tableaux"]))
