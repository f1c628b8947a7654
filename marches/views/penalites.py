"""Règles de pénalité d’une clause, et barèmes datés."""

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
from marches.forms.objectifs import VersionForm
from marches.forms.penalites import BaremeForm, RegleModificationForm, ReglePenaliteForm
from marches.models import Bareme, Clause, ReglePenalite


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.visibles_par(request.acteur).select_related("lot__marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form, marche = ReglePenaliteForm(request.POST or None), clause.lot.marche
    if request.method == "POST" and form.is_valid():
        regle = soumettre(form, lambda: actions.ajouter_regle(clause, **form.saisie(), par=request.acteur))
        if regle is not None:
            messages.success(request, "La règle de pénalité est ajoutée à la clause.")
            return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    titre = f"Ajouter une pénalité, lot {clause.lot.numero}"
    return render(request, "marches/formulaire.html", {"form": form, "titre": titre, "marche": marche})


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    regles = ReglePenalite.objects.visibles_par(request.acteur).select_related("clause__lot__marche")
    regle = get_object_or_404(regles, pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    marche = regle.clause.lot.marche
    form = RegleModificationForm(request.POST or None, instance=regle)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_regle(regle, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    contexte = {"form": form, "titre": "Modifier la pénalité", "marche": marche, "regle": regle}
    return render(request, "marches/penalite.html", contexte)


@require_POST
def retirer(request: RequeteActeur, pk: int) -> HttpResponse:
    regles = ReglePenalite.objects.visibles_par(request.acteur).select_related("clause__lot__marche")
    regle = get_object_or_404(regles, pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            actions.retirer_regle(regle, **form.cleaned_data, par=request.acteur)
            messages.success(request, "La règle de pénalité est retirée de la clause.")
        except ActionImpossible as refus:
            messages.error(request, str(refus))
    return redirect(f"{regle.clause.lot.marche.get_absolute_url()}?onglet=lots")


@require_safe
def baremes(request: RequeteActeur) -> HttpResponse:
    """Valeurs publiques, de la plus récente à la plus ancienne : tout rôle les lit."""
    valeurs = Bareme.objects.visibles_par(request.acteur)
    return render(request, "marches/baremes.html", {"valeurs": valeurs})


@require_http_methods(["GET", "HEAD", "POST"])
def bareme_creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = BaremeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        bareme = soumettre(form, lambda: actions.ajouter_bareme(**form.saisie(), par=request.acteur))
        if bareme is not None:
            messages.success(request, f"{bareme} : valeur ajoutée.")
            return redirect("marches:baremes")
    aide = "Valeur commune à toute l’instance : les calculs datés d’avant ne changent pas."
    contexte = {"form": form, "titre": "Ajouter une valeur de barème", "aide": aide, "retour": "marches:baremes"}
    return render(request, "marches/outil_formulaire.html", contexte | {"parent": "Barèmes"})
