"""Parcours borné d’une partie XML : ni document construit en mémoire, ni entité, ni profondeur sans fin.

Expat est employé nu parce qu’il est seul à s’arrêter pendant la lecture : tout `<!DOCTYPE` est refusé avant qu’une
entité puisse être déclarée, dans tout codage, et chaque borne est vérifiée tous les 64 Kio.
"""

from __future__ import annotations

from typing import IO, Protocol
from xml.parsers import expat

from clauses.socle.erreurs import FichierRefuse

BLOC = 64 * 2**10
JETON_MAX = 512 * 2**10
NOMS_MAX = 5_000
PROFONDEUR_MAX = 64


class Visiteur(Protocol):
    """Reçoit les balises sans leur préfixe d’espace de noms."""

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None: ...

    def fermer(self, nom: str) -> None: ...

    def texte(self, morceau: str) -> None: ...


class PartieAbimee(ValueError):
    """XML mal formé, ou d’une forme qu’aucun tableur n’écrit."""


class _Parcours:
    """Retire le préfixe commun et surveille la profondeur ; une balise à autre préfixe est transmise entière."""

    def __init__(self, visiteur: Visiteur) -> None:
        self.visiteur = visiteur
        self.profondeur = 0
        self.prefixe = 0

    def ouvrir(self, nom: str, attributs: dict[str, str]) -> None:
        if self.profondeur == 0:
            self.prefixe = nom.find(":") + 1
        self.profondeur += 1
        if self.profondeur > PROFONDEUR_MAX:
            raise PartieAbimee("balises trop imbriquées")
        self.visiteur.ouvrir(nom[self.prefixe :], attributs)

    def fermer(self, nom: str) -> None:
        self.profondeur -= 1
        self.visiteur.fermer(nom[self.prefixe :])


def _doctype(*_: object) -> None:
    raise FichierRefuse(
        "Ce classeur contient une déclaration DOCTYPE, qu’aucun tableur n’écrit. "
        "L’ouvrir dans un tableur et l’enregistrer de nouveau au format .xlsx."
    )


def parcourir(flux: IO[bytes], visiteur: Visiteur, *, balises_max: int) -> None:
    """Donne chaque balise au visiteur.

    Lève `PartieAbimee` ou `expat.ExpatError` pour un XML inexploitable, `FichierRefuse` pour un DOCTYPE.
    """
    noms: dict[str, str] = {}
    parcours = _Parcours(visiteur)
    analyseur = expat.ParserCreate(None, None, noms)
    analyseur.buffer_text = True
    analyseur.StartDoctypeDeclHandler = _doctype
    analyseur.StartElementHandler = parcours.ouvrir
    analyseur.EndElementHandler = parcours.fermer
    analyseur.CharacterDataHandler = visiteur.texte
    recus = chevrons = 0
    while bloc := flux.read(BLOC):
        recus += len(bloc)
        chevrons += bloc.count(b"<")
        if chevrons > 2 * balises_max:
            raise PartieAbimee("balises trop nombreuses")
        analyseur.Parse(bloc, False)
        if recus - analyseur.CurrentByteIndex > JETON_MAX:
            raise PartieAbimee("balise démesurée")
        if len(noms) > NOMS_MAX:
            raise PartieAbimee("noms de balises trop nombreux")
    analyseur.Parse(b"", True)
