"""Pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from heures.models import LigneHeures
from marches.models import Engagement


def cellule(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def valider_mois(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Engagement.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    return redirect("accueil")


def neant(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Engagement.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def refuser(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(LigneHeures.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    return redirect("accueil")


def rectifier(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(LigneHeures.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    return redirect("accueil")
