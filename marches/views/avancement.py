"""Avancement de tous les engagements, à une date choisie."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.listes import rendre_liste
from marches.avancements import avancements
from marches.dates import date_choisie
from marches.encourues import encourues
from marches.exports import COLONNES_AVANCEMENT, lignes_avancement
from marches.filters import AvancementFilter
from marches.tables import AvancementTable


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    au = date_choisie(request)
    penalites = encourues(par=request.acteur, au=au)

    def lignes(engagements: QuerySet[Any], colonnes: object) -> Any:
        return lignes_avancement(engagements, penalites=penalites, au=au)

    engagements = avancements(par=request.acteur, au=au)
    donnees = request.GET.copy()
    donnees.setdefault("au", au.isoformat())
    return rendre_liste(
        request,
        filtre=AvancementFilter(donnees, queryset=engagements, request=request),
        table=partial(AvancementTable, penalites=penalites, au=au),
        gabarit="marches/avancement.html",
        colonnes=COLONNES_AVANCEMENT,
        nom=f"avancement-{au:%Y-%m-%d}",
        lignes=lignes,
        contexte={"au": au},
    )
