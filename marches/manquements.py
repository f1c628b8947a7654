"""Ce que l’on lit d’un manquement : suite donnée, pénalité calculable, délai de la mise en demeure."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clauses.comptes.acteurs import Acteur
from marches.encourues import encourues, heures_manquantes
from marches.enums import NatureEvenement, StatutPenalite
from marches.models import Engagement, Evenement, PropositionPenalite, ReglePenalite
from marches.penalites import Calcul, Faits, calculer, fin_du_delai
from marches.tour import etape_suivante


@dataclass(frozen=True, slots=True)
class Suite:
    """Ce qui a été fait et ce qui vient ensuite, pour un engagement ; chaque étape porte ses lettres (`lettre`…)."""

    evenements: list[Any]
    propositions: list[PropositionPenalite]
    suivante: NatureEvenement | None

    @property
    def en_attente(self) -> PropositionPenalite | None:
        return next((p for p in self.propositions if p.decidee_le is None), None)


def suite(engagement: Engagement, *, par: Acteur) -> Suite:
    """Deux requêtes ; un acheteur ou une entreprise ne voit que les propositions."""
    siens = Evenement.objects.visibles_par(par).filter(engagement=engagement)
    evenements = list(siens.avec_lettre().select_related("inscrit_par"))
    propositions = list(
        PropositionPenalite.objects.visibles_par(par).filter(engagement=engagement).select_related("decidee_par")
    )
    en_vigueur = [etape.nature for etape in evenements if etape.lettre or not etape.lettre_annulee]
    return Suite(evenements, propositions, etape_suivante(en_vigueur))


def etapes_de(engagements: Collection[int], *, par: Acteur) -> Mapping[int, list[Any]]:
    """Les étapes en vigueur de chaque engagement, dans l’ordre des dates, avec leur lettre. Une requête."""
    trouvees: dict[int, list[Any]] = {}
    etapes = Evenement.objects.visibles_par(par).filter(engagement__in=engagements).en_vigueur().avec_lettre()
    for etape in etapes.order_by("date", "pk"):
        trouvees.setdefault(etape.engagement_id, []).append(etape)
    return trouvees


def propositions_en_attente(*, par: Acteur) -> Mapping[int, PropositionPenalite]:
    """Par engagement, la proposition que l’acheteur n’a pas encore tranchée. Une requête."""
    attendues = PropositionPenalite.objects.visibles_par(par).filter(statut=StatutPenalite.PROPOSEE)
    return {proposition.engagement_id: proposition for proposition in attendues}


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
    premiere = mises.en_vigueur().order_by("date", "pk").first()
    if premiere is None:
        return "La clause exige une mise en demeure préalable : la noter d’abord, avec sa date."
    du_contrat = fin_du_delai(premiere.date, max(delais))
    # La lettre peut laisser plus que le contrat, jamais moins.
    limite = max(du_contrat, premiere.echeance or du_contrat)
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
