"""Les seuils européens de procédure formalisée, en un seul lieu (article L2112-2-1 du code de la commande publique).

Source : avis relatifs aux seuils de procédure, annexe 2 du code de la commande publique (règlements délégués de la
Commission, révisés tous les deux ans) ; euros hors taxes. Le seuil vaut pour la procédure entière, tous lots et toute
la durée compris : le montant d’un contrat seul peut lui rester inférieur. Les services sociaux et autres services
spécifiques (750 000 €) et les entités adjudicatrices ne sont pas distingués : la liste se lit, elle ne tranche pas.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from marches.enums import Ccag, NatureMarche, TypeDonneurOrdre

# À compter de cette date au plus tard, toute consultation au-dessus des seuils porte une condition sociale.
OBLIGATION = datetime.date(2026, 8, 22)


@dataclass(frozen=True, slots=True)
class Seuils:
    """Seuils d’une période de deux ans : travaux et concessions ; fournitures et services de l’État, des autres."""

    depuis: datetime.date
    travaux: Decimal
    etat: Decimal
    autres: Decimal


SEUILS = (
    Seuils(datetime.date(2026, 1, 1), Decimal(5_404_000), Decimal(140_000), Decimal(216_000)),
    Seuils(datetime.date(2024, 1, 1), Decimal(5_538_000), Decimal(143_000), Decimal(221_000)),
    Seuils(datetime.date(2022, 1, 1), Decimal(5_382_000), Decimal(140_000), Decimal(215_000)),
    Seuils(datetime.date(2020, 1, 1), Decimal(5_350_000), Decimal(139_000), Decimal(214_000)),
    Seuils(datetime.date(2018, 1, 1), Decimal(5_548_000), Decimal(144_000), Decimal(221_000)),
)
CPV_TRAVAUX = "45"


def seuil(*, nature: str, cpv: str, ccag: str, type_acheteur: str, le: datetime.date | None) -> Decimal:
    """Seuil applicable à un contrat notifié à la date `le` ; sans date, ou avant 2018, le plus proche connu.

    Un contrat est de travaux par son CPV (division 45), sinon par son CCAG.
    """
    en_vigueur = next((seuils for seuils in SEUILS if le is None or seuils.depuis <= le), SEUILS[-1])
    if nature == NatureMarche.CONCESSION or cpv.startswith(CPV_TRAVAUX) or (not cpv and ccag == Ccag.TRAVAUX):
        return en_vigueur.travaux
    return en_vigueur.etat if type_acheteur == TypeDonneurOrdre.ETAT else en_vigueur.autres
