"""Les nombres des formes sans type (XML, CSV), écrits en toutes lettres avec un point décimal."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, TypeVar

NOMBRES = ("montant", "valeurGlobale", "dureeMois")
_NOMBRE = re.compile(r"-?[0-9]{1,25}(?:\.[0-9]{1,25})?")

Objet = TypeVar("Objet", bound=dict[str, Any])


def nombre_ecrit(texte: str) -> Decimal | str:
    """« 45155.0 » est un nombre exact ; tout le reste demeure le texte que la lecture du champ refusera."""
    return Decimal(texte) if _NOMBRE.fullmatch(texte) else texte


def en_nombres(objet: Objet) -> Objet:
    """Le même objet, ses montants et durées devenus des nombres."""
    for nom in NOMBRES:
        valeur = objet.get(nom)
        if isinstance(valeur, str):
            objet[nom] = nombre_ecrit(valeur)
    return objet
