"""Outils : calculateur d’objectif, repères de main-d’œuvre."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from marches import actions
from marches.forms.objectifs import CalculateurForm, RepereForm, RepereModificationForm, VersionForm
from marches.models import RepereMetier
from marches.reperes import reperes_de


@require_safe
def index(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    return render(request, "marches/outils.html")


@require_safe
def calculateur(request: RequeteActeur) -> HttpResponse:
    """Tout est dans l’adresse : le calcul se partage par son lien, et rien n’est enregistré."""
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    form = CalculateurForm(request.GET or None)
    assiette = form.assiette() if form.is_bound and form.is_valid() else None
    contexte = {"form": form, "assiette": assiette, "reperes": reperes_de(request.acteur)}
    return render(request, "marches/calculateur.html", contexte, status=400 if form.errors else 200)


@require_safe
def reperes(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    return render(request, "marches/reperes.html", {"reperes": reperes_de(request.acteur)})


@require_http_methods(["GET", "HEAD", "POST"])
def repere_creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    propose = {nom: request.GET.get(nom, "") for nom in ("metier", "part", "source")}
    form = RepereForm(request.POST or None, initial=propose)
    if request.method == "POST" and form.is_valid():
        repere = soumettre(form, lambda: actions.creer_repere(**form.saisie(), par=request.acteur))
        if repere is not None:
            messages.success(request, f"Le repère « {repere} » est enregistré.")
            return redirect("marches:reperes")
    contexte = {"form": form, "titre": "Ajouter un repère", "retour": "marches:reperes", "parent": "Repères"}
    return render(request, "marches/outil_formulaire.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def repere_modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    repere = get_object_or_404(RepereMetier.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = RepereModificationForm(request.POST or None, instance=repere)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_repere(repere, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect("marches:reperes")
    contexte = {"form": form, "titre": f"Modifier « {repere} »", "retour": "marches:reperes", "parent": "Repères"}
    return render(request, "marches/outil_formulaire.html", contexte)


@require_POST
def repere_retirer(request: RequeteActeur, pk: int) -> HttpResponse:
    repere = get_object_or_404(RepereMetier.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            actions.retirer_repere(repere, **form.cleaned_data, par=request.acteur)
            messages.success(request, f"Le repère « {repere} » est retiré.")
        except ActionImpossible as refus:
            messages.error(request, str(refus))
    return redirect("marches:reperes")
