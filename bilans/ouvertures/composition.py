"""De quoi une liste ouverte est faite : ce que l’on cherche, ce que l’on lit d’une page, ses colonnes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bilans.calculs import DIMENSIONS, Filtre
from bilans.faits import Faits
from clauses.comptes.acteurs import Acteur
from clauses.socle.nombres import en_heures

# Ce qui range des heures ou des personnes ; « nouveau » et « manque » en sont.
DE_HEURES = frozenset(DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Trouve:
    """Tout ce qui compose le chiffre : une clef par ligne à montrer, leur somme d’heures si la mesure en a une."""

    cles: Sequence[Any]
    heures: Decimal | None = None
    details: Mapping[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Element:
    """Une ligne montrée : sa fiche, et ses heures quand la mesure en somme."""

    fiche: Any
    heures: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ColonneOuverte:
    nom: str
    texte: Callable[[Element], str]
    url: Callable[[Element], str] = lambda _: ""
    est_nombre: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """`titre` : (un, plusieurs) ; `dimensions` : les filtres qui ont un sens ; `requis` : celui sans lequel rien n’est
    défini, et ses valeurs. `est_nominative` : la liste montre des personnes, elle s’inscrit au journal ; `est_cumul` :
    elle va jusqu’à la date d’arrêté, sans début.
    """

    titre: tuple[str, str]
    dimensions: frozenset[str]
    chercher: Callable[[Acteur, Faits, Filtre], Trouve]
    lire: Callable[[Acteur, Trouve, Sequence[Any]], list[Element]]
    colonnes: tuple[ColonneOuverte, ...]
    requis: Mapping[str, frozenset[str]] = field(default_factory=dict)
    est_nominative: bool = True
    est_cumul: bool = False


def heures_de_l_element(element: Element) -> str:
    return "" if element.heures is None else en_heures(element.heures)


EN_HEURES = ColonneOuverte("Heures", heures_de_l_element, est_nombre=True)
