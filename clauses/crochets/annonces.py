"""Annoncer : poser dans la boîte d’envoi, dans la transaction du geste, ce qui partira ensuite.

Une action appelle `annoncer`, jamais l’envoi : si elle échoue, rien n’est annoncé ; si elle réussit, rien n’est perdu.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from clauses.crochets.enums import Annonce
from clauses.crochets.models import Crochet, Livraison

PAQUET = 500


def annoncer(evenement: Annonce, *, structure_id: int, objet: Mapping[str, Any]) -> int:
    """Une livraison par crochet actif qui veut cet événement ; rend leur nombre.

    `objet` : des valeurs que JSON écrit telles quelles, heures en chaîne (« 988.84 ») ; jamais l’identité d’une
    personne, ni un critère. À appeler dans une transaction.
    """
    return annoncer_tous(evenement, structure_id=structure_id, objets=(objet,))


def annoncer_tous(evenement: Annonce, *, structure_id: int, objets: Iterable[Mapping[str, Any]]) -> int:
    """Le même pour plusieurs objets ; `objets` n’est parcouru que si quelqu’un écoute : le calculer peut coûter."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Une annonce se fait dans la transaction de ce qu’elle annonce.")
    crochets = list(
        Crochet.objects.filter(structure=structure_id, est_actif=True, **{evenement.champ: True})
        .select_related("structure")
        .defer("structure__logo")
        .order_by("pk")
    )
    if not crochets:
        return 0
    livraisons = [composer(crochet, evenement, objet) for objet in objets for crochet in crochets]
    Livraison.objects.bulk_create(livraisons, batch_size=PAQUET)
    return len(livraisons)


def composer(crochet: Crochet, evenement: Annonce, objet: Mapping[str, Any]) -> Livraison:
    """Une livraison prête à partir, corps figé ; rien n’est enregistré."""
    cle, instant = uuid.uuid4(), timezone.now()
    corps = {
        "id": str(cle),
        "evenement": evenement.value,
        "le": instant.isoformat(timespec="seconds"),
        "structure": crochet.structure.sigle,
        "objet": dict(objet),
    }
    return Livraison(
        structure_id=crochet.structure_id,
        crochet=crochet,
        cle=cle,
        evenement=evenement,
        corps=json.dumps(corps, ensure_ascii=False, separators=(",", ":")),
        prochaine_tentative=instant,
        instant=instant,
    )
