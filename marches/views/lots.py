"""Lots d’un marché."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from marches import actions
from marches.forms.lots import LotForm, LotModificationForm
from marches.models import Lot, Marche


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    marche = get_object_or_404(Marche.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = LotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lot = soumettre(form, lambda: actions.ajouter_lot(marche, **form.saisie(), par=request.acteur))
        if lot is not None:
            messages.success(request, f"{lot} est ajouté au marché.")
            return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    return render(request, "marches/formulaire.html", {"form": form, "titre": "Ajouter un lot", "marche": marche})


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.visibles_par(request.acteur).select_related("marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    marche, titre = lot.marche, f"Modifier le lot {lot.numero}"
    form = LotModificationForm(request.POST or None, instance=lot)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_lot(lot, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    return render(request, "marches/formulaire.html", {"form": form, "titre": titre, "marche": marche})
