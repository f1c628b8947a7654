"""Rejouer une création sans la refaire : la clef, l’empreinte de la demande et la fiche créée, gardées un jour."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.modele_idempotence import ClefIdempotence
from clauses.socle.erreurs import ActionImpossible

DUREE = datetime.timedelta(days=1)
FORME = re.compile(r"[!-~]{1,100}")


def empreinte(methode: str, chemin: str, corps: Any) -> str:
    """SHA-256 de la demande, quel que soit l’ordre des champs de son corps."""
    texte = json.dumps([methode, chemin, corps], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()


def creer_une_fois(clef: str, demande: str, *, par: Acteur, creer: Callable[[], models.Model]) -> tuple[int, bool]:
    """Le numéro de la fiche, et vrai si elle existait déjà sous cette clef.

    Deux demandes au même instant : la seconde attend, puis se voit refuser, et la redite rend la fiche. Lève
    `ActionImpossible` si la clef a servi à une autre demande ; ce que lève `creer` défait la clef avec le reste.
    """
    limite = timezone.now() - DUREE
    with transaction.atomic():
        siennes = ClefIdempotence.objects.filter(utilisateur=par.utilisateur_id, structure=par.structure_id)
        siennes.filter(le__lt=limite).delete()
        connue = siennes.filter(clef=clef).first()
        if connue is not None:
            return _redite(connue, demande), True
        objet = creer()
        _retenir(clef, demande, objet, par=par)
    return objet.pk, False


def _redite(connue: ClefIdempotence, demande: str) -> int:
    if connue.empreinte != demande:
        raise ActionImpossible(
            "Cette clef d’idempotence a déjà servi à une autre demande\u00a0: en tirer une neuve par création."
        )
    return connue.objet


def _retenir(clef: str, demande: str, objet: models.Model, *, par: Acteur) -> None:
    try:
        with transaction.atomic():
            ClefIdempotence.objects.create(
                utilisateur_id=par.utilisateur_id,
                structure_id=par.structure_id,
                clef=clef,
                empreinte=demande,
                objet=objet.pk,
            )
    except IntegrityError as erreur:
        raise ActionImpossible(
            "Cette clef d’idempotence vient de servir\u00a0: redemander dans un instant, la fiche sera rendue."
        ) from erreur
