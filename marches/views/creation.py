"""Ouvrir un marché : le cas courant d’un geste, ou le marché seul."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from marches import actions
from marches.forms.creation import Ouverture, OuvertureSimple


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_MARCHES)
    etapes = OuvertureSimple(request.POST if request.method == "POST" else None, acteur=request.acteur)
    if request.method == "POST" and etapes.sont_valides():
        marche = etapes.soumettre(lambda: actions.ouvrir_marche_simple(**etapes.saisie(), par=request.acteur))
        if marche is not None:
            messages.success(request, f"Le marché {marche.reference} est ouvert, avec sa clause et ses heures.")
            return redirect(marche)
    return render(request, "marches/creer.html", {"etapes": etapes})


@require_http_methods(["GET", "HEAD", "POST"])
def creer_seul(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_MARCHES)
    etapes = Ouverture(request.POST or None, acteur=request.acteur)
    if request.method == "POST" and etapes.sont_valides():
        marche = etapes.soumettre(lambda: actions.ouvrir_marche(**etapes.saisie(), par=request.acteur))
        if marche is not None:
            messages.success(request, f"Le marché {marche.reference} est ouvert. Ajoutez-lui maintenant ses lots.")
            return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    return render(request, "marches/creer_seul.html", {"etapes": etapes})
