"""Pages des notifications sortantes, dans les réglages de la structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.crochets import actions
from clauses.crochets.forms import CrochetForm, CrochetModificationForm
from clauses.crochets.models import Crochet, Livraison
from clauses.crochets.signature import secret_de
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre

LIVRAISONS_PAR_PAGE = 25


def _crochet(request: RequeteActeur, pk: int) -> Crochet:
    """Le crochet, dans le périmètre ; 404 dehors, 403 dedans sans le droit."""
    crochet = get_object_or_404(Crochet.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    return crochet


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    crochets = Crochet.objects.visibles_par(request.acteur)
    return render(request, "crochets/liste.html", {"crochets": crochets, "maximum": actions.CROCHETS_MAX})


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    """Le secret se montre dans la réponse même : ni session, ni adresse, ni seconde fois."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = CrochetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        crochet = soumettre(form, lambda: actions.creer_crochet(**form.saisie(), par=request.acteur))
        if crochet is not None:
            return _montrer_le_secret(request, crochet)
    contexte = {"form": form, "titre": "Ajouter une notification", "retour": reverse("crochets:liste")}
    return render(request, "crochets/formulaire.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    crochet = _crochet(request, pk)
    form = CrochetModificationForm(request.POST or None, instance=crochet)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_crochet(crochet, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(crochet)
    contexte = {"form": form, "titre": "Modifier la notification", "retour": crochet.get_absolute_url()}
    return render(request, "crochets/formulaire.html", contexte)


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    crochet = _crochet(request, pk)
    livraisons = Livraison.objects.visibles_par(request.acteur).filter(crochet=crochet)
    page = Paginator(livraisons, LIVRAISONS_PAR_PAGE).get_page(request.GET.get("page"))
    return render(request, "crochets/fiche.html", {"crochet": crochet, "page": page})


@require_POST
def renouveler(request: RequeteActeur, pk: int) -> HttpResponse:
    crochet = _crochet(request, pk)
    return _montrer_le_secret(request, actions.renouveler_le_secret(crochet, par=request.acteur))


@require_POST
def suspendre(request: RequeteActeur, pk: int) -> HttpResponse:
    return _geste(request, _crochet(request, pk), actions.suspendre, "Plus rien ne part à cette adresse.")


@require_POST
def reprendre(request: RequeteActeur, pk: int) -> HttpResponse:
    return _geste(request, _crochet(request, pk), actions.reprendre, "Les notifications partent de nouveau.")


@require_POST
def essayer(request: RequeteActeur, pk: int) -> HttpResponse:
    return _geste(request, _crochet(request, pk), actions.essayer, "Essai envoyé : son résultat est ci-dessous.")


@require_POST
def renvoyer(request: RequeteActeur, pk: int) -> HttpResponse:
    livraisons = Livraison.objects.visibles_par(request.acteur).select_related("crochet")
    livraison = get_object_or_404(livraisons, pk=pk)

    def geste(_: Crochet, *, par: Acteur) -> Livraison:
        return actions.renvoyer(livraison, par=par)

    return _geste(request, livraison.crochet, geste, "Livraison renvoyée : son résultat est ci-dessous.")


def _geste(request: RequeteActeur, crochet: Crochet, geste: Callable[..., Any], fait: str) -> HttpResponse:
    try:
        geste(crochet, par=request.acteur)
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, fait)
    return redirect(crochet)


def _montrer_le_secret(request: RequeteActeur, crochet: Crochet) -> HttpResponse:
    return render(request, "crochets/secret.html", {"crochet": crochet, "secret": secret_de(crochet.sel)})
