"""Les bilans que l’on peut demander, par leur nom (formats.md §1) : pages, exports et commande s’y servent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bilans import acheteur, departement
from bilans.forms.acheteur import AcheteurForm
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
    sortir: Callable[[Acteur, Demande], Bilan] | None = None
    """Ce que dit un fichier, quand il tait ce que l’écran montre ; sans lui, ce que dit `etablir`."""

    def pour_fichier(self, acteur: Acteur, demande: Demande) -> Bilan:
        return (self.sortir or self.etablir)(acteur, demande)


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
            acheteur.NOM,
            acheteur.TITRE,
            "Les marchés et les lots d’un acheteur ou d’une intercommunalité, leurs publics et leurs suites.",
            acheteur.etablir,
            formulaire=AcheteurForm,
            sortir=acheteur.sortir,
        ),
    )
}
