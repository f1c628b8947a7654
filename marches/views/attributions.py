"""Attribution d’un lot : titulaire seul, ou groupement et sous-traitants."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from marches import actions
from marches.fiches import par_role
from marches.forms.creation import Groupement
from marches.models import Attribution, Lot


@require_http_methods(["GET", "HEAD", "POST"])
def attribuer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ajoute une entreprise au lot ; la page se représente, pour composer un groupement d’affilée."""
    lot = get_object_or_404(Lot.objects.visibles_par(request.acteur).select_related("marche"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    etapes = Groupement(request.POST or None, acteur=request.acteur)
    if request.method == "POST" and etapes.sont_valides():
        ajoutee = etapes.soumettre(lambda: actions.ajouter_au_groupement(lot, **etapes.saisie(), par=request.acteur))
        if ajoutee is not None:
            messages.success(request, f"{ajoutee.entreprise} est maintenant {ajoutee.get_role_display().lower()}.")
            return redirect("marches:attribuer", pk=lot.pk)
    attributions = Attribution.objects.visibles_par(request.acteur).filter(lot=lot).select_related("entreprise")
    contexte = {"etapes": etapes, "lot": lot, "marche": lot.marche, "attributions": par_role(attributions)}
    return render(request, "marches/attribuer.html", contexte)
