"""Arithmétique des mois : un mois est son premier jour."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from dateutil.relativedelta import relativedelta

NOMS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def premier_jour(jour: datetime.date) -> datetime.date:
    return jour.replace(day=1)


def dernier_jour(jour: datetime.date) -> datetime.date:
    return jour + relativedelta(day=31)


def ajouter_mois(jour: datetime.date, nombre: int) -> datetime.date:
    """Décale d’un nombre de mois calendaires ; le 31 devient le dernier jour du mois d’arrivée."""
    return jour + relativedelta(months=nombre)


def mois_entre(du: datetime.date, au: datetime.date) -> Iterator[datetime.date]:
    """Les premiers jours de mois, bornes comprises."""
    mois = premier_jour(du)
    while mois <= au:
        yield mois
        mois = ajouter_mois(mois, 1)


def en_lettres(mois: datetime.date) -> str:
    return f"{NOMS[mois.month - 1]} {mois.year}"


def de(mois: str) -> str:
    """« de mars 2025 », « d’octobre 2025 » : un mois en lettres, après sa préposition."""
    return f"d’{mois}" if mois.startswith(("a", "o")) else f"de {mois}"


def age_au(naissance: datetime.date, jour: datetime.date) -> int:
    """Âge révolu à une date."""
    return relativedelta(jour, naissance).years
