"""Où en est un engagement à une date, et où il va : calculs purs, exacts, sans base de données (domaine.md §4).

Les comparaisons se font en entiers (centièmes d’heure, jours, mois) : ni division arrondie, ni flottant. L’annotation
`avec_prevision` écrit les mêmes règles en SQL ; un test compare les deux.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from clauses.socle.mois import ajouter_mois, dernier_jour, premier_jour
from marches.enums import Situation

ZERO = Decimal(0)
CENT = 100
UN_JOUR = datetime.timedelta(days=1)
MOIS_DU_RYTHME = 6


@dataclass(frozen=True, slots=True)
class Seuils:
    """Ce que la structure tient pour un retard ou un risque : réglables (domaine.md §4, choix du projet)."""

    retard_points: int = 20
    alerte_fin_mois: int = 6
    taux_risque_pourcent: int = 80


class Jalon(NamedTuple):
    """Un point de l’échéancier : le soir de cette date, cette part de l’engagement (%) doit être faite."""

    date: datetime.date
    part: int


@dataclass(frozen=True, slots=True)
class Compte:
    """Les heures d’un engagement, au centième, et ses bornes ; une date absente ne borne pas.

    `au_rythme` et `avant_rythme` : heures retenues jusqu’à la fin du dernier mois achevé, et six mois plus tôt.
    `jalons` : l’échéancier, dates et parts croissantes ; vide, l’attendu suit le temps.
    """

    engage: Decimal
    realise: Decimal
    au_rythme: Decimal
    avant_rythme: Decimal
    debut: datetime.date | None
    fin: datetime.date | None
    jalons: Sequence[Jalon] = ()


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


def part_attendue(
    debut: datetime.date, fin: datetime.date, au: datetime.date, jalons: Sequence[Jalon] = ()
) -> tuple[int, int]:
    """La part de l’engagement attendue à la date, en fraction exacte (numérateur, dénominateur).

    Entre deux points de l’échéancier elle suit les jours ; avant le premier elle part de 0 au matin du début, après le
    dernier elle va à 100 % le soir de la fin (domaine.md §4). Un jalon hors de l’engagement ne compte pas.
    """
    points = [Jalon(debut - UN_JOUR, 0), *(j for j in jalons if debut <= j.date < fin), Jalon(fin, CENT)]
    avant = max(jalon for jalon in points[:-1] if jalon.date <= max(au, debut - UN_JOUR))
    apres = points[points.index(avant) + 1]
    duree = (apres.date - avant.date).days
    ecoules = min(max((au - avant.date).days, 0), duree)
    return avant.part * duree + (apres.part - avant.part) * ecoules, CENT * duree


def heures_attendues(
    engage: Decimal,
    debut: datetime.date | None,
    fin: datetime.date | None,
    au: datetime.date,
    jalons: Sequence[Jalon] = (),
) -> Decimal | None:
    """Part attendue des heures engagées à la date ; `None` si les dates manquent ou se contredisent.

    L’échéancier dit des parts et non des heures : un avenant change l’attendu dès sa date, sans nouvel échéancier.
    """
    if debut is None or fin is None or debut > fin:
        return None
    attendue, entiere = part_attendue(debut, fin, au, jalons)
    return _quotient(max(engage, ZERO) * attendue, entiere)


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
    jalons: Sequence[Jalon] = (),
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
    attendue, entiere = part_attendue(debut, fin, au, jalons)
    # Écart en points : réalisé ÷ engagé − part attendue, réduit au même dénominateur.
    ecart = (realise * entiere - engage * attendue) * 100
    marge = engage * entiere * seuils.retard_points
    if ecart < -marge:
        return Situation.EN_RETARD
    if realise == 0:
        return Situation.NON_DEMARRE
    return Situation.EN_AVANCE if ecart > marge else Situation.CONFORME


def prevoir(compte: Compte, *, au: datetime.date, seuils: Seuils) -> Prevision:
    """Avancement, rythme et projection d’un engagement à la date `au` comprise."""
    mois = dernier_mois_acheve(au)
    attendu = heures_attendues(compte.engage, compte.debut, compte.fin, au, compte.jalons)
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
            jalons=compte.jalons,
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
