"""Vider la boîte d’envoi : réserver une livraison, l’envoyer hors de toute transaction, noter ce qu’il en est advenu.

Deux passes à la fois ne prennent pas la même livraison ; celle d’une passe interrompue se reprend au bout d’un bail.
Une livraison peut donc, rarement, arriver deux fois : `Clauses-Livraison` permet de s’en apercevoir.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from clauses.comptes.actions import acteur_systeme
from clauses.comptes.ecritures import modifier
from clauses.crochets import client
from clauses.crochets.enums import Annonce, EtatLivraison
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import entete_de_signature, secrets_en_vigueur

MINUTE, HEURE = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
# Après chaque échec, l’attente avant la tentative suivante ; le dernier échec abandonne.
REPRISES = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HEURE, 12 * HEURE, 24 * HEURE)
# Durée pendant laquelle une livraison réservée n’est à personne d’autre ; bien plus qu’un envoi.
BAIL = 2 * MINUTE
ABANDONS_ADMIS = 3
LIVRAISONS_PAR_PASSE = 200
SECONDES_PAR_PASSE = 50
CONSERVATION = datetime.timedelta(days=90)
EFFACEES_PAR_PASSE = 1000


@dataclass(slots=True)
class Passe:
    """Ce qu’une passe a fait."""

    livrees: int = 0
    echecs: int = 0


def envoyer_ce_qui_attend() -> Passe:
    """Une passe : au plus `LIVRAISONS_PAR_PASSE`, et aucune nouvelle après `SECONDES_PAR_PASSE`.

    Une adresse qui échoue n’est plus essayée de la passe : un destinataire muet ne retient pas les autres.
    """
    passe, en_panne = Passe(), set[int]()
    fin = time.monotonic() + SECONDES_PAR_PASSE
    for _ in range(LIVRAISONS_PAR_PASSE):
        livraison = _reserver_la_suivante(en_panne) if time.monotonic() < fin else None
        if livraison is None:
            break
        if _envoyer(livraison):
            passe.livrees += 1
        else:
            passe.echecs += 1
            en_panne.add(livraison.crochet_id)
    _effacer_les_anciennes()
    return passe


def envoyer_une(livraison_id: int) -> bool | None:
    """Tente cette livraison-là maintenant ; `None` si elle n’est pas à envoyer, ou si une autre passe la tient."""
    livraison = _reserver(pk=livraison_id)
    return None if livraison is None else _envoyer(livraison)


def _reserver_la_suivante(sauf: Collection[int]) -> Livraison | None:
    return _reserver(sauf=sauf, crochet__est_actif=True)


def _reserver(*, sauf: Collection[int] = (), **filtre: Any) -> Livraison | None:
    """Prend la plus ancienne livraison due, et la rend invisible aux autres passes le temps d’un bail.

    PostgreSQL saute les lignes qu’une autre passe verrouille ; SQLite ouvre ses transactions en IMMEDIATE : une seule
    à la fois lit puis écrit.
    """
    instant = timezone.now()
    with transaction.atomic():
        livraison = (
            Livraison.objects.filter(etat=EtatLivraison.A_ENVOYER, prochaine_tentative__lte=instant, **filtre)
            .exclude(crochet__in=sauf)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("crochet")
            .order_by("prochaine_tentative", "pk")
            .first()
        )
        if livraison is not None:
            livraison.nombre_tentatives += 1
            livraison.derniere_tentative, livraison.prochaine_tentative = instant, instant + BAIL
            livraison.save(update_fields=["nombre_tentatives", "derniere_tentative", "prochaine_tentative"])
    return livraison


def _envoyer(livraison: Livraison) -> bool:
    reponse = client.poster(livraison.crochet.adresse, livraison.corps.encode(), _entetes(livraison))
    with transaction.atomic():
        _conclure(livraison, reponse)
    return not reponse.erreur


def _entetes(livraison: Livraison) -> dict[str, str]:
    instant = timezone.now()
    cles = secrets_en_vigueur(livraison.crochet, le=instant)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Clauses",
        "Clauses-Evenement": livraison.evenement,
        "Clauses-Livraison": str(livraison.cle),
        "Clauses-Signature": entete_de_signature(livraison.corps.encode(), secrets_=cles, le=instant),
    }


def _conclure(livraison: Livraison, reponse: client.Reponse) -> None:
    """Note le résultat, sauf si le bail est passé et qu’une autre tentative a pris la suite."""
    relue = Livraison.objects.select_for_update(of=("self",)).get(pk=livraison.pk)
    if relue.etat != EtatLivraison.A_ENVOYER or relue.nombre_tentatives != livraison.nombre_tentatives:
        return
    relue.code, relue.erreur, relue.prochaine_tentative = reponse.code, reponse.erreur, None
    if not reponse.erreur:
        relue.etat = EtatLivraison.LIVREE
    elif relue.evenement != Annonce.ESSAI and relue.nombre_tentatives <= len(REPRISES):
        relue.prochaine_tentative = timezone.now() + REPRISES[relue.nombre_tentatives - 1]
    else:
        relue.etat = EtatLivraison.ABANDONNEE
    relue.save(update_fields=["code", "erreur", "prochaine_tentative", "etat"])
    if relue.etat == EtatLivraison.LIVREE:
        Crochet.objects.filter(pk=relue.crochet_id, abandons_de_suite__gt=0).update(abandons_de_suite=0)
    elif relue.etat == EtatLivraison.ABANDONNEE and relue.evenement != Annonce.ESSAI:
        _compter_un_abandon(relue.crochet_id)


def _compter_un_abandon(crochet_id: int) -> None:
    """Après `ABANDONS_ADMIS` abandons de suite, le crochet se suspend ; la page dit pourquoi, le journal le garde."""
    crochet = Crochet.objects.select_related("structure").select_for_update(of=("self",)).get(pk=crochet_id)
    crochet.abandons_de_suite += 1
    crochet.save(update_fields=["abandons_de_suite"])
    if crochet.est_actif and crochet.abandons_de_suite >= ABANDONS_ADMIS:
        raison = f"{crochet.abandons_de_suite} livraisons abandonnées de suite : l’adresse ne répond plus."
        par = acteur_systeme(crochet.structure)
        modifier(crochet, {"est_actif": False, "suspension": raison}, par=par, action="suspendre une notification")


def _effacer_les_anciennes() -> None:
    """Le journal des livraisons n’est pas une archive : ce qui est clos depuis `CONSERVATION` s’efface."""
    closes = Livraison.objects.exclude(etat=EtatLivraison.A_ENVOYER)
    anciennes = closes.filter(instant__lt=timezone.now() - CONSERVATION).order_by("instant", "pk")
    a_effacer = list(anciennes.values_list("pk", flat=True)[:EFFACEES_PAR_PASSE])
    if a_effacer:
        Livraison.objects.filter(pk__in=a_effacer).delete()
