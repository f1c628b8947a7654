"""Les relevés d’une entreprise connectée : les lister, les remplir et les corriger depuis son compte."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from heures.acces_releve import depuis_un_compte
from heures.lecture_espace import releves_demandes
from heures.views.depots import Porte, montrer_le_recu, remplir


def porte_du_compte(request: RequeteActeur, pk: int) -> Porte:
    return Porte(
        acces=depuis_un_compte(pk, par=request.acteur, deposant=str(request.user)),
        gabarit="depots/compte.html",
        releve=reverse("heures:mon_releve", args=[pk]),
        recu=reverse("heures:mon_recu", args=[pk]),
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
