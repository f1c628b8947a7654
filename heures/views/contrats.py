"""Pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from heures.models import ContratTravail, Participant
from marches.models import Engagement


def ajouter_a_la_grille(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Engagement.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(ContratTravail.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")
