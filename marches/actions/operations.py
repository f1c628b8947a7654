"""Nommer l’opération d’un marché : un chantier, un programme de renouvellement urbain."""

from __future__ import annotations

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import creer, modifier, verrouiller
from marches.models import Operation


@transaction.atomic
def nommer_operation(*, nom: str, est_npnru: bool, par: Acteur) -> Operation:
    """L’opération de ce nom dans la structure, créée au besoin ; `est_npnru` la marque, sans jamais l’en démarquer."""
    par.exiger(Droit.GERER_MARCHES)
    connue = Operation.objects.visibles_par(par).filter(nom=nom).first()
    if connue is None:
        neuve = Operation(structure_id=par.structure_id, nom=nom, est_npnru=est_npnru)
        return creer(neuve, par=par, action="créer l’opération")
    if not est_npnru or connue.est_npnru:
        return connue
    relue: Operation = verrouiller(Operation.objects.all(), connue.pk, par=par)
    return modifier(relue, {"est_npnru": True}, par=par, action="marquer l’opération NPNRU")
