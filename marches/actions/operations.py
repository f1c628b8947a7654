"""Ouvrir une opération : un chantier, un programme qui réunit des marchés (domaine.md §2)."""

from __future__ import annotations

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer
from marches.models import Operation


@transaction.atomic
def creer_operation(*, nom: str, par: Acteur, est_npnru: bool = False) -> Operation:
    """Ouvre une opération dans la structure. Lève `ValidationError` si une opération porte déjà ce nom."""
    par.exiger(Droit.GERER_MARCHES)
    operation = Operation(structure_id=par.structure_id, nom=nom, est_npnru=est_npnru)
    return creer(operation, par=par, action="ouvrir une opération")
