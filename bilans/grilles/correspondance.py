"""Rattacher une valeur à une ligne de grille, et dire ce qu’aucune ligne ne prend. Pur, sans base.

Un code : « COMMUNE » ; tous : « * » ; un intervalle de nombres : « 26..50 » (de 26 compris à 50 exclu), « ..26 »,
« 50.. » ; deux parties : « MISE_A_DISPOSITION/ETTI ». Un code va à une ligne au plus : la somme des lignes et du non
rattaché est toujours le total.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from bilans.faits import NR
from bilans.grilles.dimensions import DIMENSIONS, Dimension, Partie, Valeur
from bilans.grilles.forme import LigneGrille, TableauGrille
from clauses.socle.erreurs import ActionImpossible

NON_RATTACHE = "NON_RATTACHE"
TOUS = "*"
INDICATEUR, TOTAL = "indicateur", "TOTAL"
CODES_MAX = 300
INTERVALLE = re.compile(r"([0-9]{1,12})?\.\.([0-9]{1,12})?")
Valeurs = tuple[Valeur, ...]


def morceaux(code: str, dimension: Dimension) -> list[str]:
    """Les parties d’un code ; lève `ActionImpossible` s’il n’en a pas le bon nombre."""
    lus = code.split("/")
    if len(lus) != len(dimension.parties):
        forme = " / ".join(partie.nom for partie in dimension.parties)
        raise ActionImpossible(
            f"Le code «\u00a0{code}\u00a0» s’écrit avec {len(dimension.parties)} partie(s)\u00a0: {forme}."
        )
    return lus


def bornes(motif: str) -> tuple[int, int | None] | None:
    lu = INTERVALLE.fullmatch(motif)
    if lu is None or motif == "..":
        return None
    return int(lu[1] or 0), int(lu[2]) if lu[2] else None


def est_connu(motif: str, partie: Partie) -> bool:
    if motif == TOUS:
        return True
    if partie.codes is not None:
        return motif in partie.codes
    lues = bornes(motif)
    return motif == NR or (lues is not None and (lues[1] is None or lues[0] < lues[1]))


def admet(motif: str, valeur: Valeur) -> bool:
    """Vrai si cette partie de code prend cette valeur."""
    if motif in (TOUS, valeur):
        return True
    lues = bornes(motif)
    if lues is None or not isinstance(valeur, int | Decimal):
        return False
    return lues[0] <= valeur and (lues[1] is None or valeur < lues[1])


def lignes_de(tableau: TableauGrille, valeurs: Valeurs) -> list[LigneGrille]:
    """Les lignes qui prennent ces valeurs : une au plus dans une grille vérifiée."""
    dimension = DIMENSIONS[tableau.dimension]
    return [
        ligne
        for ligne in tableau.lignes
        if any(
            all(admet(m, v) for m, v in zip(morceaux(code, dimension), valeurs, strict=True)) for code in ligne.codes
        )
    ]


class Rattachement:
    """Les lignes d’un tableau, par valeurs déjà vues : des milliers de cellules n’ont que quelques valeurs."""

    def __init__(self, tableau: TableauGrille) -> None:
        self.tableau = tableau
        self._vues: dict[Valeurs, str] = {}

    def ligne(self, valeurs: Valeurs) -> str:
        if valeurs not in self._vues:
            self._vues[valeurs] = next((ligne.cle for ligne in lignes_de(self.tableau, valeurs)), NON_RATTACHE)
        return self._vues[valeurs]


def possibles(tableau: TableauGrille) -> list[Valeurs]:
    """Toutes les valeurs que l’application peut donner ; d’un nombre, une par intervalle que les bornes découpent."""
    dimension = DIMENSIONS[tableau.dimension]
    codes = [morceaux(code, dimension) for ligne in tableau.lignes for code in ligne.codes]
    par_partie: list[Sequence[Valeur]] = []
    for rang, partie in enumerate(dimension.parties):
        if partie.codes is not None:
            par_partie.append(list(partie.codes))
            continue
        lues = [lu for code in codes if (lu := bornes(code[rang])) is not None]
        par_partie.append([NR, *sorted({0, *(b for bas, haut in lues for b in (bas, haut) if b is not None)})])
    return list(itertools.product(*par_partie))


def non_rattaches(tableau: TableauGrille) -> list[str]:
    """Les codes de l’application qu’aucune ligne ne prend, tels qu’on les écrirait. Un indicateur n’y est pas tenu."""
    if tableau.dimension == INDICATEUR:
        return []
    return ["/".join(map(str, valeurs)) for valeurs in possibles(tableau) if not lignes_de(tableau, valeurs)]


def verifier(tableau: TableauGrille) -> None:
    """Lève `ActionImpossible` : code inconnu, code sur deux lignes, ligne sans libellé ou sans code."""
    dimension = DIMENSIONS[tableau.dimension]
    _verifier_les_lignes(tableau)
    for ligne in tableau.lignes:
        for code in ligne.codes:
            for motif, partie in zip(morceaux(code, dimension), dimension.parties, strict=True):
                if not est_connu(motif, partie):
                    raise ActionImpossible(
                        f"«\u00a0{ligne.libelle}\u00a0»\u00a0: le code «\u00a0{motif}\u00a0» n’existe pas "
                        f"({partie.nom}). Le choisir dans la liste des codes."
                    )
    for valeurs in possibles(tableau):
        prises = lignes_de(tableau, valeurs)
        if len(prises) > 1:
            code = "/".join(map(str, valeurs))
            noms = " et ".join(f"«\u00a0{ligne.libelle}\u00a0»" for ligne in prises)
            raise ActionImpossible(f"Le code «\u00a0{code}\u00a0» est rattaché à {noms}\u00a0: n’en garder qu’une.")


def _verifier_les_lignes(tableau: TableauGrille) -> None:
    """Ce qui se voit sans lire les codes."""
    if not tableau.lignes:
        raise ActionImpossible(
            "Un tableau garde au moins une ligne\u00a0: en ajouter une, ou rétablir la grille livrée."
        )
    for ligne in tableau.lignes:
        if not ligne.codes:
            raise ActionImpossible(
                f"«\u00a0{ligne.libelle}\u00a0»\u00a0: lui rattacher au moins un code, ou retirer la ligne."
            )
        if tableau.dimension == INDICATEUR and (len(ligne.codes) > 1 or TOUS in ligne.codes):
            raise ActionImpossible(
                f"«\u00a0{ligne.libelle}\u00a0»\u00a0: un chiffre à la fois, et sans étoile. "
                "Ajouter une ligne pour chacun des autres."
            )
    if sum(len(ligne.codes) for ligne in tableau.lignes) > CODES_MAX:
        raise ActionImpossible(
            f"Un tableau rattache au plus {CODES_MAX} codes\u00a0: réunir des intervalles, ou « * »."
        )
    libelles = [(ligne.groupe, ligne.libelle) for ligne in tableau.lignes]
    doubles = sorted({libelle for groupe, libelle in libelles if libelles.count((groupe, libelle)) > 1})
    if doubles:
        raise ActionImpossible(f"Deux lignes s’appellent «\u00a0{doubles[0]}\u00a0»\u00a0: changer l’un des libellés.")
    cles = [ligne.cle for ligne in tableau.lignes]
    if len(set(cles)) < len(cles) or {NON_RATTACHE, TOTAL} & set(cles):
        raise ActionImpossible(
            "Deux lignes ont la même clef, ou l’une a une clef réservée\u00a0: rouvrir le tableau, puis reprendre la "
            "modification."
        )
