"""Ouvrir et fermer le lien par lequel une entreprise dépose son relevé."""

from __future__ import annotations

import datetime
import secrets

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.actions import acteur_de_lien
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from heures.models import DemandeReleve, Releve

OCTETS_DU_SECRET = 24


@transaction.atomic
def ouvrir_lien(releve: Releve, *, destinataire: str, par: Acteur) -> DemandeReleve:
    """Le lien en vigueur du relevé pour cette adresse ; échu, ou donné à une autre adresse, il est remplacé.

    Il vit autant de jours que la structure l’a réglé (`duree_lien_jours`).
    """
    par.exiger(Droit.SAISIR_HEURES)
    instant = timezone.now()
    verrouiller(Releve.objects.all(), releve.pk, par=par)
    actuelle = DemandeReleve.objects.visibles_par(par).filter(releve=releve, revoquee_le=None).first()
    if actuelle is not None:
        if actuelle.valable_jusqu_au > instant and actuelle.destinataire == destinataire:
            return actuelle
        _fermer(actuelle, instant, par)
    # Le compte technique naît avec le premier lien : ouvrir le lien est un GET, qui ne crée rien.
    acteur_de_lien(structure_id=par.structure_id, entreprise_id=releve.engagement.entreprise_id, releve_id=releve.pk)
    duree = Structure.objects.get(pk=par.structure_id).duree_lien_jours
    demande = DemandeReleve(
        structure_id=par.structure_id,
        releve=releve,
        destinataire=destinataire,
        secret=secrets.token_urlsafe(OCTETS_DU_SECRET),
        valable_jusqu_au=instant + datetime.timedelta(days=duree),
        demandee_par_id=par.utilisateur_id,
    )
    return creer(demande, par=par, action="ouvrir un lien de relevé")


@transaction.atomic
def revoquer(demande: DemandeReleve, *, par: Acteur) -> DemandeReleve:
    """Ferme un lien sans délai : la page qu’il ouvrait devient introuvable. Ce qui a été déposé reste."""
    par.exiger(Droit.SAISIR_HEURES)
    relue = verrouiller(DemandeReleve.objects.all(), demande.pk, par=par)
    if relue.revoquee_le is not None:
        raise ActionImpossible("Ce lien est déjà révoqué.")
    return _fermer(relue, timezone.now(), par)


def _fermer(demande: DemandeReleve, instant: datetime.datetime, par: Acteur) -> DemandeReleve:
    champs = {"revoquee_le": instant, "revoquee_par": Utilisateur.objects.get(pk=par.utilisateur_id)}
    return modifier(demande, champs, par=par, action="révoquer un lien de relevé")
