"""Reprendre ce qui a déjà été vécu ailleurs : factures, événements, propositions, modifications publiées.

L’histoire est écrite : rien n’est recalculé, aucune étape n’est exigée avant une autre. Les contraintes de la base
tiennent toujours (docs/adr/0037).
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, verrouiller
from clauses.socle.instants import a_midi
from marches.models import Engagement, Evenement, Facture, ModificationMarche, PropositionPenalite, PublicationDecp


@transaction.atomic
def reprendre_facture(engagement: Engagement, *, par: Acteur, **champs: Any) -> Facture:
    """Garde un montant facturé (euros HT) sans toucher au grand livre, qui a déjà suivi."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.all(), engagement.pk, par=par)
    signee = {"structure_id": par.structure_id, "enregistree_par_id": par.utilisateur_id}
    return creer(Facture(engagement=relu, **signee, **champs), par=par, action="reprendre une facture")


@transaction.atomic
def reprendre_evenement(engagement: Engagement, *, par: Acteur, **champs: Any) -> Evenement:
    """Garde une étape déjà faite, proposition et décision comprises."""
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.all(), engagement.pk, par=par)
    signe = {"structure_id": par.structure_id, "inscrit_par_id": par.utilisateur_id}
    return creer(Evenement(engagement=relu, **signe, **champs), par=par, action="reprendre un événement")


@transaction.atomic
def reprendre_proposition(
    engagement: Engagement,
    *,
    date_proposition: datetime.date,
    par: Acteur,
    date_decision: datetime.date | None = None,
    **champs: Any,
) -> PropositionPenalite:
    """Garde une proposition, ses termes tels que calculés, et sa décision ; qui reprend la signe.

    Lève `ValidationError` : décision incomplète, montant hors de la proposition, seconde proposition en attente.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.all(), engagement.pk, par=par)
    proposition = PropositionPenalite(
        structure_id=par.structure_id,
        engagement=relu,
        proposee_par_id=par.utilisateur_id,
        decidee_le=a_midi(date_decision) if date_decision else None,
        decidee_par_id=par.utilisateur_id if date_decision else None,
        **champs,
    )
    creer(proposition, par=par, action="reprendre une proposition de pénalité")
    # La date d’une création est celle du jour : celle de la proposition est plus ancienne.
    proposition.proposee_le = a_midi(date_proposition)
    proposition.save(update_fields=["proposee_le"])
    return proposition


@transaction.atomic
def reprendre_modification(publication: PublicationDecp, *, par: Acteur, **champs: Any) -> ModificationMarche:
    """Garde une modification publiée ; le marché, lui, a déjà ses totaux d’aujourd’hui."""
    par.exiger(Droit.GERER_MARCHES)
    relue: PublicationDecp = verrouiller(PublicationDecp.objects.all(), publication.pk, par=par)
    neuve = ModificationMarche(structure_id=par.structure_id, publication=relue, **champs)
    return creer(neuve, par=par, action="reprendre la modification du marché")
