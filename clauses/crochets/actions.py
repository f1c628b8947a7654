"""Tout ce qui crée, règle, suspend et essaie une notification sortante."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from clauses.comptes.models import Structure
from clauses.crochets.annonces import composer
from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.envois import envoyer_une
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import RECOUVREMENT, nouveau_sel
from clauses.socle.erreurs import ActionImpossible

CROCHETS_MAX = 10
PAR_LE_RESPONSABLE = "À la demande du responsable."


@transaction.atomic
def creer_crochet(*, par: Acteur, **champs: Any) -> Crochet:
    """Ajoute une adresse à prévenir, et tire son secret. Lève `ActionImpossible` au-delà de `CROCHETS_MAX`.

    Lève `ValidationError` : adresse refusée ou déjà présente, aucun événement choisi.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    structure = verrouiller(Structure.objects.all(), par.structure_id, par=par)
    if Crochet.objects.visibles_par(par).count() >= CROCHETS_MAX:
        raise ActionImpossible(f"Une structure prévient {CROCHETS_MAX} adresses au plus : en modifier une.")
    crochet = Crochet(structure=structure, cree_par_id=par.utilisateur_id, **champs)
    return creer(crochet, par=par, action="ajouter une notification")


@transaction.atomic
def modifier_crochet(crochet: Crochet, *, version: int, par: Acteur, **champs: Any) -> Crochet:
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Crochet.objects.all(), crochet.pk, par=par)
    return modifier(relu, champs, par=par, action="modifier une notification", version=version)


@transaction.atomic
def suspendre(crochet: Crochet, *, par: Acteur) -> Crochet:
    """N’annonce plus rien à cette adresse ; ce qui attendait attend encore."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Crochet.objects.all(), crochet.pk, par=par)
    if not relu.est_actif:
        raise ActionImpossible("Cette notification est déjà suspendue.")
    champs = {"est_actif": False, "suspension": PAR_LE_RESPONSABLE}
    return modifier(relu, champs, par=par, action="suspendre une notification")


@transaction.atomic
def reprendre(crochet: Crochet, *, par: Acteur) -> Crochet:
    """Annonce de nouveau ; le compte des abandons repart de zéro."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Crochet.objects.all(), crochet.pk, par=par)
    if relu.est_actif:
        raise ActionImpossible("Cette notification n’est pas suspendue.")
    champs = {"est_actif": True, "suspension": "", "abandons_de_suite": 0}
    return modifier(relu, champs, par=par, action="reprendre une notification")


@transaction.atomic
def renouveler_le_secret(crochet: Crochet, *, par: Acteur) -> Crochet:
    """Tire un nouveau secret ; l’ancien signe encore pendant `RECOUVREMENT`, celui d’avant lui ne signe plus."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Crochet.objects.all(), crochet.pk, par=par)
    champs = {
        "sel": nouveau_sel(),
        "sel_precedent": relu.sel,
        "precedent_jusqu_au": timezone.now() + RECOUVREMENT,
    }
    return modifier(relu, champs, par=par, action="renouveler un secret")


@transaction.atomic
def essayer(crochet: Crochet, *, par: Acteur) -> Livraison:
    """Envoie un essai, une fois la transaction acquise ; une seule tentative, suspendue ou non."""
    par.exiger(Droit.GERER_STRUCTURE)
    relu = verrouiller(Crochet.objects.select_related("structure"), crochet.pk, par=par)
    essai = composer(relu, Annonce.ESSAI, {"message": "Essai demandé depuis Clauses."})
    livraison = creer(essai, par=par, action="essayer une notification")
    transaction.on_commit(partial(envoyer_une, livraison.pk), robust=True)
    return livraison


@transaction.atomic
def renvoyer(livraison: Livraison, *, par: Acteur) -> Livraison:
    """Remet en envoi une livraison close, même corps et même identifiant, puis la tente aussitôt.

    Lève `ActionImpossible` si elle attend déjà sa prochaine tentative.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    relue = verrouiller(Livraison.objects.all(), livraison.pk, par=par)
    if relue.etat == EtatLivraison.A_ENVOYER:
        raise ActionImpossible("Cette livraison est déjà en attente d’envoi.")
    champs = {"etat": EtatLivraison.A_ENVOYER, "nombre_tentatives": 0, "prochaine_tentative": timezone.now()}
    modifier(relue, champs, par=par, action="renvoyer une livraison")
    transaction.on_commit(partial(envoyer_une, relue.pk), robust=True)
    return relue
