"""Calculs purs de l’avancement d’un engagement (domaine.md §4). Nombres exacts et dates, sans base de données."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate

from clauses.socle.nombres import au_centieme
from marches.enums import NatureClause

ZERO = Decimal(0)


def taux(realise: Decimal, engage: Decimal) -> Decimal | None:
    """Réalisé ÷ engagé ; `None` sans engagement (jamais de division par zéro). Peut dépasser 1."""
    return realise / engage if engage > 0 else None


def heures_retenues(*, travail: Decimal, formation: Decimal, coefficient: Decimal, plafond: Decimal | None) -> Decimal:
    """Heures qui éteignent un engagement : travail, plus formation × coefficient dans la limite du plafond.

    Toutes au centième, l’arrondi demi vers le haut se faisant sur le total de l’engagement (domaine.md §3.6). Les
    bilans, eux, comptent les heures faites.
    """
    comptees = au_centieme(formation * coefficient)
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
