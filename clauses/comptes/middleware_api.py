"""Ce que l’API écrit de ses appels, avant d’ouvrir la transaction de la vue : le débit et le dernier usage d’un jeton.

Dans la transaction, une demande refusée s’annulerait avec son compte, et deux demandes d’un même jeton s’attendraient.
Avant la lecture seule : aucune exception à lui ajouter.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clauses.comptes import debit
from clauses.comptes.authentification import presente
from clauses.comptes.jetons import noter_l_usage, reconnaitre

RACINE = "/api/"
LECTURES = ("GET", "HEAD", "OPTIONS")


def api(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Pose `request.jeton` (celui qui a été reconnu, ou `None`) et `request.attente` (secondes, si c’est trop)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(RACINE):
            return get_response(request)
        texte = presente(request)
        jeton = None if texte is None else reconnaitre(texte)
        appelant = None
        if jeton is not None:
            noter_l_usage(jeton)
            appelant = f"jeton:{jeton.pk}"
        elif texte is None and request.user.is_authenticated:
            appelant = f"compte:{request.user.pk}"
        request.jeton = jeton  # type: ignore[attr-defined]
        request.attente = None if appelant is None else compter(appelant, request.method)  # type: ignore[attr-defined]
        reponse = get_response(request)
        reponse["Cache-Control"] = "no-store"
        return reponse

    return middleware


def compter(appelant: str, methode: str | None) -> int | None:
    """Secondes à attendre si l’appelant a atteint sa limite ; lire et écrire se comptent à part."""
    sorte = "lecture" if methode in LECTURES else "ecriture"
    limite = settings.CLAUSES_DEBIT_DE_L_API[sorte]
    return None if debit.accepter(f"{appelant}:{sorte}", limite=limite) else debit.attente()
