"""Lecture d’une feuille, cellule par cellule : rien n’est rempli, compté ni gardé pour une cellule vide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from openpyxl.utils.datetime import from_excel

from clauses.socle.cellules import CelluleEnErreur, LigneLue
from clauses.socle.lecteur.balises import PartieAbimee
from clauses.socle.lecteur.bornes import Compteur

JAMAIS_CALCULEE = CelluleEnErreur("formule sans résultat enregistré")
HORS_CALENDRIER = CelluleEnErreur("date hors du calendrier")

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NOMBRE = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,4})?|[+-]?\.[0-9]+")
_ENTIER_COURT = re.compile(r"-?[0-9]{1,15}")
_ECHAPPE = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Contexte:
    """Ce qu’une feuille emprunte au classeur."""

    textes: Sequence[str | None]
    dates: frozenset[int]
    durees: frozenset[int]
    epoque: datetime
    a_recalculer: bool


def decoder(texte: str) -> str:
    """Rend leurs caractères aux échappements `_xHHHH_` du format ; un demi-caractère UTF-16 reste écrit ainsi."""
    return _ECHAPPE.sub(lambda trouve: chr(int(trouve[1], 16)), texte) if "_x" in texte else texte


def numero_de_colonne(lettres: str) -> int:
    numero = 0
    for lettre in lettres:
        numero = numero * 26 + ord(lettre) - ord("A") + 1
    return numero


class VisiteurFeuille:
    """Assemble les lignes remplies d’une feuille ; s’arrête à la première borne dépassée."""

    def __init__(self, nom: str, contexte: Contexte, compteur: Compteur) -> None:
        self.nom = nom
        self.contexte = contexte
        self.compteur = compteur
        self.lignes: list[LigneLue] = []
        self._colonnes: dict[str, int] = {}
        self._ligne: list[object] = []
        self._numero = self._colonne = self._remplies = 0
        self._type, self._style = "n", 0
        self._formule = self._phonetique = False
        self._morceaux: list[str] = []
        self._longueur = 0
        self._ecoute = self._a_valeur = False

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None:
        if nom == "c":
            self._ouvrir_cellule(attributs)
        elif nom in ("v", "t"):
            self._ecoute = not self._phonetique
            self._a_valeur = True
        elif nom == "row":
            self._ouvrir_ligne(attributs)
        elif nom == "f":
            self._formule = True
        elif nom == "rPh":
            self._phonetique = True

    def fermer(self, nom: str) -> None:
        if nom in ("v", "t"):
            self._ecoute = False
        elif nom == "c":
            self._fermer_cellule()
        elif nom == "row":
            self._fermer_ligne()
        elif nom == "rPh":
            self._phonetique = False

    def texte(self, morceau: str) -> None:
        if self._ecoute:
            self._morceaux.append(morceau)
            self._longueur += len(morceau)
            if self._longueur > self.compteur.bornes.caracteres_cellule:
                self.compteur.texte(self._longueur, self.nom, self._numero, self._colonne)

    def _ouvrir_ligne(self, attributs: dict[str, str]) -> None:
        numero = int(attributs["r"]) if "r" in attributs else self._numero + 1
        if numero <= self._numero:
            raise PartieAbimee("lignes en désordre")
        self._numero, self._colonne = numero, 0

    def _ouvrir_cellule(self, attributs: dict[str, str]) -> None:
        reference = attributs.get("r")
        colonne = self._colonne + 1 if reference is None else self._situer(reference)
        if colonne <= self._colonne:
            raise PartieAbimee("cellules en désordre")
        self._colonne = colonne
        self._type = attributs.get("t", "n")
        self._style = int(attributs.get("s", 0))
        self._formule = self._a_valeur = self._ecoute = self._phonetique = False
        self._morceaux = []
        self._longueur = 0

    def _situer(self, reference: str) -> int:
        trouve = _REFERENCE.fullmatch(reference)
        if trouve is None or int(trouve[2]) != self._numero:
            raise PartieAbimee("référence de cellule impossible")
        lettres = trouve[1]
        colonne = self._colonnes.get(lettres)
        if colonne is None:
            colonne = self._colonnes[lettres] = numero_de_colonne(lettres)
        return colonne

    def _fermer_cellule(self) -> None:
        valeur = self._valeur()
        if valeur is None:
            return
        if self._colonne > self.compteur.bornes.colonnes or self._numero > self.compteur.bornes.lignes:
            self.compteur.ligne(self.nom, self._numero)
            self.compteur.colonne(self.nom, self._numero, self._colonne)
        self._remplies += 1
        manque = self._colonne - 1 - len(self._ligne)
        if manque:
            self._ligne += [None] * manque
        self._ligne.append(valeur)

    def _fermer_ligne(self) -> None:
        if self._remplies:
            self.compteur.remplies(self.nom, self._numero, self._remplies)
            self.lignes.append(LigneLue(self._numero, tuple(self._ligne)))
        self._ligne, self._remplies = [], 0

    def _valeur(self) -> object:
        brut = self._morceaux[0] if len(self._morceaux) == 1 else "".join(self._morceaux)
        if self._type in ("str", "inlineStr"):
            if self._formule and not self._a_valeur:
                return JAMAIS_CALCULEE
            self.compteur.texte(len(brut), self.nom, self._numero, self._colonne)
            return decoder(brut) if brut.strip() else None
        brut = brut.strip()
        if not brut:
            return JAMAIS_CALCULEE if self._formule else None
        match self._type:
            case "s":
                if not (brut.isascii() and brut.isdigit()):
                    raise PartieAbimee("texte partagé introuvable")
                return self.contexte.textes[int(brut)]
            case "n":
                return self._nombre(brut)
            case "b":
                return brut in ("1", "true")
            case "e":
                return CelluleEnErreur(brut)
            case "d":
                return date_ecrite(brut)
        raise PartieAbimee("type de cellule inconnu")

    def _nombre(self, brut: str) -> object:
        contexte = self.contexte
        if _NOMBRE.fullmatch(brut) is None:
            raise PartieAbimee("nombre illisible")
        nombre = int(brut) if _ENTIER_COURT.fullmatch(brut) else float(brut)
        if self._formule and contexte.a_recalculer and not nombre:
            return JAMAIS_CALCULEE
        if self._style in contexte.durees or self._style in contexte.dates:
            return en_date(nombre, contexte.epoque, duree=self._style in contexte.durees)
        return nombre


def date_ecrite(brut: str) -> datetime | time:
    """Lit une date ou une heure écrite en ISO 8601 (variante stricte du format) ; lève `ValueError`."""
    try:
        return datetime.fromisoformat(brut.removesuffix("Z"))
    except ValueError:
        return time.fromisoformat(brut.removesuffix("Z"))


def en_date(nombre: float, epoque: datetime, *, duree: bool) -> object:
    """Convertit un numéro de série ; une date que le tableur lui-même ne sait pas montrer est une erreur."""
    if nombre < 0 and not duree:
        return HORS_CALENDRIER
    try:
        return from_excel(nombre, epoque, timedelta=duree)
    except (ValueError, OverflowError):
        return HORS_CALENDRIER
