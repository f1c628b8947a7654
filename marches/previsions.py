"""Où en est un engagement à une date, et où il va : calculs purs, exacts, sans base de données (domaine.md §4).

Les comparaisons se font en entiers (centièmes d’heure, jours, mois) : ni division arrondie, ni flottant. L’annotation
`avec_prevision` écrit les mêmes règles en SQL ; un test compare les deux.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.mois import ajouter_mois, dernier_jour, premier_jour
from marches.enums import Situation

ZERO = Decimal(0)
MOIS_DU_RYTHME = 6


@dataclass(frozen=True, slots=True)
class Seuils:
    """Ce que la structure tient pour un retard ou un risque : réglables (domaine.md §4, choix du projet)."""

    retard_points: int = 20
    alerte_fin_mois: int = 6
    taux_risque_pourcent: int = 80


@dataclass(frozen=True, slots=True)
class Compte:
    """Les heures d’un engagement, au centième, et ses bornes ; une date absente ne borne pas.

    `au_rythme` et `avant_rythme` : heures retenues jusqu’à la fin du dernier mois achevé, et six mois plus tôt.
    """

    engage: Decimal
    realise: Decimal
    au_rythme: Decimal
    avant_rythme: Decimal
    debut: datetime.date | None
    fin: datetime.date | None


@dataclass(frozen=True, slots=True)
class Prevision:
    """Ce que l’on sait, et ce que l’on projette. Heures au centième ; `None` quand une date ou un engagement manque.

    `ecart` : réalisé moins attendu, en heures. `rythme` : heures par mois des six derniers mois achevés.
    `projection` : réalisé à la fin, si ce rythme continue. `besoin_mensuel` : heures à faire chaque mois restant.
    """

    engage: Decimal
    realise: Decimal
    situation: Situation
    attendu: Decimal | None
    ecart: Decimal | None
    rythme: Decimal | None
    projection: Decimal | None
    mois_restants: int | None
    besoin_mensuel: Decimal | None

    @property
    def tient(self) -> bool | None:
        """Vrai si la projection atteint l’engagement ; `None` quand on ne sait pas projeter."""
        return None if self.projection is None else self.projection >= self.engage


def dernier_mois_acheve(au: datetime.date) -> datetime.date:
    """Le premier jour du dernier mois achevé à cette date, le jour même compris s’il finit le mois."""
    return premier_jour(au) if au == dernier_jour(au) else ajouter_mois(premier_jour(au), -1)


def jours_ecoules(debut: datetime.date, fin: datetime.date, au: datetime.date) -> tuple[int, int]:
    """Jours écoulés à la date, bornes comprises, et jours en tout."""
    total = (fin - debut).days + 1
    return min(max((au - debut).days + 1, 0), total), total


def heures_attendues(
    engage: Decimal, debut: datetime.date | None, fin: datetime.date | None, au: datetime.date
) -> Decimal | None:
    """Prorata du temps écoulé entre début et fin ; `None` si les dates manquent ou se contredisent."""
    if debut is None or fin is None or debut > fin:
        return None
    ecoules, total = jours_ecoules(debut, fin, au)
    return _quotient(max(engage, ZERO) * ecoules, total)


def _quotient(numerateur: Decimal, diviseur: int) -> Decimal:
    """Division au centième, demi vers le haut, par entiers (numérateur au centième, positif ou nul)."""
    centiemes = int(numerateur * 100)
    return Decimal((2 * centiemes + diviseur) // (2 * diviseur)).scaleb(-2)


def situation(
    *,
    engage: Decimal,
    realise: Decimal,
    debut: datetime.date | None,
    fin: datetime.date | None,
    au: datetime.date,
    seuils: Seuils,
) -> Situation:
    """Situation d’un engagement à une date, d’après ses heures engagées et réalisées à cette date."""
    if engage <= 0:
        return Situation.SANS_ENGAGEMENT
    if realise >= engage:
        return Situation.DEPASSE if realise > engage else Situation.ATTEINT
    if fin is not None and au > fin:
        return Situation.NON_ATTEINT
    est_pres_de_la_fin = fin is not None and ajouter_mois(au, seuils.alerte_fin_mois) > fin
    if est_pres_de_la_fin and realise * 100 < engage * seuils.taux_risque_pourcent:
        return Situation.A_RISQUE
    if debut is None or fin is None or debut > fin:
        return Situation.NON_DEMARRE if realise == 0 else Situation.CONFORME
    ecoules, total = jours_ecoules(debut, fin, au)
    # Écart en points : réalisé ÷ engagé − écoulé ÷ total, réduit au même dénominateur.
    ecart = (realise * total - engage * ecoules) * 100
    marge = engage * total * seuils.retard_points
    if ecart < -marge:
        return Situation.EN_RETARD
    if realise == 0:
        return Situation.NON_DEMARRE
    return Situation.EN_AVANCE if ecart > marge else Situation.CONFORME


def prevoir(compte: Compte, *, au: datetime.date, seuils: Seuils) -> Prevision:
    """Avancement, rythme et projection d’un engagement à la date `au` comprise."""
    mois = dernier_mois_acheve(au)
    attendu = heures_attendues(compte.engage, compte.debut, compte.fin, au)
    restants = None if compte.fin is None else max(_mois_de_a(mois, premier_jour(compte.fin)), 0)
    observes = MOIS_DU_RYTHME if compte.debut is None else min(_mois_de_a(compte.debut, mois) + 1, MOIS_DU_RYTHME)
    recentes = compte.au_rythme - compte.avant_rythme
    rythme = projection = besoin = None
    if observes > 0:
        rythme = _quotient(recentes, observes)
        if restants is not None:
            projection = max(compte.realise, compte.au_rythme + _quotient(recentes * restants, observes))
    if restants and compte.engage > 0:
        besoin = _quotient(max(compte.engage - compte.realise, ZERO), restants)
    return Prevision(
        engage=compte.engage,
        realise=compte.realise,
        situation=situation(
            engage=compte.engage,
            realise=compte.realise,
            debut=compte.debut,
            fin=compte.fin,
            au=au,
            seuils=seuils,
        ),
        attendu=attendu,
        ecart=None if attendu is None else compte.realise - attendu,
        rythme=rythme,
        projection=projection,
        mois_restants=restants,
        besoin_mensuel=besoin,
    )


def _mois_de_a(du: datetime.date, au: datetime.date) -> int:
    """Nombre de mois calendaires entre deux dates, négatif si `au` précède `du`."""
    return (au.year - du.year) * 12 + au.month - du.month
