"""Pourquoi un total distinct n’est pas la somme de ses lignes : dit près du total, seulement quand c’est le cas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bilans.definitions import ColonneBilan, Unite
from bilans.mesures import Mesure
from bilans.rapport import Tableau
from bilans.secret import SECRET
from bilans.tableaux import DETAIL, SOUS_TOTAL, TOTAL, Rangee
from clauses.socle.nombres import en_nombre

DISTINCTES = frozenset({Mesure.PERSONNES, Mesure.CONTRATS})


def ecarts(tableau: Tableau) -> list[str]:
    """Une phrase par total qui n’est pas la somme de ses lignes : ses nombres, et la somme à côté."""
    phrases = []
    for total, lignes in sommes(tableau):
        differents = [
            f"{colonne.nom} {en_nombre(distincts)} (somme des lignes\u00a0: {en_nombre(somme)})"
            for colonne in tableau.definition.colonnes
            if est_distincte(colonne)
            and not _est_tue(colonne.cle, [total, *lignes])
            and (distincts := total.valeurs[colonne.cle]) != (somme := _sommer(lignes, colonne.cle))
        ]
        if differents:
            phrases.append(f"{nom_de_ligne(total, tableau)}\u00a0: {', '.join(differents)}.")
    return phrases


def est_distincte(colonne: ColonneBilan) -> bool:
    return colonne.unite is Unite.NOMBRE and colonne.ouvre is not None and colonne.ouvre.mesure in DISTINCTES


def _est_tue(cle: str, rangees: Iterable[Rangee]) -> bool:
    """Un seul nombre tu, et l’écart le redirait."""
    return any(rangee.valeurs[cle] is SECRET for rangee in rangees)


def _sommer(lignes: list[Rangee], cle: str) -> int:
    return sum(ligne.valeurs[cle] or 0 for ligne in lignes)


def sommes(tableau: Tableau) -> list[tuple[Rangee, list[Rangee]]]:
    """Chaque total avec les lignes qu’il réunit. Un tableau en rubriques a le même total pour chacune."""
    reunies: list[tuple[Rangee, list[Rangee]]] = []
    depuis: list[Rangee] = []
    par_rubrique: Mapping[str, list[Rangee]] = defaultdict(list)
    for rangee in tableau.rangees:
        if rangee.niveau == DETAIL:
            depuis.append(rangee)
            par_rubrique[rangee.valeurs.get("rubrique", "")].append(rangee)
        elif rangee.niveau == SOUS_TOTAL:
            reunies.append((rangee, depuis))
            depuis = []
        elif rangee.niveau == TOTAL:
            reunies += [(rangee, lignes) for lignes in par_rubrique.values()]
    return reunies


def nom_de_ligne(rangee: Rangee, tableau: Tableau) -> str:
    """Le libellé d’une ligne de total : son dernier texte non vide parmi les colonnes de texte de tête."""
    textes = [c.cle for c in tableau.definition.colonnes if c.unite is Unite.TEXTE]
    return next((v for cle in textes if "otal" in (v := str(rangee.valeurs[cle]))), "Total")
