"""Quand demander, quand relancer : dates et états d’un relevé attendu, en fonctions pures."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from clauses.socle.mois import ajouter_mois, premier_jour
from heures.enums import NatureEnvoi, StatutReleve

# Une demande faite après l’échéance ordinaire laisse au moins ce délai pour répondre.
JOURS_POUR_REPONDRE = 7


class Etape(enum.StrEnum):
    """Le prochain geste sur un relevé ; les trois premiers se font en lot."""

    A_DEMANDER = "à demander"
    RELANCE_1 = "relance 1"
    RELANCE_2 = "relance 2"
    SANS_REPONSE = "sans réponse"
    A_COMPLETER = "à compléter"
    RECU = "reçu"


NATURE_DE_L_ETAPE = {
    Etape.A_DEMANDER: NatureEnvoi.DEMANDE,
    Etape.RELANCE_1: NatureEnvoi.RELANCE_1,
    Etape.RELANCE_2: NatureEnvoi.RELANCE_2,
}


@dataclass(frozen=True, slots=True)
class Delais:
    """Jours réglés par la structure : relance 1 après l’échéance, relance 2 après la relance 1."""

    relance_1: int
    relance_2: int


@dataclass(frozen=True, slots=True)
class Suite:
    """Le prochain geste, et le jour où il se propose (`None` : dès maintenant, ou jamais)."""

    etape: Etape
    prevue_le: datetime.date | None = None

    def est_due(self, le: datetime.date) -> bool:
        return self.prevue_le is not None and self.prevue_le <= le


def echeance(mois: datetime.date, *, jour: int, le: datetime.date) -> datetime.date:
    """Jour réglé du mois suivant ; une demande tardive laisse sept jours."""
    ordinaire = ajouter_mois(premier_jour(mois), 1).replace(day=jour)
    return max(ordinaire, le + datetime.timedelta(days=JOURS_POUR_REPONDRE))


def suite(
    *,
    statut: str,
    est_demande: bool,
    attendu_le: datetime.date | None,
    nombre_relances: int,
    relance_1_le: datetime.date | None,
    delais: Delais,
) -> Suite:
    """Le prochain geste sur un relevé ; `est_demande` : un lien non révoqué a été envoyé."""
    if statut in {StatutReleve.A_COMPLETER, StatutReleve.REFUSE}:
        return Suite(Etape.A_COMPLETER)
    if statut != StatutReleve.ATTENDU:
        return Suite(Etape.RECU)
    if not est_demande:
        return Suite(Etape.A_DEMANDER)
    if nombre_relances == 0:
        return Suite(Etape.RELANCE_1, _plus(attendu_le, delais.relance_1))
    if nombre_relances == 1:
        return Suite(Etape.RELANCE_2, _plus(relance_1_le, delais.relance_2))
    return Suite(Etape.SANS_REPONSE)


def _plus(jour: datetime.date | None, delai: int) -> datetime.date | None:
    return None if jour is None else jour + datetime.timedelta(days=delai)
