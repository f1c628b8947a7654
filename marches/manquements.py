"""Ce que l’on lit d’un manquement : suite donnée, pénalité calculable, délai de la mise en demeure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from clauses.comptes.acteurs import Acteur
from marches.encourues import encourues, heures_manquantes
from marches.enums import NatureEvenement
from marches.models import Engagement, Evenement, PropositionPenalite, ReglePenalite
from marches.penalites import Calcul, Faits, calculer, fin_du_delai

# L’étape que chacune appelle ; après la mise en demeure, la proposition.
SUIVANTE = {
    None: NatureEvenement.RELANCE_1,
    NatureEvenement.CONTACT: NatureEvenement.RELANCE_1,
    NatureEvenement.RELANCE_1: NatureEvenement.RELANCE_2,
    NatureEvenement.RELANCE_2: NatureEvenement.MISE_EN_DEMEURE,
    NatureEvenement.MISE_EN_DEMEURE: NatureEvenement.PROPOSITION,
}


@dataclass(frozen=True, slots=True)
class Suite:
    """Ce qui a été fait et ce qui vient ensuite, pour un engagement."""

    evenements: list[Evenement]
    propositions: list[PropositionPenalite]
    suivante: NatureEvenement | None

    @property
    def en_attente(self) -> PropositionPenalite | None:
        return next((p for p in self.propositions if p.decidee_le is None), None)


def suite(engagement: Engagement, *, par: Acteur) -> Suite:
    """Deux requêtes ; un acheteur ou une entreprise ne voit que les propositions."""
    evenements = list(Evenement.objects.visibles_par(par).filter(engagement=engagement).select_related("inscrit_par"))
    propositions = list(
        PropositionPenalite.objects.visibles_par(par).filter(engagement=engagement).select_related("decidee_par")
    )
    return Suite(evenements, propositions, etape_suivante(evenements[-1].nature if evenements else None))


def etape_suivante(derniere: str | None) -> NatureEvenement | None:
    """`None` quand la balle est chez l’acheteur, ou que la décision est prise."""
    return SUIVANTE.get(NatureEvenement(derniere) if derniere else None)


def avec_derniere_etape(engagements: QuerySet[Any], *, par: Acteur) -> QuerySet[Any]:
    """Annote `derniere_etape` (code) et `derniere_etape_le` (date) ; nulles si rien n’est noté."""
    siens = Evenement.objects.visibles_par(par).filter(engagement=OuterRef("pk")).order_by("-date", "-pk")
    annotes: QuerySet[Any] = engagements.annotate(
        derniere_etape=Subquery(siens.values("nature")[:1]), derniere_etape_le=Subquery(siens.values("date")[:1])
    )
    return annotes


def calculer_pour(
    engagement: Any, *, au: datetime.date, par: Acteur, jours_de_retard: int = 0, absences: int = 0
) -> Calcul:
    """La pénalité à une date, retards de pièces (jours ouvrés) et absences compris ; lit l’avancement à cette date."""
    lu: Any = Engagement.objects.visibles_par(par).avec_marche().avec_avancement(au=au).get(pk=engagement.pk)
    manquantes = heures_manquantes(engage=lu.heures_engagees, realise=lu.heures_realisees, fin=lu.fin, au=au)
    lues = encourues(par=par, au=au)
    faits = Faits(manquantes, montant=lu.clause.lot.montant_ht, jours_de_retard=jours_de_retard, absences=absences)
    return calculer(lues.regles.get(lu.clause_id, ()), faits, lues.baremes)


def refus_de_delai(engagement: Engagement, calcul: Calcul, *, au: datetime.date, par: Acteur) -> str | None:
    """Une règle qui exige une mise en demeure attend qu’elle soit notée, et que son délai soit passé."""
    formules = {terme.formule for terme in calcul.termes}
    regles = ReglePenalite.objects.visibles_par(par).filter(
        clause=engagement.clause_id, exige_mise_en_demeure=True, formule__in=formules
    )
    delais = list(regles.values_list("delai_jours", flat=True))
    if not delais:
        return None
    mises = Evenement.objects.visibles_par(par).filter(
        engagement=engagement, nature=NatureEvenement.MISE_EN_DEMEURE, date__lte=au
    )
    premiere = mises.order_by("date", "pk").first()
    if premiere is None:
        return "La clause exige une mise en demeure préalable : la noter d’abord, avec sa date."
    limite = fin_du_delai(premiere.date, max(delais))
    if au <= limite:
        return (
            f"La mise en demeure du {premiere.date:%d/%m/%Y} laisse jusqu’au {limite:%d/%m/%Y} pour répondre : "
            "proposer à partir du lendemain."
        )
    return None


def fin_du_delai_de(regles: Iterable[ReglePenalite], date: datetime.date) -> datetime.date | None:
    """La fin du plus long des délais que ces règles laissent après une mise en demeure ; `None` sans règle."""
    delais = [regle.delai_jours for regle in regles if regle.exige_mise_en_demeure]
    return fin_du_delai(date, max(delais)) if delais else None
