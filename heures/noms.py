"""Rapprocher deux noms de personnes : la règle, écrite une fois (domaine.md §3.8, formats.md §3). Calcul pur.

Accents, casse, ponctuation, traits d’union et ordre des mots ne comptent pas. Une lettre d’écart, une espace en trop
(« Le Fèvre », « Lefèvre ») ou une particule absente (« de Souza », « Souza ») rapprochent sans identifier. Qui
appelle dit jusqu’où il va et ce que vaut la date de naissance.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property

from clauses.socle.conversions import normaliser

PARTICULES = frozenset(normaliser("d da de del della der des di do dos du el la las le les los van von").split())


class Ecart(enum.IntEnum):
    """Ce qui sépare deux noms, du plus sûr au plus lointain."""

    AUCUN = 0
    ORDRE = 1
    LETTRE = 2
    PARTIE = 3
    MOT = 4


@dataclass(frozen=True)
class Nom:
    """Le nom et le prénom tels qu’ils sont écrits, et ce qui en compte."""

    nom: str
    prenom: str

    @cached_property
    def parties(self) -> tuple[list[str], list[str]]:
        return normaliser(self.nom).split(), normaliser(self.prenom).split()

    @cached_property
    def mots(self) -> tuple[str, ...]:
        """Tous les mots, triés : deux noms qui ont les mêmes sont le même, à l’ordre près."""
        nom, prenom = self.parties
        return tuple(sorted(nom + prenom))

    @cached_property
    def formes(self) -> frozenset[str]:
        """Le nom écrit d’un trait, dans les deux ordres, avec et sans ses particules."""
        noms = (self.parties, [[mot for mot in partie if mot not in PARTICULES] or partie for partie in self.parties])
        return frozenset("".join(mots) for nom, prenom in noms for mots in (nom + prenom, prenom + nom))

    @cached_property
    def amputees(self) -> frozenset[str]:
        """Les formes, entières et privées de chacune de leurs lettres : deux noms voisins en ont une en commun."""
        formes = (forme[:rang] + forme[rang + 1 :] for forme in self.formes for rang in range(len(forme) + 1))
        return frozenset(formes) if self.mots else frozenset()


def ecart(un: Nom, autre: Nom) -> Ecart | None:
    """Ce qui sépare deux noms ; `None` si rien ne les rapproche, ou si l’un est vide."""
    if not un.mots or not autre.mots:
        return None
    if un.mots == autre.mots:
        return Ecart.AUCUN if un.parties == autre.parties else Ecart.ORDRE
    if any(a_une_lettre(forme, voisine) for forme in un.formes for voisine in autre.formes):
        return Ecart.LETTRE
    siens, ceux_de_l_autre = set(un.mots), set(autre.mots)
    communs = siens & ceux_de_l_autre
    if len(communs) > 1 and communs in (siens, ceux_de_l_autre):
        return Ecart.PARTIE
    return Ecart.MOT if communs else None


def a_une_lettre(un: str, autre: str) -> bool:
    """Vrai si une lettre ajoutée, ôtée, changée, ou deux lettres voisines échangées mènent d’un texte à l’autre."""
    if abs(len(un) - len(autre)) > 1:
        return False
    debut = next((i for i, (a, b) in enumerate(zip(un, autre, strict=False)) if a != b), min(len(un), len(autre)))
    reste, suite = un[debut:], autre[debut:]
    return (
        reste[1:] == suite[1:]
        or reste[1:] == suite
        or reste == suite[1:]
        or (reste[:2] == suite[1::-1] and reste[2:] == suite[2:])
    )
