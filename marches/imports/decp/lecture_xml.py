"""Le XML réglementaire des DECP, 2019 et 2022, contrat par contrat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clauses.socle.lecteur.courant import Courant
from clauses.socle.lecteur.enfants import suivre_enfants
from marches.imports.decp.enveloppes import Illisible, ObjetLu
from marches.imports.decp.lecture_json import LISTES
from marches.imports.decp.nombres import en_nombres


def suivre_xml(courant: Courant) -> Iterator[Any]:
    """Les contrats de `<marches>`, avec la même forme que ceux du JSON. Lève `FichierRefuse`."""
    for nom, contenu in suivre_enfants(courant, racine="marches"):
        if nom not in LISTES:
            yield Illisible(f"Cet élément (« {nom[:40]} ») n’est ni un marché ni un contrat de concession.")
        elif isinstance(contenu, str):
            yield Illisible("Cet élément est vide : ce n’est pas un contrat.")
        else:
            yield ObjetLu(_avec_nombres(contenu))


def _avec_nombres(valeur: Any) -> Any:
    """Montants et durées en nombres, à toutes les profondeurs."""
    if isinstance(valeur, list):
        return [_avec_nombres(element) for element in valeur]
    if isinstance(valeur, dict):
        return en_nombres({nom: _avec_nombres(contenu) for nom, contenu in valeur.items()})
    return valeur
