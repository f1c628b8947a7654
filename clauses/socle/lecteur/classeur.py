"""Lecture bornée d’un classeur .xlsx reçu.

openpyxl, même en lecture seule, construit une ligne, les styles et les textes partagés en entier avant de les rendre :
4 Mo d’une seule ligne lui font prendre plus d’un gigaoctet. Chaque partie est donc parcourue en flux, et la lecture
s’arrête à la première borne. D’openpyxl ne sert que ce qui reconnaît une date et convertit un numéro de série.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from clauses.socle.cellules import LigneLue
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.balises import Visiteur, parcourir
from clauses.socle.lecteur.bornes import BORNES, Bornes, Compteur, completer
from clauses.socle.lecteur.enveloppe import (
    ENREGISTRER,
    Nature,
    exiger_extension,
    lire_octets,
    ouvrir_archive,
    reconnaitre,
)
from clauses.socle.lecteur.feuille import Contexte, VisiteurFeuille, decoder

BALISES_PAR_CELLULE = 5
_ILLISIBLE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class FeuilleDeclaree:
    nom: str
    relation: str
    visible: bool


class VisiteurRelations:
    """Relations d’une partie : identifiant → (dernier mot du type, cible)."""

    def __init__(self) -> None:
        self.relations: dict[str, tuple[str, str]] = {}

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None:
        if nom == "Relationship":
            genre = attributs["Type"].rpartition("/")[2]
            self.relations[attributs["Id"]] = (genre, attributs["Target"])

    def fermer(self, nom: str) -> None: ...

    def texte(self, morceau: str) -> None: ...


class VisiteurPlan:
    """Feuilles déclarées, système de dates, et l’aveu que les formules restent à calculer."""

    def __init__(self) -> None:
        self.feuilles: list[FeuilleDeclaree] = []
        self.depuis_1904 = self.a_recalculer = False

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None:
        if nom == "sheet":
            relation = next((valeur for cle, valeur in attributs.items() if cle.endswith(":id")), "")
            visible = attributs.get("state", "visible") == "visible"
            self.feuilles.append(FeuilleDeclaree(attributs["name"], relation, visible))
        elif nom == "workbookPr":
            self.depuis_1904 = attributs.get("date1904") in ("1", "true")
        elif nom == "calcPr":
            self.a_recalculer = attributs.get("fullCalcOnLoad") in ("1", "true")

    def fermer(self, nom: str) -> None: ...

    def texte(self, morceau: str) -> None: ...


class VisiteurStyles:
    """Rangs des styles de cellule qui montrent une date ou une durée."""

    def __init__(self) -> None:
        self.dates: set[int] = set()
        self.durees: set[int] = set()
        self._formats: dict[int, str] = {}
        self._classes: dict[int, set[int] | None] = {}
        self._dans_cellules = False
        self._rang = 0

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None:
        if nom == "cellXfs":
            self._dans_cellules = True
        elif nom == "numFmt":
            self._formats[int(attributs["numFmtId"])] = attributs["formatCode"]
        elif nom == "xf" and self._dans_cellules:
            rangs = self._rangs(int(attributs.get("numFmtId", 0)))
            if rangs is not None:
                rangs.add(self._rang)
            self._rang += 1

    def fermer(self, nom: str) -> None:
        if nom == "cellXfs":
            self._dans_cellules = False

    def texte(self, morceau: str) -> None: ...

    def _rangs(self, numero: int) -> set[int] | None:
        if numero not in self._classes:
            code = self._formats.get(numero) or BUILTIN_FORMATS.get(numero)
            dates = self.dates if is_date_format(code) else None
            self._classes[numero] = self.durees if is_timedelta_format(code) else dates
        return self._classes[numero]


class VisiteurTextes:
    """Table des textes partagés, sans leur phonétique."""

    def __init__(self, compteur: Compteur) -> None:
        self.textes: list[str | None] = []
        self._compteur = compteur
        self._morceaux: list[str] = []
        self._longueur = 0
        self._ecoute = self._phonetique = False

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None:
        if nom == "t":
            self._ecoute = not self._phonetique
        elif nom == "rPh":
            self._phonetique = True

    def fermer(self, nom: str) -> None:
        if nom == "t":
            self._ecoute = False
        elif nom == "si":
            self._compteur.texte(self._longueur)
            texte = decoder("".join(self._morceaux))
            self.textes.append(texte if texte.strip() else None)
            self._morceaux, self._longueur = [], 0
        elif nom == "rPh":
            self._phonetique = False

    def texte(self, morceau: str) -> None:
        if self._ecoute:
            self._longueur += len(morceau)
            if self._longueur > self._compteur.bornes.caracteres_cellule:
                self._compteur.texte(self._longueur)
            self._morceaux.append(morceau)


@dataclass
class Classeur:
    """Archive ouverte et ce qu’il faut en savoir pour lire ses feuilles."""

    archive: zipfile.ZipFile
    bornes: Bornes
    parties: dict[str, zipfile.ZipInfo] = field(init=False)

    def __post_init__(self) -> None:
        # Certains logiciels écrivent « xl\\workbook.xml ».
        self.parties = {info.filename.lower().replace("\\", "/"): info for info in self.archive.infolist()}

    def visiter(self, chemin: str, visiteur: Visiteur) -> None:
        with self.archive.open(self.parties[chemin.lower()]) as flux:
            parcourir(flux, visiteur, balises_max=BALISES_PAR_CELLULE * self.bornes.cellules)

    def relations(self, chemin: str) -> dict[str, tuple[str, str]]:
        """Relations de la partie, cibles résolues depuis la racine de l’archive."""
        dossier, nom = posixpath.split(chemin)
        visiteur = VisiteurRelations()
        self.visiter(posixpath.join(dossier, "_rels", f"{nom}.rels"), visiteur)
        return {
            cle: (genre, posixpath.normpath(posixpath.join("/", dossier, cible)).lstrip("/"))
            for cle, (genre, cible) in visiteur.relations.items()
        }

    def lire(self, feuilles: Collection[str] | None) -> dict[str, list[LigneLue]]:
        chemin = dict(self.relations("").values())["officeDocument"]
        plan = VisiteurPlan()
        self.visiter(chemin, plan)
        relations = self.relations(chemin)
        uniques = dict(relations.values())
        compteur = Compteur(self.bornes)
        styles, textes = VisiteurStyles(), VisiteurTextes(compteur)
        if "styles" in uniques:
            self.visiter(uniques["styles"], styles)
        if "sharedStrings" in uniques:
            self.visiter(uniques["sharedStrings"], textes)
        contexte = Contexte(
            textes=textes.textes,
            dates=frozenset(styles.dates),
            durees=frozenset(styles.durees),
            epoque=MAC_EPOCH if plan.depuis_1904 else WINDOWS_EPOCH,
            a_recalculer=plan.a_recalculer,
        )
        lues: dict[str, list[LigneLue]] = {}
        for declaree in plan.feuilles:
            genre, cible = relations[declaree.relation]
            nom = declaree.nom.strip()
            voulue = declaree.visible if feuilles is None else nom in feuilles
            if genre == "worksheet" and voulue:
                visiteur = VisiteurFeuille(nom, contexte, compteur)
                self.visiter(cible, visiteur)
                lues[nom] = completer(visiteur.lignes)
        return lues


def lire_classeur(
    source: IO[bytes] | Path,
    *,
    feuilles: Collection[str] | None = None,
    nom: str | None = None,
    bornes: Bornes = BORNES,
) -> dict[str, list[LigneLue]]:
    """Lit les feuilles d’un classeur .xlsx, dans leur ordre ; les lignes vides sont sautées, pas renumérotées.

    Sans `feuilles`, toutes les feuilles visibles ; avec, seulement celles-là, même masquées, et une feuille absente
    manque au résultat. Valeurs : `str`, `int`, `float`, `bool`, `datetime`, `date`, `time`, `timedelta`,
    `CelluleEnErreur` ou `None`. Lève `FichierRefuse`.
    """
    donnees = lire_octets(source, bornes)
    nature = reconnaitre(donnees)
    if nature is not Nature.CLASSEUR:
        raise FichierRefuse(nature.value)
    try:
        with ouvrir_archive(donnees, bornes) as archive:
            lues = Classeur(archive, bornes).lire(feuilles)
    except FichierRefuse:
        raise
    except _ILLISIBLE as erreur:
        raise FichierRefuse(f"Ce classeur est abîmé ou incomplet. {ENREGISTRER}") from erreur
    exiger_extension(source, nom, ".xlsx")
    return lues
