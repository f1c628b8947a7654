"""Pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from marches.models import Acheteur


def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')


def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')


def choix(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')


def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Acheteur.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')


def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Acheteur.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')
