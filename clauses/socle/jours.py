"""Jours ouvrés : du lundi au vendredi, hors jours fériés nationaux (métropole)."""

from __future__ import annotations

import datetime
from functools import lru_cache

import holidays

UN_JOUR = datetime.timedelta(days=1)
SAMEDI = 5


@lru_cache(maxsize=64)
def feries(annee: int) -> frozenset[datetime.date]:
    return frozenset(holidays.country_holidays("FR", years=annee))


def est_ouvre(jour: datetime.date) -> bool:
    return jour.weekday() < SAMEDI and jour not in feries(jour.year)


def ajouter_jours_ouvres(jour: datetime.date, nombre: int) -> datetime.date:
    """Le nombre-ième jour ouvré qui suit `jour` ; le jour de départ ne compte pas."""
    while nombre > 0:
        jour += UN_JOUR
        nombre -= est_ouvre(jour)
    return jour


def jours_ouvres_entre(du: datetime.date, au: datetime.date) -> int:
    """Jours ouvrés écoulés après `du`, `au` compris ; zéro si `au` ne suit pas `du`."""
    ecoules = (du + UN_JOUR * rang for rang in range(1, (au - du).days + 1))
    return sum(est_ouvre(jour) for jour in ecoules)
