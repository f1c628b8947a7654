"""Écriture française des nombres : virgule, milliers séparés par une espace fine insécable."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

FINE = "\u202f"
CENTIEME = Decimal("0.01")


def au_centieme(valeur: Decimal) -> Decimal:
    """Arrondit au centième, demi vers le haut (domaine.md §3.1)."""
    return valeur.quantize(CENTIEME, rounding=ROUND_HALF_UP)


def _grouper(texte: str) -> str:
    return texte.replace(",", FINE).replace(".", ",")


def en_nombre(valeur: int) -> str:
    return _grouper(f"{valeur:,}")


def en_heures(valeur: Decimal) -> str:
    """Deux décimales toujours : « 1 820,50 »."""
    return _grouper(f"{au_centieme(valeur):,}")


def en_euros(valeur: Decimal) -> str:
    """« 12 500 € », ou « 12 500,40 € » quand il y a des centimes."""
    arrondi = au_centieme(valeur)
    texte = f"{arrondi:,}" if arrondi % 1 else f"{int(arrondi):,}"
    return f"{_grouper(texte)}\u00a0€"


def en_taux(valeur: Decimal, decimales: int = 2) -> str:
    """Un taux de 0,9584 s’écrit « 95,84 % »."""
    pas = Decimal(1).scaleb(-decimales)
    return f"{_grouper(f'{(valeur * 100).quantize(pas, rounding=ROUND_HALF_UP):,}')}\u202f%"


def en_bref(valeur: Decimal) -> str:
    """Un coefficient sans zéros inutiles : « 1,5 », « 40 »."""
    return f"{valeur.normalize():f}".replace(".", ",")


def en_pourcent(valeur: Decimal) -> str:
    """Un pourcentage saisi tel quel : 2,5 s’écrit « 2,5 % »."""
    return f"{en_bref(valeur)}{FINE}%"
