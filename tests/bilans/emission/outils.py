"""Émettre le bilan du jeu de comptage, une fois posé."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import time_machine

from bilans import actions
from bilans.catalogue import RAPPORTS
from bilans.enums import NatureEmission
from bilans.models import BilanEmis
from bilans.rapport import Demande
from clauses.comptes.acteurs import Acteur
from tests.bilans import jeu
from tests.bilans.outils import annee

DEPARTEMENT = RAPPORTS["departement"]
INTERMEDIAIRE, FINAL = NatureEmission.INTERMEDIAIRE, NatureEmission.FINAL


def demande(numero: int) -> Demande:
    return Demande(DEPARTEMENT.nom, annee(numero))


def emettre(par: Acteur, numero: int, nature: NatureEmission = INTERMEDIAIRE) -> BilanEmis:
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        return actions.emettre_bilan(DEPARTEMENT, demande(numero), nature=nature, par=par)


def en_tuples(valeur: Any) -> Any:
    """Une valeur où toute suite est un tuple : listes et tuples y sont égaux, tout le reste exact."""
    if dataclasses.is_dataclass(valeur) and not isinstance(valeur, type):
        champs = tuple((c.name, en_tuples(getattr(valeur, c.name))) for c in dataclasses.fields(valeur))
        return (type(valeur).__name__, *champs)
    if isinstance(valeur, Mapping):
        return tuple((cle, en_tuples(element)) for cle, element in valeur.items())
    if isinstance(valeur, list | tuple):
        return tuple(en_tuples(element) for element in valeur)
    return (type(valeur).__name__, valeur)
