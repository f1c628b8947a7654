"""Tout refus de l’API est un « problème » (RFC 9457), en français : `application/problem+json`.

`type` est une URN stable, à tester ; `detail` une phrase à montrer ; `erreurs` place chaque faute à son champ.
"""

from __future__ import annotations

import http
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as FautesDuModele
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion

TYPE = "application/problem+json"
URN = "urn:clauses:probleme:"
# Nom du problème et titre, par code HTTP ; les phrases du cadre sont trop courtes pour dire le remède.
TITRES = {
    400: ("saisie", "Demande incorrecte"),
    401: ("authentification", "Authentification nécessaire"),
    403: ("droit", "Droit insuffisant"),
    404: ("introuvable", "Introuvable"),
    405: ("methode", "Méthode non permise"),
    406: ("format", "Format non proposé"),
    409: ("refus", "Refus"),
    412: ("version-depassee", "La fiche a changé"),
    413: ("trop-gros", "Demande trop grosse"),
    415: ("type-du-corps", "Type de corps non lu"),
    428: ("version-attendue", "Version attendue"),
    429: ("trop-de-demandes", "Trop de demandes"),
}
PHRASES = {
    401: "Se connecter, ou présenter un jeton en cours de validité\u00a0: « Authorization: Bearer … ».",
    403: "Votre rôle, ou la portée de ce jeton, ne permet pas ce geste.",
    404: "Rien à cette adresse, ou rien que vous puissiez voir.",
    406: "L’API ne répond qu’en JSON\u00a0: demander « Accept: application/json ».",
    415: "Envoyer le corps en JSON, « Content-Type: application/json » ; avec un fichier, en « multipart/form-data ».",
}


class CorpsTropGros(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class RefusPlaces(exceptions.APIException):
    """Refus du métier sur un lot : chacun à sa ligne, « lignes.3.heures »."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, fautes: Mapping[str, Any]) -> None:
        super().__init__(dict(fautes))


class VersionAttendue(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = (
        "Une modification dit de quelle version elle part\u00a0: relire la fiche, et renvoyer son en-tête ETag "
        "dans « If-Match »."
    )


def repondre(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Gestionnaire d’exceptions de DRF : tout refus prévu devient un problème ; le reste est un défaut, et remonte."""
    reponse = exception_handler(traduite(exc), context)
    if reponse is None:
        return None
    entetes = {nom: valeur for nom, valeur in reponse.items() if nom.lower() != "content-type"}
    corps = probleme(reponse.status_code, reponse.data, exc)
    return Response(corps, status=reponse.status_code, headers=entetes, content_type=TYPE)


def traduite(exc: Exception) -> Exception:
    """L’exception de DRF qui répond le bon code ; telle quelle si DRF la connaît, ou si personne ne l’attendait."""
    match exc:
        case ConflitDeVersion():
            return _refus(status.HTTP_412_PRECONDITION_FAILED, str(exc))
        case ActionImpossible():
            return _refus(status.HTTP_409_CONFLICT, str(exc))
        case FautesDuModele():
            return exceptions.ValidationError(par_champ(exc))
        case RequestDataTooBig():
            return CorpsTropGros("Le corps dépasse ce que l’API lit d’un coup\u00a0: l’envoyer en plusieurs demandes.")
        case Http404() | PermissionDenied():
            return exc
    return exc


def _refus(code: int, phrase: str) -> exceptions.APIException:
    refus = exceptions.APIException(phrase)
    refus.status_code = code
    return refus


def par_champ(exc: FautesDuModele) -> dict[str, list[str]]:
    """Les fautes d’une règle du modèle, chacune à son champ."""
    if not hasattr(exc, "error_dict"):
        return {api_settings.NON_FIELD_ERRORS_KEY: exc.messages}
    return {
        api_settings.NON_FIELD_ERRORS_KEY if nom == NON_FIELD_ERRORS else nom: fautes
        for nom, fautes in exc.message_dict.items()
    }


def probleme(code: int, data: Any, exc: Exception | None = None) -> dict[str, Any]:
    """Le corps d’un problème. `data` : ce que DRF en dit, une phrase sous `detail` ou des fautes par champ."""
    nom, titre = TITRES.get(code, ("http", http.HTTPStatus(code).phrase))
    corps = {"type": f"{URN}{nom}", "title": titre, "status": code}
    if code in (status.HTTP_400_BAD_REQUEST, status.HTTP_409_CONFLICT) and not _est_une_phrase(data):
        erreurs = [{"champ": champ, "message": message} for champ, message in _a_plat(data)]
        suite = "une valeur est à revoir" if len(erreurs) == 1 else f"{len(erreurs)} valeurs sont à revoir"
        corps |= {"detail": f"Rien n’a été enregistré\u00a0: {suite}.", "erreurs": erreurs}
    else:
        est_dit = isinstance(exc, exceptions.AuthenticationFailed)
        corps["detail"] = str(data["detail"]) if est_dit else PHRASES.get(code) or str(data["detail"])
    if isinstance(exc, ConflitDeVersion):
        corps["version"] = exc.version
        corps["ecarts"] = [
            {"champ": champ, "enregistre": actuelle, "propose": proposee} for champ, actuelle, proposee in exc.ecarts
        ]
    return corps


def _est_une_phrase(data: Any) -> bool:
    return isinstance(data, Mapping) and isinstance(data.get("detail"), str)


def _a_plat(fautes: Any, champ: str = "") -> Iterator[tuple[str | None, str]]:
    """Chaque faute à son champ, en chemin pointé : « lignes.2.heures » ; `None` quand elle tient à l’ensemble."""
    if isinstance(fautes, Mapping):
        for nom, suite in fautes.items():
            ici = "" if nom == api_settings.NON_FIELD_ERRORS_KEY else str(nom)
            yield from _a_plat(suite, ".".join(filter(None, (champ, ici))))
    elif isinstance(fautes, Sequence) and not isinstance(fautes, str):
        for rang, suite in enumerate(fautes):
            est_un_rang = isinstance(suite, Mapping)
            yield from _a_plat(suite, ".".join(filter(None, (champ, str(rang)))) if est_un_rang else champ)
    else:
        yield champ or None, str(fautes)
