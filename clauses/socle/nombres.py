"""Écriture française des nombres : virgule, milliers séparés par une espace fine insécable."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FINE = "\u202f"
CENTIEME = Decimal("0.01")


def _grouper(texte: str) -> str:
    return texte.replace(",", FINE).replace(".", ",")


def en_nombre(valeur: int) -> str:
    return _grouper(f"{valeur:,}")


def en_heures(valeur: Decimal) -> str:
    """Deux décimales toujours : « 1 820,50 »."""
    return _grouper(f"{valeur.quantize(CENTIEME, rounding=ROUND_HALF_UP):,}")


def en_euros(valeur: Decimal) -> str:
    """« 12 500 € », ou « 12 500,40 € » quand il y a des centimes."""
    arrondi = valeur.quantize(CENTIEME, rounding=ROUND_HALF_UP)
    texte = f"{arrondi:,}" if arrondi % 1 else f"{int(arrondi):,}"
    return f"{_grouper(texte)}\u00a0€"


def en_taux(valeur: Decimal, decimales: int = 2) -> str:
    """Un taux de 0,9584 s’écrit « 95,84 % »."""
    pas = Decimal(1).scaleb(-decimales)
    return f"{_grouper(f'{(valeur * 100).quantize(pas, rounding=ROUND_HALF_UP):,}')}\u202f%"
