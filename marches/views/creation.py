"""Pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur


def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')


def creer_seul(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return redirect('accueil')
