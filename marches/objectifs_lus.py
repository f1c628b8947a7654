"""Ce que montre la page d’objectif d’une clause : l’obligation, les montants, et les mouvements proposés."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from clauses.comptes.acteurs import Acteur, Droit
from clauses.socle.nombres import en_heures
from marches.enums import NatureMouvement, TypeObjectif
from marches.models import Clause, Engagement, Facture, Marche, MouvementEngagement
from marches.obligation import SUIVIES, Obligation, dues_par_engagement, obligation, repartir_l_objectif

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Proposition:
    """Le mouvement qui ramènerait un engagement à sa part de l’objectif ; jamais inscrit sans un geste."""

    engagement: Any
    engagees: Decimal
    part: Decimal
    difference: Decimal
    nature: NatureMouvement
    date: datetime.date

    @property
    def url(self) -> str:
        propose = {
            "nature": self.nature.value,
            "heures": f"{self.difference}".replace(".", ","),
            "date": self.date.isoformat(),
            "motif": f"Calcul de l’objectif : {en_heures(self.part)} h",
        }
        return f"{reverse('marches:mouvement_creer', args=[self.engagement.pk])}?{urlencode(propose)}"


@dataclass(frozen=True, slots=True)
class Objectif:
    obligation: Obligation
    factures: Sequence[Any]
    facture: Decimal
    propositions: Sequence[Proposition]
    suit_les_montants: bool


def duree_en_mois(marche: Marche) -> int | None:
    """Durée du marché : celle qu’il dit, sinon les mois entamés entre ses dates."""
    if marche.duree_mois:
        return marche.duree_mois
    debut, fin = marche.date_debut or marche.date_notification, marche.date_fin
    return None if debut is None or fin is None else (fin.year - debut.year) * 12 + fin.month - debut.month + 1


def obligation_de(clause: Clause, *, facture: Decimal = ZERO) -> Obligation:
    """`clause` vient avec sa structure et son marché."""
    return obligation(
        clause, base_etp=clause.structure.base_etp, mois=duree_en_mois(clause.lot.marche), facture=facture
    )


def objectif_de(clause: Clause, *, par: Acteur, au: datetime.date) -> Objectif:
    """Trois requêtes, quel que soit le nombre d’engagements et de factures."""
    factures = list(
        Facture.objects.visibles_par(par)
        .filter(engagement__clause=clause)
        .select_related("engagement__entreprise", "enregistree_par")
    )
    facture = sum((f.montant_ht for f in factures), ZERO)
    due = obligation_de(clause, facture=facture)
    a_la_tranche = clause.type_objectif == TypeObjectif.HEURES_PAR_TRANCHE_MONTANT
    engagements = list(Engagement.objects.visibles_par(par).filter(clause=clause).avec_marche())
    propositions = []
    if due.heures is not None and par.peut(Droit.GERER_MARCHES):
        propositions = _propositions(clause, due.heures, engagements, factures, par=par, au=au)
    return Objectif(due, factures, facture, propositions, a_la_tranche)


def _propositions(
    clause: Clause, heures: Decimal, engagements: list[Any], factures: list[Any], *, par: Acteur, au: datetime.date
) -> list[Proposition]:
    livres: dict[int, list[Any]] = {engagement.pk: [] for engagement in engagements}
    for mouvement in MouvementEngagement.objects.visibles_par(par).filter(engagement__clause=clause):
        livres[mouvement.engagement_id].append(mouvement)
    engagees = {pk: sum((m.heures for m in livre), ZERO) for pk, livre in livres.items()}
    if clause.type_objectif == TypeObjectif.HEURES_PAR_TRANCHE_MONTANT:
        montants: dict[int, Decimal] = defaultdict(Decimal)
        for une in factures:
            montants[une.engagement_id] += une.montant_ht
        dues = dues_par_engagement(clause.objectif_tranche or ZERO, engagements, montants)
        # Un avenant ou une adaptation s’ajoutent aux montants : ils ne comptent pas dans ce qui est à suivre.
        suivies = {pk: sum((m.heures for m in livre if m.nature in SUIVIES), ZERO) for pk, livre in livres.items()}
        parts = suivies | dues
    else:
        parts, suivies = repartir_l_objectif(heures, engagements, engagees), engagees
    return [
        Proposition(
            engagement,
            engagees[engagement.pk],
            parts[engagement.pk],
            parts[engagement.pk] - suivies[engagement.pk],
            NatureMouvement.RECALCUL if livres[engagement.pk] else NatureMouvement.INITIAL,
            au,
        )
        for engagement in engagements
    ]
