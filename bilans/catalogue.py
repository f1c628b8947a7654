"""Les bilans que l’on peut demander, par leur nom (formats.md §1) : pages, exports et commande s’y servent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bilans import departement
from bilans.forms.periode import PeriodeForm
from bilans.rapport import Bilan, Demande
from clauses.comptes.acteurs import Acteur, Droit


@dataclass(frozen=True, slots=True)
class Rapport:
    """Un bilan au catalogue : ce qu’il dit, à qui il sert, ce que l’on en choisit et les formats qu’il écrit."""

    nom: str
    titre: str
    phrase: str
    etablir: Callable[[Acteur, Demande], Bilan]
    formats: tuple[str, ...] = ("xlsx", "csv", "json")
    formulaire: type[PeriodeForm] = PeriodeForm
    gestes: tuple[tuple[Droit, str, str], ...] = ()
    """Ce que l’on peut faire de plus depuis sa page : (droit exigé, libellé, nom d’URL)."""


RAPPORTS: dict[str, Rapport] = {
    rapport.nom: rapport
    for rapport in (
        Rapport(
            departement.NOM,
            departement.TITRE,
            "Heures, publics, territoires, acheteurs et sorties d’une période : ce que la convention demande.",
            departement.etablir,
            gestes=(
                (Droit.GERER_STRUCTURE, "Paramètres et objectifs", "bilans:departement_parametres"),
                (Droit.GERER_STRUCTURE, "Rédiger l’analyse", "bilans:departement_analyse"),
                (Droit.EXPORTER_NOMINATIF, "Annexe nominative (XLSX)", "bilans:departement_annexe"),
            ),
        ),
    )
}
