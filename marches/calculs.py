"""Calculs purs de l’avancement d’un engagement (domaine.md §4). Nombres exacts et dates, sans base de données."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

from clauses.socle.mois import ajouter_mois
from marches.enums import NatureClause, Situation

ZERO = Decimal(0)
CENTIEME = Decimal("0.01")
UN = Decimal(1)
ECART_DE_RETARD = Decimal("-0.20")
MOIS_AVANT_LA_FIN = 6
TAUX_DE_RISQUE = Decimal("0.80")


def taux(realise: Decimal, engage: Decimal) -> Decimal | None:
    """Réalisé ÷ engagé ; `None` sans engagement (jamais de division par zéro). Peut dépasser 1."""
    return realise / engage if engage > 0 else None


def heures_retenues(*, travail: Decimal, formation: Decimal, coefficient: Decimal, plafond: Decimal | None) -> Decimal:
    """Heures qui éteignent un engagement : travail, plus formation × coefficient dans la limite du plafond.

    Toutes au centième, l’arrondi demi vers le haut se faisant sur le total de l’engagement (domaine.md §3.6). Les
    bilans, eux, comptent les heures faites.
    """
    comptees = (formation * coefficient).quantize(CENTIEME, rounding=ROUND_HALF_UP)
    return travail + (comptees if plafond is None else min(comptees, plafond))


def cumuls(mouvements: Iterable[Decimal]) -> list[Decimal]:
    """Total engagé après chaque mouvement du grand livre, dans l’ordre donné."""
    return list(accumulate(mouvements))


def mentions_manquantes(*, perimetre: str, nomme_facilitateur: bool, publics: str, heures: Decimal) -> list[str]:
    """Ce qui manque à une clause pour être complète : les quatre mentions du CCAG de 2021 (domaine.md §2)."""
    presences = (
        ("le périmètre", bool(perimetre)),
        ("le facilitateur", nomme_facilitateur),
        ("les publics admis", bool(publics)),
        ("le volume horaire", heures > 0),
    )
    return [mention for mention, presente in presences if not presente]


def considerations(nature: str) -> dict[str, bool]:
    """Considérations sociales (DECP) du marché que donne la nature de sa clause (domaine.md §6)."""
    return {
        "a_clause_sociale": nature in {NatureClause.COND_EXEC, NatureClause.COND_EXEC_ET_CRITERE},
        "a_critere_social": nature in {NatureClause.COND_EXEC_ET_CRITERE, NatureClause.CRITERE_SEUL},
        "est_reserve": nature.startswith("RESERVE_"),
    }


def part_attendue(debut: datetime.date | None, fin: datetime.date | None, au: datetime.date) -> Decimal | None:
    """Part du temps écoulé entre début et fin, de 0 à 1 ; `None` si les dates manquent."""
    if debut is None or fin is None:
        return None
    if au < debut:
        return ZERO
    if au >= fin:
        return UN
    return Decimal((au - debut).days + 1) / Decimal((fin - debut).days + 1)


def situation(
    *,
    engage: Decimal,
    realise: Decimal,
    debut: datetime.date | None,
    fin: datetime.date | None,
    au: datetime.date,
) -> Situation:
    """Situation d’un engagement à une date, d’après ses heures engagées et réalisées à cette date."""
    rapport = taux(realise, engage)
    if rapport is None:
        return Situation.SANS_ENGAGEMENT
    if rapport >= UN:
        return Situation.DEPASSE if rapport > UN else Situation.ATTEINT
    if fin is not None and au > fin:
        return Situation.NON_ATTEINT
    if fin is not None and ajouter_mois(au, MOIS_AVANT_LA_FIN) > fin and rapport < TAUX_DE_RISQUE:
        return Situation.A_RISQUE
    attendue = part_attendue(debut, fin, au)
    if realise == 0 and not attendue:
        return Situation.NON_DEMARRE
    if attendue is None:
        return Situation.CONFORME
    ecart = rapport - attendue
    if ecart < ECART_DE_RETARD:
        return Situation.EN_RETARD
    if realise == 0:
        return Situation.NON_DEMARRE
    return Situation.EN_AVANCE if ecart > -ECART_DE_RETARD else Situation.CONFORME
