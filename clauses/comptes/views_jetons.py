"""Accès à l’API : les jetons d’une personne, les intégrations d’une structure."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clauses.comptes import actions
from clauses.comptes.acteurs import Droit
from clauses.comptes.forms import IntegrationForm, JetonForm
from clauses.comptes.lecture_jetons import integrations as les_integrations
from clauses.comptes.lecture_jetons import siens
from clauses.comptes.models import Jeton, Rattachement
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre


@require_http_methods(["GET", "HEAD", "POST"])
def jetons(request: RequeteActeur) -> HttpResponse:
    """Les jetons de qui est connecté ; en créer un de plus."""
    request.acteur.exiger(Droit.GERER_SES_JETONS)
    form = JetonForm(request.POST or None, role=request.acteur.role)
    if request.method == "POST" and form.is_valid():
        cree = soumettre(form, lambda: actions.creer_jeton(**form.cleaned_data, par=request.acteur))
        if cree is not None:
            return montrer_une_fois(request, *cree, retour=reverse("jetons"))
    return render(request, "comptes/jetons.html", {"form": form, "jetons": siens(request.acteur)})


@require_http_methods(["GET", "HEAD", "POST"])
def integrations(request: RequeteActeur) -> HttpResponse:
    """Les programmes qui ont accès à la structure ; en ajouter un."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = IntegrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cree = soumettre(form, lambda: actions.creer_integration(**form.cleaned_data, par=request.acteur))
        if cree is not None:
            return montrer_une_fois(request, *cree, retour=reverse("integrations"))
    contexte = {"form": form, "integrations": les_integrations(request.acteur)}
    return render(request, "comptes/integrations.html", contexte)


@require_POST
def renouveler(request: RequeteActeur, pk: int) -> HttpResponse:
    """Un jeton neuf pour une intégration ; le précédent cesse à l’instant."""
    rattachement = get_object_or_404(Rattachement.objects.visibles_par(request.acteur), pk=pk)
    try:
        cree = actions.renouveler_integration(rattachement, par=request.acteur)
    except ActionImpossible as refus:
        messages.error(request, str(refus))
        return redirect("integrations")
    return montrer_une_fois(request, *cree, retour=reverse("integrations"))


@require_POST
def revoquer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ferme un jeton ; celui d’une intégration la ferme."""
    visibles = Jeton.objects.visibles_par(request.acteur).select_related("rattachement__utilisateur")
    jeton = get_object_or_404(visibles, pk=pk)
    actions.revoquer_jeton(jeton, par=request.acteur)
    messages.success(request, f"« {jeton.nom} » est révoqué : l’API le refuse à l’instant.")
    return redirect("integrations" if jeton.rattachement.utilisateur.est_integration else "jetons")


def montrer_une_fois(request: RequeteActeur, jeton: Jeton, texte: str, *, retour: str) -> HttpResponse:
    """La seule réponse qui porte le secret : ni gardée en cache, ni retrouvée par « Précédent »."""
    adresse = request.build_absolute_uri(reverse("api:marche-list"))
    contexte = {"jeton": jeton, "texte": texte, "adresse": adresse, "retour": retour}
    reponse = render(request, "comptes/jeton_cree.html", contexte)
    reponse["Cache-Control"] = "no-store"
    return reponse
