"""La garde : un classeur relu cellule à cellule, et confronté à celui que le second compte attend."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import IO, Any, NamedTuple

import openpyxl

Ligne = dict[str, Any]
SECRET = "secret"
DETAIL, SOUS_TOTAL, TOTAL = "detail", "sous-total", "total"
# Tout ce que le second compte ne refait pas, et pourquoi. Le reste se recompte, ou le test échoue.
FEUILLES_SANS_DONNEE = {"Méthode": "des phrases : définitions, règles et en-tête"}
COLONNES_SANS_DONNEE = {
    ("", "Règle"): "la phrase qui dit la règle d’un indicateur, déjà dans la méthode",
    ("A10 Qualité", "Contrôle"): "l’intitulé d’un contrôle, dont le code est recompté",
    **dict.fromkeys(
        [(f"{n} {nom}", "Ligne") for n, nom in enumerate(
            ("Chiffres clés", "Acheteurs", "Nature de clause", "Montants", "Secteurs", "Modalités", "Contrats",
             "Situation avant", "Âge et niveau", "Devenir", "Structure"), start=1)],
        "l’intitulé d’une ligne de grille, que la structure réécrit : son code est recompté",
    ),
}  # fmt: skip

# Un code fait de chiffres est un texte ; partout ailleurs, un nombre écrit en texte ne se somme pas.
CODES = {"Code", "SIRET", "EPCI", "Année"}


class Feuille(NamedTuple):
    """Les lignes attendues d’une feuille ; `cles` : les colonnes qui nomment une ligne."""

    cles: tuple[str, ...]
    lignes: list[Ligne]


def lire(fichier: IO[bytes]) -> dict[str, list[Ligne]]:
    """Par feuille, chaque ligne : titre de colonne → valeur."""
    lu = openpyxl.load_workbook(fichier, read_only=True)
    feuilles = {}
    for onglet in lu.worksheets:
        titres, *lignes = onglet.iter_rows(values_only=True)
        assert len(set(titres)) == len(titres), f"{onglet.title} : deux colonnes du même titre"
        feuilles[onglet.title] = [dict(zip(titres, ligne, strict=True)) for ligne in lignes]
    return feuilles


def ecarts(
    lues: Mapping[str, list[Ligne]], attendues: Mapping[str, Feuille], *, est_masque: bool = False
) -> list[str]:
    """Chaque cellule non vide que le second compte n’a pas, ou a autrement ; et chaque ligne qui manque.

    `est_masque` : une cellule peut être tue (ou vide si sa ligne en a une tue : on ne compare pas ce qui se tait), une
    ligne, une colonne ou une feuille absente ; ce qui se lit doit rester vrai.
    """
    trouves = []
    for nom in [*lues, *(nom for nom in attendues if nom not in lues and not est_masque)]:
        if nom in FEUILLES_SANS_DONNEE:
            continue
        if nom not in attendues or nom not in lues:
            trouves.append(f"{nom} : feuille {'absente' if nom in attendues else 'non recomptée'}")
            continue
        trouves += [f"{nom}, {ecart}" for ecart in _de_la_feuille(nom, lues[nom], attendues[nom], est_masque)]
    return trouves


def _de_la_feuille(nom: str, lues: list[Ligne], attendue: Feuille, est_masque: bool) -> Iterator[str]:
    par_cle = dict(_numeroter(attendue.lignes, attendue.cles))
    lues_par_cle = dict(_numeroter(lues, attendue.cles))
    for cle in par_cle:
        if cle not in lues_par_cle and not est_masque:
            yield f"{cle} : ligne absente"
    for cle, ligne in lues_par_cle.items():
        if cle not in par_cle:
            yield f"{cle} : ligne non recomptée"
            continue
        voulue = par_cle[cle]
        for colonne in {**ligne, **voulue}:
            if ("", colonne) in COLONNES_SANS_DONNEE or (nom, colonne) in COLONNES_SANS_DONNEE:
                continue
            valeur = ligne.get(colonne)
            if est_masque and (valeur == SECRET or colonne not in ligne or (not valeur and SECRET in ligne.values())):
                continue
            if isinstance(valeur, str) and est_un_nombre(valeur) and colonne not in CODES:
                yield f"{cle}, {colonne} : {valeur} est un nombre écrit en texte"
            if not _egales(valeur, voulue.get(colonne)):
                dite = f"{voulue[colonne]} recompté" if colonne in voulue else "non recomptée"
                yield f"{cle}, {colonne} : {valeur} au classeur, {dite}"


def _numeroter(lignes: Iterable[Ligne], cles: tuple[str, ...]) -> Iterator[tuple[tuple[Any, ...], Ligne]]:
    """Des lignes de même nom se suivent : leur rang les distingue."""
    vues = Counter[tuple[Any, ...]]()
    for ligne in lignes:
        cle = tuple(str(_sans_heure(ligne.get(c)) or "") for c in cles)
        vues[cle] += 1
        yield (*cle, vues[cle]), ligne


def _sans_heure(valeur: Any) -> Any:
    return valeur.date() if isinstance(valeur, datetime.datetime) else valeur


def _egales(lue: Any, attendue: Any) -> bool:
    if lue in (None, "") or attendue in (None, ""):
        return lue in (None, "") and attendue in (None, "")
    if isinstance(lue, int | float):
        return est_un_nombre(attendue) and Decimal(repr(lue)) == Decimal(str(attendue))
    return str(_sans_heure(lue)) == str(attendue)


def est_un_nombre(valeur: Any) -> bool:
    return isinstance(valeur, int | float | Decimal) or (
        isinstance(valeur, str) and valeur.removeprefix("-").replace(".", "", 1).isdigit()
    )


def dresser(colonnes: Mapping[str, str], niveau: str, valeurs: Mapping[str, Any], **textes: Any) -> Ligne:
    """Une ligne de feuille : titre de colonne → valeur de la clef nommée."""
    return {**textes, **{titre: valeurs[cle] for titre, cle in colonnes.items()}, "Niveau": niveau}


def falsifications(lues: dict[str, list[Ligne]]) -> Iterator[tuple[str, str, Callable[[], None], Callable[[], None]]]:
    """Pour chaque colonne de chaque feuille, de quoi fausser sa première cellule pleine, et de quoi la rétablir."""
    for nom, lignes in lues.items():
        for colonne in lignes[0] if lignes else ():
            if nom in FEUILLES_SANS_DONNEE or {("", colonne), (nom, colonne)} & set(COLONNES_SANS_DONNEE):
                continue
            pleine = next((ligne for ligne in lignes if ligne[colonne] not in (None, "", SECRET)), None)
            if pleine is not None:
                vraie = pleine[colonne]
                fausse = vraie + 1 if isinstance(vraie, int | float) else f"{vraie} faux"
                yield (
                    nom,
                    colonne,
                    lambda ligne=pleine, c=colonne, v=fausse: ligne.__setitem__(c, v),
                    lambda ligne=pleine, c=colonne, v=vraie: ligne.__setitem__(c, v),
                )
