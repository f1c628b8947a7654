"""Qui est sorti, et où en sont les sorties à 6 et à 12 mois. Pur : ni base, ni date du jour (bilans.md, définitions).

Une sortie est saisie, ou présumée : à la date d’arrêté, le dernier contrat est terminé et le délai de la structure est
passé sans heure. Elle se date alors de la fin de ce contrat.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from bilans.calculs import PAR_PERSONNE, Filtre, dernieres_sorties
from bilans.etats import PRESUMEE, categorie
from bilans.faits import NON, OUI, Faits, Sortie
from bilans.mesures import Mesure
from clauses.socle.mois import ajouter_mois, dernier_jour
from heures.enums import SituationSortie

ECHEANCES = {Mesure.ECHEANCES_6: 6, Mesure.ECHEANCES_12: 12}


def presumer(
    fins: Mapping[int, datetime.date],
    derniers_mois: Mapping[int, datetime.date],
    saisies: Iterable[Sortie],
    *,
    delai_mois: int,
    arrete_au: datetime.date,
) -> list[Sortie]:
    """Les sorties présumées à la date d’arrêté.

    `fins` : fin du dernier contrat, pour qui n’en a plus aucun d’ouvert ; `derniers_mois` : dernier mois d’heures, non
    refusées. Une sortie saisie depuis le début de ce mois, même après l’arrêté, en tient lieu : on la sait.
    """
    connues: dict[int, datetime.date] = {}
    for sortie in saisies:
        connues[sortie.participant] = max(sortie.date, connues.get(sortie.participant, sortie.date))
    return [
        Sortie(personne, fin, "", est_presumee=True)
        for personne, fin in fins.items()
        if (mois := derniers_mois.get(personne)) is not None
        and fin <= arrete_au
        and dernier_jour(ajouter_mois(mois, delai_mois)) <= arrete_au
        and not (personne in connues and connues[personne] >= mois)
    ]


def situation(sortie: Sortie, mesure: Mesure) -> str:
    """Situation à la sortie, ou à une échéance ; « non renseigné » quand personne ne l’a notée."""
    if mesure is Mesure.SORTIES:
        return PRESUMEE if sortie.est_presumee else sortie.situation
    notee = sortie.situation_6_mois if mesure is Mesure.ECHEANCES_6 else sortie.situation_12_mois
    return notee or SituationSortie.NON_RENSEIGNE


def comptees(faits: Faits, mesure: Mesure) -> list[Sortie]:
    """Les sorties de la période (la dernière de chaque personne), ou celles dont une échéance y est passée."""
    du, au, arrete_au = faits.periode
    if mesure is Mesure.SORTIES:
        return list(dernieres_sorties(faits.sorties, du, au).values())
    fin = min(au, arrete_au)
    return [s for s in faits.sorties if du <= ajouter_mois(s.date, ECHEANCES[mesure]) <= fin]


def retenir(faits: Faits, filtre: Filtre, mesure: Mesure) -> list[Sortie]:
    """Les sorties qu’un filtre compose, dans l’ordre des dates."""
    retenues = [s for s in comptees(faits, mesure) if _convient(faits, s, filtre, mesure)]
    return sorted(retenues, key=lambda s: (s.date, s.participant))


def _convient(faits: Faits, sortie: Sortie, filtre: Filtre, mesure: Mesure) -> bool:
    code = situation(sortie, mesure)
    lus = {"situation": code, "categorie": categorie(code), "presumee": OUI if sortie.est_presumee else NON}
    profil = faits.profils[sortie.participant]
    return all(
        lus[nom] == voulu if nom in lus else voulu in PAR_PERSONNE[nom](profil) for nom, voulu in filtre.items()
    )


def compter(faits: Faits, mesure: Mesure) -> dict[str, int]:
    """Nombre de sorties par situation."""
    comptes: dict[str, int] = {}
    for sortie in comptees(faits, mesure):
        code = situation(sortie, mesure)
        comptes[code] = comptes.get(code, 0) + 1
    return comptes
