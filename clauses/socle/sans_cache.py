"""Une page vue par une personne connectée ne reste ni dans le navigateur ni dans un mandataire."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def sans_cache(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sur un poste partagé, le bouton « précédent » ne remontre pas une fiche après la déconnexion."""

    def middleware(request: HttpRequest) -> HttpResponse:
        connectee = request.user.is_authenticated
        reponse = get_response(request)
        if connectee:
            reponse["Cache-Control"] = "no-store"
        return reponse

    return middleware
