"""Les bilans que l’on peut demander, par leur nom (formats.md §1) : pages, exports et commande s’y servent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bilans import departement
from bilans.copil import bilan as copil
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
    formats: tuple[str, ...] = ("xlsx", "pdf", "csv", "json")
    formulaire: type[PeriodeForm] = PeriodeForm


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
            copil.NOM,
            copil.TITRE,
            "Cinq années d’activité, territoires, publics, sorties, et les engagements qui risquent de manquer.",
            copil.etablir,
        ),
    )
}
