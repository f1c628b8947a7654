"""Les enveloppes du JSON des DECP : un même contenu s’y trouve nu, enveloppé, seul ou en liste."""

from __future__ import annotations

from collections import Counter
from typing import Any


class ObjetLu(dict[str, Any]):
    """Objet JSON qui se souvient des clefs répétées : la dernière l’emporte, mais cela se dit."""

    repetees: tuple[str, ...] = ()

    @classmethod
    def de_paires(cls, paires: list[tuple[str, Any]]) -> ObjetLu:
        objet = cls(paires)
        if len(objet) != len(paires):
            nombres = Counter(cle for cle, _ in paires)
            objet.repetees = tuple(cle for cle, nombre in nombres.items() if nombre > 1)
        return objet


def deballer(valeur: Any, *enveloppes: str) -> list[Any]:
    """Liste des éléments, sans leurs enveloppes : `[{"titulaire": {…}}]`, `{"titulaire": […]}`, `[{…}]` ou `{…}`."""
    if isinstance(valeur, dict):
        valeur = _ouvrir(valeur, enveloppes)
    if valeur is None or valeur == "":
        return []
    elements = valeur if isinstance(valeur, list) else [valeur]
    ouverts = (_ouvrir(element, enveloppes) if isinstance(element, dict) else element for element in elements)
    return [interne for ouvert in ouverts for interne in (ouvert if isinstance(ouvert, list) else [ouvert])]


def _ouvrir(objet: dict[str, Any], enveloppes: tuple[str, ...]) -> Any:
    return next((objet[nom] for nom in enveloppes if nom in objet), objet)
