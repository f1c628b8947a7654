"""Les bilans que l’on peut demander, par leur nom (formats.md §1) : pages, exports et commande s’y servent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from bilans import ave, departement
from bilans.exports import ECRIVAINS
from bilans.forms.periode import PeriodeForm
from bilans.rapport import Bilan, Demande
from clauses.comptes.acteurs import Acteur


@dataclass(frozen=True, slots=True)
class Rapport:
    """Un bilan au catalogue : ce qu’il dit, à qui il sert, ce que l’on en choisit et les formats qu’il écrit."""

    nom: str
    titre: str
    phrase: str
    etablir: Callable[[Acteur, Demande], Bilan]
    formats: tuple[str, ...] = ("xlsx", "csv", "json")
    formulaire: type[PeriodeForm] = PeriodeForm
    ecrivains: Mapping[str, Callable[[Bilan, IO[bytes]], None]] = field(default_factory=dict)
    """Les formats que ce bilan écrit à sa façon ; les autres sont ceux de tous (`exports.ECRIVAINS`)."""

    def ecrire(self, format_: str, bilan: Bilan, fichier: IO[bytes]) -> None:
        {**ECRIVAINS, **self.ecrivains}[format_](bilan, fichier)


RAPPORTS: dict[str, Rapport] = {
    rapport.nom: rapport
    for rapport in (
        Rapport(
            departement.NOM,
            departement.TITRE,
            "Heures, publics, territoires, acheteurs et sorties d’une période : ce que la convention demande.",
            departement.etablir,
        ),
        Rapport(
            ave.NOM,
            ave.TITRE,
            "Onze tableaux de consolidation nationale, d’une grille que l’on adapte\u00a0; effectifs de 1 à 4 tus.",
            ave.etablir,
            ecrivains={"csv": ave.ecrire_csv_ave},
        ),
    )
}
