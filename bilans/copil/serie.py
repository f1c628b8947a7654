"""Les faits de cinq années, aux mêmes jours que la période."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from bilans import agregats
from bilans.declarations import INDICATEURS
from bilans.faits import Faits, Periode
from bilans.indicateurs import compter
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import ajouter_mois

ANNEES = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Annee:
    """Une année de la série ; sans aucune heure validée, ses indicateurs sont vides, jamais nuls."""

    libelle: str
    faits: Faits
    indicateurs: dict[str, Nombre]

    def valeurs(self) -> dict[str, Nombre]:
        """Tous les indicateurs de l’année, vides s’il ne s’y est rien passé, et la base de ses ETP."""
        lus = {indicateur.cle: self.indicateurs.get(indicateur.cle) for indicateur in INDICATEURS}
        return {**lus, "base_etp": self.faits.base_etp}


def periodes(periode: Periode) -> list[Periode]:
    """La période et les mêmes jours des quatre années d’avant, de la plus ancienne à la plus récente."""
    suite = [periode]
    while len(suite) < ANNEES:
        suite.insert(0, suite[0].un_an_plus_tot())
    return suite


def nommer(periode: Periode) -> str:
    """« 2025 » pour une année civile entière, sinon « 01 à 09/2025 »."""
    du, au, _ = periode
    if (du.month, du.day, au.month, au.day) == (1, 1, 12, 31):
        return str(du.year)
    if du.year != au.year:
        return f"{du:%m/%Y} à {au:%m/%Y}"
    return f"{du:%m} à {au:%m/%Y}" if du.month != au.month else f"{du:%m/%Y}"


def verifier_duree(periode: Periode) -> None:
    """Lève `ActionImpossible` si deux années de la série se recouvriraient."""
    if periode.au >= ajouter_mois(periode.du, 12):
        raise ActionImpossible(
            "La série compare des années\u00a0: choisir une période d’un an au plus, par exemple une année civile."
        )


def lire(acteur: Acteur, structure: Structure, periode: Periode) -> Sequence[Annee]:
    """Les cinq années, la dernière étant la période ; chacune est celle que le bilan du Département compterait."""
    return [_annee(agregats.lire(acteur, structure, une)) for une in periodes(periode)]


def _annee(faits: Faits) -> Annee:
    return Annee(nommer(faits.periode), faits, compter(faits) if faits.cellules else {})
