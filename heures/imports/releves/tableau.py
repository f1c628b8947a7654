"""Trouver, dans un fichier quelconque, chaque tableau et sa ligne de titres, même sous un en-tête de page."""

from __future__ import annotations

import datetime
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from clauses.socle.cellules import CelluleEnErreur, LigneLue
from clauses.socle.conversions import normaliser, vide
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur import BORNES, Bornes, lire_csv, lire_fichier, nom_de_colonne
from heures.imports.releves.champs import forme, reconnaitre
from heures.nir import contient_nir

LISEZ_MOI = "Lisez-moi"
LIGNES_CHERCHEES = 40
RECONNUS_AU_MOINS = 2
CHIFFRES_NIR = 13
EXEMPLES = 3
_DONNEE = re.compile(r"[0-9]+([.,:h/\- ][0-9]*)*( ?h(eures?)?)?", re.IGNORECASE)


@dataclass(frozen=True)
class Tableau:
    """Une feuille lue : sa ligne de titres (`""` pour une colonne sans titre) et les lignes qui suivent."""

    feuille: str
    numero: int
    titres: tuple[str, ...]
    corps: tuple[LigneLue, ...]

    @cached_property
    def rangs(self) -> dict[str, list[int]]:
        """Par titre réduit, les rangs des colonnes qui le portent."""
        trouves: dict[str, list[int]] = {}
        for rang, titre in enumerate(self.titres):
            if titre:
                trouves.setdefault(forme(titre), []).append(rang)
        return trouves

    @property
    def lieu(self) -> str:
        return f"feuille « {self.feuille} », ligne {self.numero}" if self.feuille else f"ligne {self.numero}"

    def exemples(self, rang: int) -> list[object]:
        """Les premières valeurs d’une colonne, pour la reconnaître."""
        valeurs = (ligne.valeurs[rang] for ligne in self.corps if rang < len(ligne.valeurs))
        return list(dict.fromkeys(v for v in valeurs if not vide(v)))[:EXEMPLES]


@dataclass(frozen=True)
class FichierLu:
    """Un fichier reçu : ses tableaux, les feuilles où aucun tableau n’a été trouvé, et son empreinte."""

    nom: str
    empreinte: str
    tableaux: tuple[Tableau, ...]
    sans_titres: tuple[str, ...]


def lire(
    octets: bytes, *, nom: str, titres_connus: Sequence[frozenset[str]] = (), bornes: Bornes = BORNES
) -> FichierLu:
    """Lit un relevé, CSV ou XLSX. `titres_connus` : les titres réduits des correspondances déjà retenues.

    Lève `FichierRefuse` si le fichier est illisible, sans ligne de titres, ou s’il contient un NIR.
    """
    tableaux, sans_titres = [], []
    for feuille, lignes in lire_fichier(io.BytesIO(octets), ligne_entete=None, nom=nom, bornes=bornes).items():
        if normaliser(feuille) == normaliser(LISEZ_MOI) or not lignes:
            continue
        refuser_les_nir(feuille, lignes)
        entete = _trouver_entete(lignes, titres_connus)
        if entete is None:
            sans_titres.append(feuille)
            continue
        if not feuille:
            # Un CSV se relit, titres connus : une ligne qui déborde serait décalée en silence.
            lignes = lire_csv(io.BytesIO(octets), ligne_entete=entete.numero, nom=nom, bornes=bornes)
        titres = tuple("" if vide(titre) else " ".join(str(titre).split()) for titre in _entete(lignes, entete.numero))
        corps = tuple(ligne for ligne in lignes if ligne.numero > entete.numero)
        tableaux.append(Tableau(feuille, entete.numero, titres, corps))
    if not tableaux:
        raise FichierRefuse(
            "Aucune ligne de titres n’a été trouvée dans ce fichier. Ajouter au-dessus des heures une ligne qui nomme "
            "les colonnes (nom, prénom, mois, heures…), ou partir du modèle prérempli."
        )
    empreinte = hashlib.sha256(octets).hexdigest()
    return FichierLu(nom, empreinte, tuple(tableaux), tuple(sans_titres))


def refuser_les_nir(feuille: str, lignes: Iterable[LigneLue]) -> None:
    """Un fichier qui porte un numéro de sécurité sociale n’entre pas ; la phrase le situe sans le montrer."""
    for ligne in lignes:
        for rang, valeur in enumerate(ligne.valeurs, start=1):
            if isinstance(valeur, str | int) and len(str(valeur)) >= CHIFFRES_NIR and contient_nir(str(valeur)):
                lieu = f"Feuille « {feuille} », ligne" if feuille else "Ligne"
                raise FichierRefuse(
                    f"{lieu} {ligne.numero}, colonne {nom_de_colonne(rang)} : ce fichier contient un numéro de "
                    "sécurité sociale, qui ne doit pas entrer ici. Supprimer cette colonne, puis choisir de nouveau "
                    "le fichier."
                )


def _entete(lignes: Sequence[LigneLue], numero: int) -> tuple[object, ...]:
    return next(ligne.valeurs for ligne in lignes if ligne.numero == numero)


def _trouver_entete(lignes: Sequence[LigneLue], titres_connus: Sequence[frozenset[str]]) -> LigneLue | None:
    """La ligne dont le plus de cellules sont des en-têtes connus ; à défaut, celle qui en a la forme."""
    debut = lignes[:LIGNES_CHERCHEES]
    notes = [(_note(ligne, titres_connus), -rang, ligne) for rang, ligne in enumerate(debut)]
    note, _, meilleure = max(notes, key=lambda trouvee: trouvee[:2])
    return meilleure if note >= RECONNUS_AU_MOINS else _de_la_forme_d_un_entete(debut)


def _note(ligne: LigneLue, titres_connus: Sequence[frozenset[str]]) -> int:
    formes = {forme(valeur) for valeur in ligne.valeurs if isinstance(valeur, str)}
    retenus = max((len(connus) for connus in titres_connus if connus and connus <= formes), default=0)
    reconnus = {reconnaitre(valeur) for valeur in ligne.valeurs} - {None}
    return max(len(reconnus), retenus)


def _de_la_forme_d_un_entete(lignes: Sequence[LigneLue]) -> LigneLue | None:
    """La dernière ligne faite seulement de textes, juste avant la première donnée."""
    candidate = None
    for ligne in lignes:
        remplies = list(_remplies(ligne))
        if any(_est_une_donnee(valeur) for valeur in remplies):
            return candidate
        if len(remplies) >= RECONNUS_AU_MOINS and all(isinstance(valeur, str) for valeur in remplies):
            candidate = ligne
    return candidate


def _remplies(ligne: LigneLue) -> Iterator[object]:
    return (valeur for valeur in ligne.valeurs if not vide(valeur))


def _est_une_donnee(valeur: object) -> bool:
    if isinstance(valeur, str):
        return _DONNEE.fullmatch(valeur.strip()) is not None
    return isinstance(valeur, int | float | datetime.date | datetime.time | datetime.timedelta | CelluleEnErreur)
