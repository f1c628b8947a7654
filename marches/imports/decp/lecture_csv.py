"""Les deux CSV des DECP : lignes lues au fil de l’eau, réunies en contrats."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.courant import DEBUT, Courant
from clauses.socle.lecteur.texte import SEPARATEURS
from clauses.socle.nombres import en_nombre
from marches.imports.decp.csv_plat import assembler_plat
from marches.imports.decp.csv_tabulaire import assembler_tabulaire
from marches.imports.decp.enveloppes import Illisible, ObjetLu
from marches.imports.decp.neutre import FormatDecp

COLONNES_MAX = 300
BLOC = 64 * 2**10

Ouvrir = Callable[[], AbstractContextManager[tuple[bytes, Courant]]]
Assembler = Callable[[list[dict[str, str]]], list[ObjetLu]]


@dataclass(frozen=True, slots=True)
class FormeCsv:
    """Ce qui reconnaît une forme (`colonnes`), sa clef de contrat, et comment ses lignes s’assemblent."""

    format: FormatDecp
    colonnes: frozenset[str]
    clef: tuple[str, str]
    assembler: Assembler


FORMES = (
    FormeCsv(FormatDecp.CSV_PLAT, frozenset({"id", "acheteur.id"}), ("acheteur.id", "id"), assembler_plat),
    FormeCsv(
        FormatDecp.CSV_TABULAIRE,
        frozenset({"id", "acheteur_id", "titulaire_id"}),
        ("acheteur_id", "id"),
        assembler_tabulaire,
    ),
)
INCONNU = (
    "Ce fichier n’est ni le JSON, ni le XML, ni l’un des CSV des données essentielles : il y faut les colonnes « id » "
    "et « acheteur.id » (forme plate), ou « id », « acheteur_id » et « titulaire_id » (forme tabulaire)."
)


@dataclass(frozen=True, slots=True)
class _Entete:
    noms: tuple[str, ...]
    separateur: str
    forme: FormeCsv
    codage: str


def reconnaitre_csv(debut: bytes) -> tuple[str, FormeCsv, tuple[str, ...]]:
    """Séparateur, forme et colonnes, d’après la première ligne. Lève `FichierRefuse` si ce n’est aucune des nôtres."""
    premiere = debut.decode("utf-8-sig", errors="replace").splitlines()[:1]
    for separateur in SEPARATEURS if premiere else "":
        noms = tuple(nom.strip() for nom in next(csv.reader(premiere, delimiter=separateur), []))
        for forme in FORMES:
            if forme.colonnes <= set(noms) and len(noms) <= COLONNES_MAX:
                return separateur, forme, noms
    raise FichierRefuse(INCONNU)


def suivre_csv(ouvrir: Ouvrir) -> Iterator[Any]:
    """Les contrats d’un CSV. Les lignes d’un même contrat ne se suivent pas toujours : on compte d’abord les siennes.

    Ne garde que les lignes des contrats commencés. Lève `FichierRefuse`.
    """
    entete = _lire_entete(ouvrir)
    restantes: Counter[int] = Counter(_clef(entete, ligne) for ligne in _lignes(ouvrir, entete))
    commences: dict[int, list[dict[str, str]]] = {}
    for ligne in _lignes(ouvrir, entete):
        if isinstance(ligne, Illisible):
            yield ligne
            continue
        clef = _clef(entete, ligne)
        restantes[clef] -= 1
        commences.setdefault(clef, []).append(ligne)
        if not restantes[clef]:
            yield from entete.forme.assembler(commences.pop(clef))


def _clef(entete: _Entete, ligne: dict[str, str] | Illisible) -> int:
    """Empreinte de la clef du contrat : un nombre, pour que cent mille tiennent en peu de place."""
    return 0 if isinstance(ligne, Illisible) else hash(tuple(ligne[nom] for nom in entete.forme.clef))


def _lire_entete(ouvrir: Ouvrir) -> _Entete:
    with ouvrir() as (debut, courant):
        separateur, forme, noms = reconnaitre_csv(debut)
        return _Entete(noms, separateur, forme, _codage(courant))


def _codage(courant: Courant) -> str:
    """UTF-8 si tout le fichier en est ; sinon celui des tableurs français."""
    decodeur = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        while bloc := courant.read(BLOC):
            decodeur.decode(bloc)
            courant.element_fini()
        decodeur.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _lignes(ouvrir: Ouvrir, entete: _Entete) -> Iterator[dict[str, str] | Illisible]:
    with ouvrir() as (_debut, courant):
        texte = io.TextIOWrapper(io.BufferedReader(courant, DEBUT), encoding=entete.codage, newline="")
        lecteur = csv.reader(texte, delimiter=entete.separateur, strict=True)
        try:
            next(lecteur)
            for cellules in lecteur:
                courant.element_fini()
                if any(cellules):
                    yield _ligne(entete, cellules, lecteur.line_num)
        except csv.Error as erreur:
            raise FichierRefuse(
                f"Ligne {en_nombre(lecteur.line_num)} : un guillemet est ouvert sans être fermé, ou mal placé : les "
                "lignes suivantes seraient avalées. Télécharger de nouveau le fichier."
            ) from erreur
        except UnicodeDecodeError as erreur:
            raise FichierRefuse(
                f"Après la ligne {en_nombre(lecteur.line_num)}, un octet n’est un caractère dans aucun codage connu. "
                "Télécharger de nouveau le fichier."
            ) from erreur


def _ligne(entete: _Entete, cellules: list[str], numero: int) -> dict[str, str] | Illisible:
    largeur = len(entete.noms)
    if len(cellules) > largeur:
        return Illisible(f"Ligne {en_nombre(numero)} : {len(cellules)} cellules, mais l’en-tête en a {largeur}.")
    completes = cellules + [""] * (largeur - len(cellules))
    return {nom: valeur.strip() for nom, valeur in zip(entete.noms, completes, strict=True)}
