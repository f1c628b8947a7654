"""Écrire le journal d’activité des facilitateurs (bilans.md A8)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from marches.models import Activite


@transaction.atomic
def noter_activite(*, par: Acteur, **champs: Any) -> Activite:
    """Note une activité dans la structure : date, nature, objet, facilitateur, et au besoin ce qu’elle concerne."""
    par.exiger(Droit.GERER_MARCHES)
    return creer(Activite(structure_id=par.structure_id, **champs), par=par, action="noter une activité")


@transaction.atomic
def modifier_activite(activite: Activite, *, version: int, par: Acteur, **champs: Any) -> Activite:
    par.exiger(Droit.GERER_MARCHES)
    relue: Activite = verrouiller(Activite.objects.all(), activite.pk, par=par)
    return modifier(relue, champs, par=par, action="modifier une activité", version=version)
