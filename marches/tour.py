"""À qui le tour sur un engagement qui tarde : depuis quand il tarde, qui agit, quelle étape vient. Fonctions pures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clauses.socle.mois import ajouter_mois
from marches.enums import NatureEvenement, QuiAgit, Situation
from marches.previsions import Seuils

UN_JOUR = datetime.timedelta(days=1)
# L’étape que chacune appelle ; un échange ne change rien à la suite, une proposition attend l’acheteur.
SUIVANTE = {
    NatureEvenement.RELANCE_1: NatureEvenement.RELANCE_2,
    NatureEvenement.RELANCE_2: NatureEvenement.MISE_EN_DEMEURE,
    NatureEvenement.MISE_EN_DEMEURE: NatureEvenement.PROPOSITION,
}
RANGS = {nature: rang for rang, nature in enumerate(NatureEvenement)}


@dataclass(frozen=True, slots=True)
class Faite:
    """Une étape faite : sa date, et jusqu’à quand on attend la réponse si une lettre l’a dit."""

    nature: NatureEvenement
    date: datetime.date
    echeance: datetime.date | None = None

    def limite(self, delai: int) -> datetime.date:
        return self.echeance or self.date + datetime.timedelta(days=delai)


@dataclass(frozen=True, slots=True)
class Tour:
    """Qui agit, depuis quand, et l’étape qui vient ; `jusqu_au` : le dernier jour laissé à l’entreprise."""

    qui: QuiAgit
    depuis: datetime.date | None
    suivante: NatureEvenement | None
    jusqu_au: datetime.date | None = None


def etape_suivante(faites: Iterable[str]) -> NatureEvenement | None:
    """D’après l’étape la plus avancée ; `None` quand l’acheteur décide, ou a décidé."""
    graduees = {NatureEvenement(nature) for nature in faites} - {NatureEvenement.CONTACT}
    if not graduees:
        return NatureEvenement.RELANCE_1
    return SUIVANTE.get(max(graduees, key=RANGS.__getitem__))


def tour(
    faites: Sequence[Faite],
    *,
    proposee_le: datetime.date | None,
    tarde_depuis: datetime.date | None,
    le: datetime.date,
    delai: int,
) -> Tour:
    """À qui le tour le jour `le`. `faites` : dans l’ordre des dates ; `delai` : jours laissés après une étape.

    `proposee_le` : le jour d’une proposition qui attend la décision de l’acheteur.
    """
    if proposee_le is not None:
        return Tour(QuiAgit.ACHETEUR, proposee_le, None)
    suivante = etape_suivante(faite.nature for faite in faites)
    if not faites:
        return Tour(QuiAgit.FACILITATEUR, tarde_depuis, suivante)
    if suivante is None:
        # L’acheteur a décidé : il n’y a plus de réponse à attendre.
        return Tour(QuiAgit.FACILITATEUR, faites[-1].date, None)
    limite = max(faite.limite(delai) for faite in faites)
    if le <= limite:
        return Tour(QuiAgit.ENTREPRISE, faites[-1].date, suivante, limite)
    return Tour(QuiAgit.FACILITATEUR, limite + UN_JOUR, suivante)


def tarde_depuis(
    situation: Situation,
    *,
    engage: Decimal,
    realise: Decimal,
    debut: datetime.date | None,
    fin: datetime.date | None,
    seuils: Seuils,
) -> datetime.date | None:
    """Le premier jour où les heures faites à présent auraient déjà donné cette situation (domaine.md §4).

    Les heures ne font que croître : l’engagement tarde au moins depuis ce jour. `None` s’il ne tarde pas.
    """
    match situation:
        case Situation.NON_ATTEINT if fin is not None:
            return fin + UN_JOUR
        case Situation.A_RISQUE if fin is not None:
            premier = ajouter_mois(fin, -seuils.alerte_fin_mois)
            while ajouter_mois(premier, seuils.alerte_fin_mois) <= fin:
                premier += UN_JOUR
            return premier if debut is None else max(premier, debut)
        case Situation.EN_RETARD if debut is not None and fin is not None:
            total = (fin - debut).days + 1
            # Écoulé × 100 × engagé doit dépasser total × (100 × réalisé + points × engagé).
            centiemes = int((realise * 100 + engage * seuils.retard_points) * total * 100)
            ecoules = centiemes // int(engage * 100 * 100) + 1
            return debut + datetime.timedelta(days=ecoules - 1)
    return None
