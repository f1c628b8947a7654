"""Pages d’assemblage : accueil et pages d’erreur."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clauses.comptes.requetes import RequeteActeur


@require_safe
def accueil(request: RequeteActeur) -> HttpResponse:
    return render(request, "accueil.html")


def jeton_perime(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Formulaire envoyé sans jeton valable : session expirée, ou page ouverte depuis trop longtemps."""
    return render(request, "403_jeton.html", status=403)
