"""Fixer l’échéancier d’un engagement : quelle part doit être faite, à quelles dates (domaine.md §4)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from django.db import transaction

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.ecritures import controler, enregistrer, verrouiller
from clauses.comptes.journal import journaliser
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from marches.models import Engagement, JalonEngagement
from marches.previsions import Jalon


@transaction.atomic
def fixer_echeancier(engagement: Engagement, *, jalons: Sequence[Jalon], version: int, par: Acteur) -> Engagement:
    """Remplace tout l’échéancier ; vide, l’attendu suit de nouveau le temps. Le journal garde l’ancien.

    Lève `ActionImpossible` : dates hors de l’engagement ou en double, part qui baisse ; `ConflitDeVersion` si
    l’engagement a changé depuis qu’on l’a affiché.
    """
    par.exiger(Droit.GERER_MARCHES)
    relu: Engagement = verrouiller(Engagement.objects.avec_marche(), engagement.pk, par=par)
    if relu.version != version:
        raise ConflitDeVersion(relu.version, [("échéancier", en_clair(relu.echeancier), en_clair(jalons))])
    ranges = sorted(jalons)
    _controler(relu, ranges)
    avant = en_clair(relu.echeancier)
    relu.jalons.all().delete()
    for jalon in ranges:
        nouveau = JalonEngagement(structure_id=relu.structure_id, engagement=relu, date=jalon.date, part=jalon.part)
        controler(nouveau)
        enregistrer(nouveau, force_insert=True)
    relu.version += 1
    enregistrer(relu, update_fields=["version"])
    apres = {"echeancier": en_clair(ranges)}
    journaliser(par=par, action="fixer l’échéancier", objet=relu, avant={"echeancier": avant}, apres=apres)
    return relu


def en_clair(jalons: Sequence[Jalon]) -> str:
    return ", ".join(f"{jalon.part} % au {jalon.date:%d/%m/%Y}" for jalon in jalons) or "aucun jalon"


def _controler(engagement: Engagement, jalons: Sequence[Jalon]) -> None:
    debut, fin = engagement.debut, engagement.fin
    if jalons and (debut is None or fin is None):
        raise ActionImpossible("Un échéancier demande un début et une fin : les donner d’abord à l’engagement.")
    for jalon in jalons:
        if debut is not None and fin is not None and not debut <= jalon.date < fin:
            raise ActionImpossible(
                f"Le {jalon.date:%d/%m/%Y} n’est pas dans l’engagement : un jalon va du {debut:%d/%m/%Y} à la veille "
                f"du {fin:%d/%m/%Y}, où tout est attendu."
            )
    for un, suivant in itertools.pairwise(jalons):
        if un.date == suivant.date:
            raise ActionImpossible(f"Deux jalons portent la date du {un.date:%d/%m/%Y} : n’en garder qu’un.")
        if un.part > suivant.part:
            raise ActionImpossible(
                f"La part attendue ne baisse pas : {un.part} % au {un.date:%d/%m/%Y}, puis {suivant.part} % au "
                f"{suivant.date:%d/%m/%Y}."
            )
