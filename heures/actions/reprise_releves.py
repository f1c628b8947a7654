"""Reprendre l’état des relevés en masse : attendus, néants, à compléter, échéances et messages."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser
from heures.actions.cadres import PAQUET
from heures.models import Releve
from marches.models import Engagement

CHAMPS = ("statut", "echeance", "nombre_relances", "commentaire", "message")
Mois = tuple[int, datetime.date]


@transaction.atomic
def reprendre_releves(
    etats: Mapping[Mois, Mapping[str, Any]], *, engagements: Iterable[Engagement], par: Acteur
) -> int:
    """Donne à chaque (engagement, mois) son état ; ce qu’un état ne dit pas reste. Rend le nombre de relevés touchés.

    Une écriture au journal par reprise, comme pour les heures. Les engagements viennent du périmètre de l’acteur.
    """
    par.exiger(Droit.SAISIR_HEURES)
    par.exiger(Droit.VALIDER_HEURES)
    cites = {engagement.pk: engagement for engagement in engagements}
    presents = {
        (releve.engagement_id, releve.mois): releve
        for releve in Releve.objects.visibles_par(par).filter(engagement__in=cites).order_by("pk")
    }
    neufs, changes = [], []
    for (engagement_id, mois), champs in etats.items():
        releve = presents.get((engagement_id, mois))
        if releve is None:
            neufs.append(
                Releve(structure_id=par.structure_id, engagement=cites[engagement_id], mois=mois, **dict(champs))
            )
        elif any(getattr(releve, nom) != valeur for nom, valeur in champs.items()):
            for nom, valeur in champs.items():
                setattr(releve, nom, valeur)
            releve.version += 1
            changes.append(releve)
    Releve.objects.bulk_create(neufs, batch_size=PAQUET)
    Releve.objects.bulk_update(changes, [*CHAMPS, "version"], batch_size=PAQUET)
    touches = len(neufs) + len(changes)
    if touches:
        premier = (neufs + changes)[0]
        journaliser(par=par, action="reprendre des relevés", objet=premier, nombre=touches)
    return touches
