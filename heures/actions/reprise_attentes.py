"""Reprendre une ligne reçue à vérifier telle qu’elle était : ce qui l’a arrêtée, et ce qu’elle est devenue."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, verrouiller
from clauses.socle.instants import a_midi
from heures.models import LigneEnAttente, Releve
from heures.releves import tenir_le_releve
from marches.models import Engagement


@transaction.atomic
def reprendre_ligne_a_verifier(
    engagement: Engagement,
    *,
    mois: datetime.date,
    est_dit: bool,
    recue_le: datetime.date,
    par: Acteur,
    recue_par_id: int | None = None,
    traitee_le: datetime.date | None = None,
    traitee_par_id: int | None = None,
    **champs: Any,
) -> LigneEnAttente:
    """Garde une ligne reçue, en attente, reprise ou refusée, sans redéclarer ses heures ; son relevé naît avec elle.

    `est_dit` : l’état du relevé est connu par ailleurs ; sinon il suit ses lignes, comme à la réception. Reçue et
    traitée par le compte dit ; à défaut, par qui reprend. Lève `ValidationError` : personne absente, traitement
    incomplet, refus sans motif, seconde ligne en attente du même contrat.
    """
    par.exiger(Droit.SAISIR_HEURES)
    par.exiger(Droit.VALIDER_HEURES)
    relu: Engagement = verrouiller(Engagement.objects.all(), engagement.pk, par=par)
    releve = Releve.objects.visibles_par(par).filter(engagement=relu, mois=mois).first()
    attente = LigneEnAttente(
        structure_id=par.structure_id,
        releve=releve or tenir_le_releve(relu, mois, par=par),
        recue_par_id=recue_par_id or par.utilisateur_id,
        traitee_le=a_midi(traitee_le) if traitee_le else None,
        traitee_par_id=(traitee_par_id or par.utilisateur_id) if traitee_le else None,
        **champs,
    )
    creer(attente, par=par, action="reprendre une ligne à vérifier")
    # La date d’une création est celle du jour : celle de la réception est plus ancienne.
    attente.recue_le = a_midi(recue_le)
    attente.save(update_fields=["recue_le"])
    if not est_dit:
        tenir_le_releve(relu, mois, par=par)
    return attente
