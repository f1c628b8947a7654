"""Les relevés d’une entreprise connectée : les lister, les remplir et les corriger depuis son compte."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from heures import actions
from heures.lecture_espace import releves_demandes
from heures.models import DemandeReleve, Releve
from heures.views.depots import Porte, montrer_le_recu, remplir


def porte_du_compte(request: RequeteActeur, pk: int) -> Porte:
    """Le relevé de l’entreprise (404), le droit de le remplir (403), puis sa demande (404 s’il n’est pas demandé)."""
    releve = get_object_or_404(Releve.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.REMPLIR_RELEVE)
    devant = request.acteur.devant(releve.pk)
    demandes = DemandeReleve.objects.visibles_par(devant).select_related(
        "releve__structure", "releve__engagement__entreprise", "releve__engagement__clause__lot__marche"
    )
    demande = demandes.order_by("-demandee_le", "-pk").first()
    if demande is None:
        raise Http404
    deposer = partial(actions.deposer_depuis_un_compte, demande, par=request.acteur)
    return Porte(
        demande=demande,
        acteur=devant,
        gabarit="depots/compte.html",
        releve=reverse("heures:mon_releve", args=[pk]),
        recu=reverse("heures:mon_recu", args=[pk]),
        par_ou="depuis son compte",
        deposer=lambda depot, version: deposer(depot, version=version),
        deposant=str(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def releve(request: RequeteActeur, pk: int) -> HttpResponse:
    return remplir(request, porte_du_compte(request, pk))


@require_safe
def recu(request: RequeteActeur, pk: int) -> HttpResponse:
    return montrer_le_recu(request, porte_du_compte(request, pk))


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    """Tous les relevés demandés à l’entreprise, du plus récent au plus ancien, par engagement."""
    request.acteur.exiger(Droit.REMPLIR_RELEVE)
    releves = releves_demandes(par=request.acteur, le=timezone.localdate())
    return render(request, "espaces/releves.html", {"releves": releves})
