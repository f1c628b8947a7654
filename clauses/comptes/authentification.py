"""Authentification de l’API par jeton : « Authorization: Bearer clauses_… ». Sans lui, la session décide.

DRF importe ce module pendant qu’il définit APIView : n’importer ici ni vues ni sérialiseurs DRF, ni modèles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    from clauses.comptes.models import Jeton, Utilisateur

# Une seule phrase : elle ne dit pas si le jeton a existé.
REFUS = "Ce jeton n’est pas valable, ou ne l’est plus\u00a0: en créer un autre dans «\u00a0Accès à l’API\u00a0»."
DANS_L_ADRESSE = (
    "Un jeton ne se met pas dans l’adresse, que gardent journaux et historiques\u00a0: l’envoyer dans l’en-tête "
    "«\u00a0Authorization: Bearer …\u00a0», et révoquer celui-ci."
)
PARAMETRES = ("token", "jeton", "access_token")


def presente(request: HttpRequest) -> str | None:
    """Ce que porte l’en-tête « Authorization: Bearer … » ; `None` sans lui."""
    schema, _, valeur = request.headers.get("Authorization", "").partition(" ")
    return valeur.strip() if schema.lower() == "bearer" else None


class ParJeton(BaseAuthentication):
    """`middleware_api` a reconnu le jeton ; ici, il devient l’acteur. Sans cet intergiciel, rien ne passe."""

    def authenticate(self, request: Request) -> tuple[Utilisateur, Jeton] | None:
        if any(nom in request.query_params for nom in PARAMETRES):
            raise ParseError(DANS_L_ADRESSE)
        recue = request._request  # noqa: SLF001 — `jeton` et `acteur` sont sur la requête de Django
        if presente(recue) is None:
            return None
        jeton: Jeton | None = getattr(recue, "jeton", None)
        if jeton is None:
            raise AuthenticationFailed(REFUS)
        recue.acteur = jeton.acteur()  # type: ignore[attr-defined]
        return jeton.rattachement.utilisateur, jeton

    def authenticate_header(self, request: Request) -> str:
        """Avec cet en-tête, DRF répond 401 à qui n’est pas authentifié, et non 403."""
        return "Bearer"
