"""La porte sans compte : un lien ouvre le relevé d’une demande, et rien d’autre (docs/adr/0015)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.actions import acteur_de_lien
from heures import actions
from heures.acces_releve import AccesReleve
from heures.liens import demande_du_jeton
from heures.models import DemandeReleve
from heures.views.depots import Porte, montrer_le_recu, remplir

VueDeLien = Callable[[HttpRequest, Porte], HttpResponse]
EN_TETES = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def par_lien(vue: VueDeLien) -> Callable[..., HttpResponse]:
    """La porte d’un lien : débit limité, même page pour tout lien qui n’ouvre rien, rien en cache ni au-dehors.

    Le jeton de formulaire (CSRF) est sans objet : la page n’agit au nom d’aucune session, et `no-referrer` fait
    envoyer au navigateur une origine nulle, que ce contrôle refuserait.
    """

    @wraps(vue)
    def porte(request: HttpRequest, jeton: str) -> HttpResponse:
        reponse = _ouvrir(request, jeton, vue)
        for nom, valeur in EN_TETES.items():
            reponse[nom] = valeur
        return reponse

    return login_not_required(csrf_exempt(porte))


def _ouvrir(request: HttpRequest, jeton: str, vue: VueDeLien) -> HttpResponse:
    admise = ratelimit.consume(
        request, app="clauses", action="lien", config=settings.CLAUSES_DEBIT_DES_LIENS, key=jeton, limit_get=True
    )
    if not admise:
        reponse: HttpResponse = ratelimit.respond_429(request)
        return reponse
    demande = demande_du_jeton(jeton)
    if demande is None:
        return render(request, "depots/ferme.html", status=404)
    return vue(request, _porte(demande, jeton))


def _porte(demande: DemandeReleve, jeton: str) -> Porte:
    acteur = acteur_de_lien(
        structure_id=demande.structure_id,
        entreprise_id=demande.releve.engagement.entreprise_id,
        releve_id=demande.releve_id,
    )
    deposer = partial(actions.deposer, demande, par=acteur)
    acces = AccesReleve(
        demande=demande,
        acteur=acteur,
        par_ou="par son lien",
        deposer=lambda depot, version: deposer(depot, version=version),
    )
    return Porte(
        acces=acces,
        gabarit="depots/base.html",
        releve=reverse("lien:releve", args=[jeton]),
        recu=reverse("lien:recu", args=[jeton]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@par_lien
def releve(request: HttpRequest, porte: Porte) -> HttpResponse:
    return remplir(request, porte)


@require_safe
@par_lien
def recu(request: HttpRequest, porte: Porte) -> HttpResponse:
    return montrer_le_recu(request, porte)
