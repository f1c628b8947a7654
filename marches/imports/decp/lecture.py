"""Lecture bornée des DECP : d’un fichier reçu, de l’une des six formes, à des contrats neutres.

Rien n’est écrit ici. La forme est reconnue au contenu, jamais au nom. Un fichier illisible est refusé d’une phrase
(`FichierRefuse`) ; un contrat défectueux garde ce qui est lisible et porte ses écarts, sans faire tomber les autres.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, Any

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.courant import Courant, ouvrir_courant
from clauses.socle.lecteur.enveloppe import Nature, reconnaitre
from clauses.socle.nombres import en_nombre
from marches.imports.decp.contrat import lire_contrat
from marches.imports.decp.lecture_csv import INCONNU, reconnaitre_csv, suivre_csv
from marches.imports.decp.lecture_json import suivre_json
from marches.imports.decp.lecture_xml import suivre_xml
from marches.imports.decp.neutre import ContratLu, FichierLu, FormatDecp

MEGA = 2**20
ELEMENT_MAX = MEGA
NOM_MONTRE = 80

_PROPRES_A_2022 = frozenset(
    {"considerationsSociales", "considerationsEnvironnementales", "techniques", "modalitesExecution", "offresRecues"}
)


@dataclass(frozen=True, slots=True)
class BornesDecp:
    """`contrats` borne ce que la lecture garde quand elle garde tout ; les défauts sont ceux de la commande."""

    octets: int = 2048 * MEGA
    contrats: int = 2_000_000


A_L_ECRAN = BornesDecp(octets=5 * MEGA, contrats=20_000)
PAR_COMMANDE = BornesDecp()


@dataclass(frozen=True, slots=True)
class SourceDecp:
    """Un fichier que l’on peut relire depuis son début : chemin, ou flux qui sait revenir en arrière.

    `jour` borne les dates plausibles. Chaque parcours relit le fichier et ne garde qu’un contrat à la fois.
    """

    source: IO[bytes] | Path
    nom: str
    jour: datetime.date
    bornes: BornesDecp = PAR_COMMANDE

    def contrats(self) -> Iterator[ContratLu]:
        """Les contrats, dans l’ordre du fichier. Lève `FichierRefuse`, parfois après en avoir rendu."""
        rang = 0
        for rang, (brut, format_lu) in enumerate(self._bruts(), start=1):
            if rang > self.bornes.contrats:
                raise FichierRefuse(
                    f"Ce fichier dépasse {en_nombre(self.bornes.contrats)} contrats. Le partager en plusieurs."
                )
            yield lire_contrat(brut, rang=rang, format_lu=format_lu, jour=self.jour)
        if not rang:
            raise FichierRefuse("Ce fichier ne contient aucun contrat : la liste « marches » est vide.")

    def _ouvrir(self) -> AbstractContextManager[tuple[bytes, Courant]]:
        return ouvrir_courant(self.source, octets_max=self.bornes.octets, element_max=ELEMENT_MAX)

    def _bruts(self) -> Iterator[tuple[Any, FormatDecp]]:
        with self._ouvrir() as (debut, courant):
            nature = reconnaitre(debut)
            if nature is Nature.VIDE:
                raise FichierRefuse("Ce fichier est vide. Vérifier le fichier choisi.")
            if nature is Nature.XML:
                for brut in suivre_xml(courant):
                    yield brut, _format(brut, FormatDecp.XML_2022, FormatDecp.XML_2019)
                return
            if nature is not Nature.TEXTE:
                raise FichierRefuse(INCONNU)
            if est_un_json(debut):
                for brut in suivre_json(courant):
                    yield brut, _format(brut, FormatDecp.JSON_2022, FormatDecp.JSON_2019)
                return
        _separateur, forme, _noms = reconnaitre_csv(debut)
        for brut in suivre_csv(self._ouvrir):
            yield brut, forme.format


@dataclass(slots=True)
class Inventaire:
    """Ce qu’un premier parcours apprend d’un fichier trop gros pour être gardé.

    `repetes` : rangs des contrats de même clef, par empreinte de la clef ; `presents` : les identifiants cherchés qui
    s’y trouvent.
    """

    nom: str
    formats: Counter[FormatDecp] = field(default_factory=Counter)
    lignes: int = 0
    presents: set[str] = field(default_factory=set)
    repetes: dict[int, list[int]] = field(default_factory=dict)
    _premiers: dict[int, int] = field(default_factory=dict)

    @property
    def nombre(self) -> int:
        return self.formats.total()

    @property
    def format(self) -> FormatDecp:
        return self.formats.most_common(1)[0][0]

    def compter(self, contrat: ContratLu) -> None:
        self.formats[contrat.format] += 1
        self.lignes += contrat.lignes
        if contrat.clef:
            clef = hash(contrat.clef)
            premier = self._premiers.setdefault(clef, contrat.rang)
            if premier != contrat.rang:
                self.repetes.setdefault(clef, [premier]).append(contrat.rang)

    def rangs(self, contrat: ContratLu) -> list[int]:
        """Rangs de tous les contrats qui partagent la clef de celui-ci ; vide si elle est unique."""
        return self.repetes.get(hash(contrat.clef), []) if contrat.clef else []


def inventorier(
    source: SourceDecp, *, cherches: Collection[str] = (), avancer: Callable[[], None] = lambda: None
) -> Inventaire:
    """Parcourt tout le fichier sans rien en garder : un fichier abîmé est refusé avant toute écriture."""
    inventaire = Inventaire(nom_montrable(source.nom))
    for contrat in source.contrats():
        inventaire.compter(contrat)
        if contrat.identifiant in cherches:
            inventaire.presents.add(contrat.identifiant)
        avancer()
    return inventaire


def lire_decp(
    source: IO[bytes] | Path, *, nom: str, jour: datetime.date, bornes: BornesDecp = PAR_COMMANDE
) -> FichierLu:
    """Lit un fichier DECP tout entier. Lève `FichierRefuse`."""
    contrats = list(SourceDecp(source, nom, jour, bornes).contrats())
    formats = Counter(contrat.format for contrat in contrats)
    return FichierLu(nom_montrable(nom), formats.most_common(1)[0][0], contrats)


def nom_montrable(nom: str) -> str:
    """Nom de fichier sans chemin ni caractère invisible, raccourci : il vient de l’extérieur et sera affiché."""
    court = "".join(c for c in PurePath(nom.replace("\\", "/")).name if c.isprintable()).strip()
    return court[:NOM_MONTRE] or "fichier sans nom"


def est_un_json(debut: bytes) -> bool:
    """Vrai pour tout ce qui commence comme une valeur JSON, même si ce n’est pas une liste de marchés."""
    texte = debut.removeprefix(b"\xef\xbb\xbf").lstrip()
    return texte[:1] in (b"{", b"[", b"")


def _format(brut: Any, recent: FormatDecp, ancien: FormatDecp) -> FormatDecp:
    """Le format 2022 se reconnaît à ses champs propres ; une concession de 2022, à ses considérations."""
    propre = isinstance(brut, dict) and not _PROPRES_A_2022.isdisjoint(brut)
    return recent if propre else ancien
