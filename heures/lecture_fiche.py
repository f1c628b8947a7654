"""Ce que montre la fiche d’une personne, en un nombre constant de requêtes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Sum

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from heures.calculs import fin_eligibilite
from heures.grille import mois_de
from heures.models import ContratTravail, CritereEntree, EntreeClause, LigneHeures, Participant, Prolongation, Sortie

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class AnneeDHeures:
    """Heures validées d’une année, mois par mois ; `None` quand rien n’est noté."""

    annee: int
    mois: Sequence[Decimal | None]
    total: Decimal


def par_annee(sommes: dict[datetime.date, Decimal]) -> list[AnneeDHeures]:
    """Range des sommes mensuelles par année, la plus récente d’abord."""
    annees = sorted({mois.year for mois in sommes}, reverse=True)
    return [
        AnneeDHeures(
            annee,
            [sommes.get(mois) for mois in mois_de(annee)],
            sum((heures for mois, heures in sommes.items() if mois.year == annee), ZERO),
        )
        for annee in annees
    ]


def avec_criteres(entrees: Any, par: Acteur) -> Any:
    """Charge les critères de chaque entrée dans `criteres_lus`."""
    criteres = CritereEntree.objects.visibles_par(par)
    return entrees.prefetch_related(Prefetch("criteres", queryset=criteres, to_attr="criteres_lus"))


def lire(participant: Participant, *, par: Acteur) -> dict[str, Any]:
    """Entrées, contrats, heures, prolongations et sorties d’une personne."""
    structure = Structure.objects.visibles_par(par).get(pk=participant.structure_id)
    entrees = list(
        avec_criteres(EntreeClause.objects.visibles_par(par).filter(participant=participant), par)
        .select_related("enregistree_par", "piece_vue_par", "visa_par")
        .order_by("-numero", "-version")
    )
    prolongations = list(
        Prolongation.objects.visibles_par(par).filter(participant=participant).select_related("accordee_par")
    )
    lignes = LigneHeures.objects.visibles_par(par).filter(participant=participant)
    courante = next((entree for entree in entrees if entree.est_courante), None)
    validees: dict[datetime.date, Decimal] = dict(
        lignes.validees().order_by().values_list("mois").annotate(total=Sum("heures"))
    )
    return {
        "entrees": [entree for entree in entrees if entree.est_courante],
        "anciennes": [entree for entree in entrees if not entree.est_courante],
        "eligible_jusqu_au": fin_eligibilite(
            courante.date_entree if courante else None,
            structure.duree_eligibilite_mois,
            [prolongation.jusqu_au for prolongation in prolongations],
        ),
        "prolongations": prolongations,
        "contrats": ContratTravail.objects.visibles_par(par)
        .filter(participant=participant)
        .select_related("employeur"),
        "annees": par_annee(validees),
        "total": sum(validees.values(), ZERO),
        "declarees": lignes.declarees().aggregate(total=Sum("heures"))["total"] or ZERO,
        "sorties": Sortie.objects.visibles_par(par).filter(participant=participant),
    }
