"""Pose `request.acteur` : qui agit, avec quel rôle, pour qui. Un compte sans rattachement n’entre nulle part."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clauses.comptes.models import Rattachement

CLEF_DE_SESSION = "rattachement"
# Se connecter, se déconnecter, changer de mot de passe, suivre une invitation ou un lien de dépôt reste possible sans
# rattachement ; rien d’autre. L’API refuse elle-même, en JSON : un jeton peut y dire qui agit.
SANS_ACTEUR = (
    "/api/v1/",
    "/compte/connexion/",
    "/compte/deconnexion/",
    "/compte/inactif/",
    "/compte/invitation/",
    "/compte/confirmer/",
    "/compte/mot-de-passe/",
    "/releve/",
    "/statiques/",
)


def choisir(rattachements: list[Rattachement], choisi: object) -> Rattachement | None:
    """Le rattachement gardé en session s’il vaut encore, sinon le premier."""
    return next((r for r in rattachements if r.pk == choisi), rattachements[0] if rattachements else None)


def acteur(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        rattachements = list(Rattachement.siens(request.user))
        courant = choisir(rattachements, request.session.get(CLEF_DE_SESSION))
        request.rattachements = rattachements  # type: ignore[attr-defined]
        request.rattachement = courant  # type: ignore[attr-defined]
        if courant is not None:
            request.acteur = courant.acteur()  # type: ignore[attr-defined]
        elif not request.path_info.startswith(SANS_ACTEUR):
            return render(request, "comptes/sans_acces.html", status=403)
        return get_response(request)

    return middleware
