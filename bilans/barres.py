"""Des barres horizontales pour les tableaux masqués. Géométrie pure, en centièmes de la plus longue barre publiée."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bilans.definitions import Unite
from bilans.rapport import Tableau
from bilans.secret import SECRET
from bilans.valeurs import en_texte


@dataclass(frozen=True, slots=True)
class Barre:
    """Une ligne : sa longueur et celle de la part qu’elle contient, de 0 à 100 ; `None` si la valeur est tue."""

    libelle: str
    texte: str
    longueur: Decimal | None
    part: Decimal | None
    texte_de_la_part: str


def barres(tableau: Tableau, serie: str, part: str, unite: Unite) -> list[Barre]:
    """Les lignes de détail non vides. Une valeur tue n’a pas de longueur : une barre se mesure."""
    details = [valeurs for valeurs in tableau.details() if valeurs[serie]]
    publiees = [Decimal(valeurs[serie]) for valeurs in details if valeurs[serie] is not SECRET]
    plus_longue = max(publiees, default=Decimal(1))
    return [
        Barre(
            libelle=valeurs["libelle"],
            texte=en_texte(valeurs[serie], unite),
            longueur=_longueur(valeurs[serie], plus_longue),
            part=None if valeurs[serie] is SECRET else _longueur(valeurs[part], plus_longue),
            texte_de_la_part=en_texte(valeurs[part], unite),
        )
        for valeurs in details
    ]


def _longueur(valeur: Any, plus_longue: Decimal) -> Decimal | None:
    if valeur is SECRET:
        return None
    return (Decimal(valeur) * 100 / plus_longue).quantize(Decimal("0.1"))


def dessins(tableaux: dict[str, Tableau]) -> Sequence[dict[str, Any]]:
    """Les deux dessins d’un financeur : heures par territoire, bénéficiaires par public."""
    return [
        {
            "cle": "territoires",
            "titre": "Heures par territoire de résidence",
            "part": "dont bénéficiaires du RSA",
            "unite": "h",
            "barres": barres(tableaux["territoires"], "heures", "heures_brsa", Unite.HEURES),
        },
        {
            "cle": "publics",
            "titre": "Bénéficiaires par critère principal",
            "part": "dont femmes",
            "unite": "",
            "barres": barres(tableaux["publics"], "total", "femmes", Unite.NOMBRE),
        },
    ]
