"""Clauses d’un lot, leur objectif et leurs règles de pénalité."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from marches import actions
from marches.forms.clauses import ClauseForm, ClauseModificationForm
from marches.forms.objectifs import FactureForm
from marches.models import Clause, Lot, Marche
from marches.objectifs_lus import objectif_de

ADAPTER = "adapter"


def formulaire(request: RequeteActeur, classe: type[ClauseForm], **options: Any) -> ClauseForm:
    """Le formulaire de la requête ; « Adapter » le représente avec les champs du type choisi, sans rien contrôler."""
    if ADAPTER in request.POST:
        return classe(initial=request.POST.dict(), **options)
    return classe(request.POST or None, **options)


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    lot = get_object_or_404(Lot.objects.visibles_par(request.acteur).select_related("marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = formulaire(request, ClauseForm)
    if form.is_bound and form.is_valid():
        clause = soumettre(form, lambda: actions.definir_clause(lot, **form.saisie(), par=request.acteur))
        if clause is not None:
            messages.success(request, f"La clause du lot {lot.numero} est définie. Engagez maintenant une entreprise.")
            return redirect(f"{lot.marche.get_absolute_url()}?onglet=lots")
    return page(request, form, f"Définir la clause du lot {lot.numero}", lot.marche)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.visibles_par(request.acteur).select_related("lot__marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    marche, titre = clause.lot.marche, f"Modifier la clause du lot {clause.lot.numero}"
    form = formulaire(request, ClauseModificationForm, instance=clause)
    if (
        form.is_bound
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_clause(clause, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(f"{marche.get_absolute_url()}?onglet=lots")
    return page(request, form, titre, marche)


def page(request: RequeteActeur, form: ClauseForm, titre: str, marche: Marche) -> HttpResponse:
    return render(request, "marches/clause.html", {"form": form, "titre": titre, "marche": marche})


@require_safe
def objectif(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ce que la clause demande, le calcul étape par étape, et les mouvements qu’il propose."""
    clauses = Clause.objects.visibles_par(request.acteur).select_related("lot__marche__acheteur", "structure")
    clause = get_object_or_404(clauses, pk=pk)
    contexte = {
        "clause": clause,
        "marche": clause.lot.marche,
        "objectif": objectif_de(clause, par=request.acteur, au=timezone.localdate()),
    }
    return render(request, "marches/objectif.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def facture_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.visibles_par(request.acteur).select_related("lot__marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = FactureForm(request.POST or None, clause=clause, acteur=request.acteur)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.enregistrer_facture(**form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Le montant est enregistré ; le grand livre suit.")
        return redirect("marches:clause_objectif", pk=clause.pk)
    titre = f"Enregistrer un montant, lot {clause.lot.numero}"
    return render(request, "marches/formulaire.html", {"form": form, "titre": titre, "marche": clause.lot.marche})
