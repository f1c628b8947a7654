"""Les enveloppes des DECP : un même contenu s’y trouve nu, enveloppé, seul ou en liste."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any


class ObjetLu(dict[str, Any]):
    """Un enregistrement, et ce que sa lecture en dit.

    `notes` : (champ, valeur, raison) des défauts que la forme du fichier a fait voir ; `lignes` : combien de lignes
    d’un CSV il réunit.
    """

    notes: tuple[tuple[str, str, str], ...] = ()
    lignes: int = 1

    @classmethod
    def de_paires(cls, paires: list[tuple[str, Any]]) -> ObjetLu:
        """Objet JSON ; d’une clef répétée, la dernière valeur l’emporte, mais cela se dit."""
        objet = cls(paires)
        if len(objet) != len(paires):
            nombres = Counter(cle for cle, _ in paires)
            repetees = ", ".join(cle for cle, nombre in nombres.items() if nombre > 1)
            objet.notes = (("clefs", repetees, "clef répétée dans le contrat : la dernière valeur l’emporte"),)
        return objet


@dataclass(frozen=True, slots=True)
class Illisible:
    """Un élément du fichier qui n’est pas un contrat ; `raison`, une phrase."""

    raison: str


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
