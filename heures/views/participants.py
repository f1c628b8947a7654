"""Pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from heures.models import EntreeClause, Participant


def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def entree_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def prolonger(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def sortie_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def entree_corriger(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(EntreeClause.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")


def viser(request: RequeteActeur, pk: int) -> HttpResponse:
    get_object_or_404(EntreeClause.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    return redirect("accueil")
