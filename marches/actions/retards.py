"""Constater les engagements en retard, et annoncer chaque passage en retard une seule fois (docs/adr/0039)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import verrouiller
from clauses.comptes.journal import journaliser
from clauses.comptes.models import Structure
from clauses.crochets.annonces import annoncer_tous
from clauses.crochets.enums import Annonce
from marches.avancements import avancements
from marches.enums import Situation
from marches.models import RetardConstate

PAQUET = 500


@transaction.atomic
def constater_les_retards(*, au: datetime.date, par: Acteur) -> int:
    """Compare les engagements en retard à cette date à ceux du constat d’avant ; rend le nombre de nouveaux.

    La situation est celle de toutes les pages (`code_situation`, domaine.md §4) ; un marché clos n’est plus en retard.
    Un engagement qui sort du retard puis y retombe s’annonce de nouveau. Deux constats du même jour n’annoncent rien
    deux fois.
    """
    par.exiger(Droit.GERER_MARCHES)
    structure = verrouiller(Structure.objects.defer("logo"), par.structure_id, par=par)
    trouves = avancements(par=par, au=au).ouverts().filter(code_situation=Situation.EN_RETARD).order_by("pk")
    en_retard = {engagement.pk: engagement for engagement in trouves}
    connus = set(RetardConstate.objects.visibles_par(par).values_list("engagement", flat=True))
    RetardConstate.objects.visibles_par(par).filter(engagement__in=connus - en_retard.keys()).delete()
    nouveaux = [engagement for pk, engagement in en_retard.items() if pk not in connus]
    if nouveaux:
        retards = [RetardConstate(structure=structure, engagement=engagement, depuis=au) for engagement in nouveaux]
        RetardConstate.objects.bulk_create(retards, batch_size=PAQUET)
        journaliser(par=par, action="constater des retards", objet=nouveaux[0], nombre=len(nouveaux))
        annoncer_tous(Annonce.ENGAGEMENT_EN_RETARD, structure_id=structure.pk, objets=_objets(nouveaux, au))
    return len(nouveaux)


def _objets(engagements: Iterable[Any], au: datetime.date) -> Iterator[dict[str, Any]]:
    """`ecart` : heures réalisées moins heures attendues, négatif."""
    for engagement in engagements:
        acheteur, entreprise = engagement.clause.lot.marche.acheteur, engagement.entreprise
        yield {
            "engagement": engagement.pk,
            "au": au.isoformat(),
            "acheteur": {"siret": acheteur.siret, "nom": acheteur.nom},
            "entreprise": {"siret": entreprise.siret, "nom": entreprise.raison_sociale},
            "heures_engagees": str(engagement.heures_engagees),
            "heures_attendues": str(engagement.heures_attendues),
            "heures_realisees": str(engagement.heures_realisees),
            "ecart": str(engagement.heures_realisees - engagement.heures_attendues),
            "liens": {"engagement": f"/api/v1/engagements/{engagement.pk}/"},
        }
