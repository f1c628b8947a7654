"""Journal d’activité des facilitateurs : liste, saisie rapide, modification."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import rendre_liste
from marches import actions
from marches.exports import COLONNES_ACTIVITES
from marches.filters import ActiviteFilter
from marches.forms.activites import ActiviteForm, ActiviteModificationForm
from marches.models import Activite
from marches.tables import ActiviteTable


def consulter(acteur: Acteur, nombre: int, filtre: str) -> None:
    """Un objet d’activité peut nommer quelqu’un : la consultation s’inscrit."""
    journaliser_lecture(
        par=acteur, action="consulter le journal d’activité", modele=Activite, nombre=nombre, filtre=filtre
    )


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_MARCHES)
    activites = Activite.objects.visibles_par(request.acteur).select_related(
        "acheteur", "entreprise", "marche", "facilitateur"
    )
    return rendre_liste(
        request,
        filtre=ActiviteFilter(request.GET, queryset=activites, request=request),
        table=ActiviteTable,
        gabarit="marches/activites.html",
        colonnes=COLONNES_ACTIVITES,
        nom="activites",
        consulter=partial(consulter, request.acteur),
        contexte={"form": ActiviteForm(acteur=request.acteur, initial={"date": timezone.localdate()})},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = ActiviteForm(request.POST or None, acteur=request.acteur, initial={"date": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        activite = soumettre(form, lambda: actions.noter_activite(**form.saisie(), par=request.acteur))
        if activite is not None:
            messages.success(request, "L’activité est notée.")
            return redirect("marches:activites")
    contexte = {"form": form, "titre": "Noter une activité", "retour": "marches:activites"}
    return render(request, "marches/outil_formulaire.html", contexte | {"parent": "Journal d’activité"})


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    visibles = Activite.objects.visibles_par(request.acteur).select_related("acheteur", "entreprise", "marche")
    activite = get_object_or_404(visibles, pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = ActiviteModificationForm(request.POST or None, instance=activite, acteur=request.acteur)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_activite(activite, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect("marches:activites")
    consulter(request.acteur, 1, "")
    contexte = {"form": form, "titre": "Modifier une activité", "retour": "marches:activites"}
    return render(request, "marches/outil_formulaire.html", contexte | {"parent": "Journal d’activité"})
