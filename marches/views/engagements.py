"""Pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from marches.models import Clause, Engagement


def engager(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Clause.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')


def mouvement_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Engagement.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')
