"""Reprendre une entrée en clause telle qu’elle était : son numéro, sa version, sa pièce vue, son visa."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import verrouiller
from clauses.socle.instants import a_midi
from heures.actions.personnes import photographier
from heures.models import EntreeClause, Participant


@transaction.atomic
def reprendre_entree(
    participant: Participant,
    *,
    critere_principal: str,
    autres_criteres: Sequence[str] = (),
    par: Acteur,
    piece_vue_par_id: int | None = None,
    visa_le: datetime.date | None = None,
    visa_par_id: int | None = None,
    **champs: Any,
) -> EntreeClause:
    """Enregistre une version d’entrée déjà écrite ailleurs, courante ou dépassée.

    La pièce a été vue, et le visa donné, par le compte dit ; à défaut, par qui reprend. Lève `ActionImpossible` ou
    `ValidationError`.
    """
    par.exiger(Droit.GERER_PERSONNES)
    relu = verrouiller(Participant.objects.all(), participant.pk, par=par)
    champs.setdefault("commune_insee", relu.commune_insee)
    champs.setdefault("est_participant_plie", relu.est_participant_plie)
    entree = EntreeClause(
        structure_id=par.structure_id,
        participant=relu,
        enregistree_par_id=par.utilisateur_id,
        piece_vue_par_id=(piece_vue_par_id or par.utilisateur_id) if champs.get("piece_type") else None,
        visa_le=a_midi(visa_le) if visa_le else None,
        visa_par_id=(visa_par_id or par.utilisateur_id) if visa_le else None,
        **champs,
    )
    return photographier(
        entree,
        critere_principal=critere_principal,
        autres_criteres=autres_criteres,
        par=par,
        action="reprendre une entrée en clause",
    )
