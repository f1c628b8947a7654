"""Les faits de cinq années : profils, contrats et marchés lus une fois, puis une requête d’heures par année."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from bilans import agregats
from bilans.faits import Faits, Periode
from bilans.indicateurs import compter
from bilans.valeurs import Nombre
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import ajouter_mois
from marches.models import Marche

ANNEES = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Annee:
    """Une année de la série ; sans aucune heure validée, ses indicateurs sont vides, jamais nuls."""

    libelle: str
    faits: Faits
    indicateurs: dict[str, Nombre]

    def valeur(self, cle: str) -> Nombre:
        return self.indicateurs.get(cle)


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
    """Les cinq années, la dernière étant la période ; le nombre de requêtes est toujours le même."""
    *anciennes, precedente, actuelle = periodes(periode)
    ensemble = agregats.lire(acteur, structure, Periode(anciennes[0].du, periode.au, periode.arrete_au))
    en_cours = Marche.objects.visibles_par(acteur).en_cours(le=precedente.arrete_au).values("pk")
    cumuls = {
        # Ailleurs, l’engagé et le réalisé cumulés ne se montrent pas.
        precedente: (
            agregats.heures_engagees(acteur, precedente.arrete_au, en_cours),
            agregats.heures_realisees(acteur, precedente.arrete_au, en_cours),
        ),
        actuelle: (ensemble.engagees, ensemble.realisees),
    }
    return [_annee(acteur, ensemble, une, *cumuls.get(une, ({}, {}))) for une in (*anciennes, precedente, actuelle)]


def _annee(
    acteur: Acteur, ensemble: Faits, periode: Periode, engagees: Mapping[int, int], realisees: Mapping[int, int]
) -> Annee:
    cellules = agregats.lire_cellules(agregats.lignes_validees(acteur, periode))
    faits = dataclasses.replace(ensemble, periode=periode, cellules=cellules, engagees=engagees, realisees=realisees)
    return Annee(nommer(periode), faits, compter(faits) if cellules else {})
