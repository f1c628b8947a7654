"""Nombres, dates et attributs à la française dans les gabarits (chargés partout : `builtins`)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import template

from clauses.socle import mois as calendrier
from clauses.socle.nombres import en_euros, en_heures, en_nombre, en_taux

register = template.Library()


@register.filter
def heures(valeur: Decimal | None) -> str:
    """Heures au centième : « 1 820,50 » ; vide si non renseigné."""
    return "" if valeur is None else en_heures(valeur)


@register.filter
def euros(valeur: Decimal | None) -> str:
    return "" if valeur is None else en_euros(valeur)


@register.filter
def nombre(valeur: int | None) -> str:
    return "" if valeur is None else en_nombre(valeur)


@register.filter
def taux(valeur: Decimal | None) -> str:
    """Taux (1 = 100 %) : « 95,84 % » ; un tiret quand il n’y a pas de dénominateur."""
    return "–" if valeur is None else en_taux(valeur)


@register.filter
def mois_en_lettres(jour: datetime.date | None) -> str:
    return "" if jour is None else calendrier.en_lettres(jour)


@register.filter
def du_mois(jour: datetime.date) -> str:
    """« de mars 2025 », « d’octobre 2025 »."""
    return calendrier.de(calendrier.en_lettres(jour))


@register.filter
def iso(jour: datetime.date | None) -> str:
    return "" if jour is None else jour.isoformat()


@register.filter
def cle(dictionnaire: dict[Any, Any], nom: Any) -> Any:
    """Valeur d’un dictionnaire ; vide si la clef manque."""
    return dictionnaire.get(nom, "")
