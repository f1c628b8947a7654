"""Clauses d’un lot."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from marches import actions
from marches.forms.lots import ClauseForm, ClauseModificationForm
from marches.models import Clause, Lot


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.visibles_par(request.acteur).select_related("marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = ClauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        clause = soumettre(form, lambda: actions.definir_clause(lot, **form.saisie(), par=request.acteur))
        if clause is not None:
            messages.success(request, f"La clause du lot {lot.numero} est définie. Engagez maintenant une entreprise.")
            return redirect(f"{lot.marche.get_absolute_url()}?onglet=lots")
    titre = f"Définir la clause du lot {lot.numero}"
    return render(request, "marches/formulaire.html", {"form": form, "titre": titre, "marche": lot.marche})


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.visibles_par(request.acteur).select_related("lot__marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    marche, titre = clause.lot.marche, f"Modifier la clause du lot {clause.lot.numero}"
    form = ClauseModificationForm(request.POST or None, instance=clause)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_clause(clause, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    return render(request, "marches/formulaire.html", {"form": form, "titre": titre, "marche": marche})
