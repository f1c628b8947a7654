"""Les listes de l’API : curseur, tri, champs choisis ; un paramètre inconnu se refuse, l’ignorer tromperait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError as FautesDuModele
from django.db.models import QuerySet
from django.http import QueryDict
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

CHAMPS, CURSEUR, TAILLE, TRI = "champs", "curseur", "taille", "tri"


class Curseur(CursorPagination):
    """Parcours au curseur : une page ne se décale pas quand une fiche s’ajoute pendant la lecture."""

    ordering = "-pk"
    page_size = 50
    max_page_size = 200
    cursor_query_param = CURSEUR
    page_size_query_param = TAILLE
    cursor_query_description = "Où reprendre : l’adresse « next » ou « previous » d’une page déjà lue le porte."
    page_size_query_description = "Nombre de fiches par page : 50 sans le dire, 200 au plus."
    invalid_cursor_message = "Ce curseur ne se lit pas : repartir de la première page."

    def get_page_size(self, request: Request) -> int:
        lue = request.query_params.get(TAILLE)
        if lue is None:
            return self.page_size
        if not (lue.isascii() and lue.isdecimal() and 1 <= int(lue[:9]) <= self.max_page_size):
            raise ValidationError({TAILLE: [f"Un nombre de 1 à {self.max_page_size}."]})
        return int(lue)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        adresse = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": adresse, "previous": adresse, "results": schema},
        }

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        """Une page. Un curseur fabriqué se refuse, qu’il ne se décode pas ou qu’il porte une valeur impossible."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, FautesDuModele) as erreur:
            raise ValidationError({CURSEUR: [self.invalid_cursor_message]}) from erreur

    def decode_cursor(self, request: Request) -> Any:
        curseur = super().decode_cursor(request)
        if curseur is not None and "\x00" in str(curseur.position):
            raise NotFound
        return curseur

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """Le tri demandé (`-` : décroissant), puis le numéro, qui départage ; seuls les champs de `view.tris`."""
        lu = request.query_params.get(TRI)
        if lu is None:
            return (self.ordering,)
        if lu.removeprefix("-") not in view.tris:
            possibles = ", ".join(view.tris) or "aucun"
            raise ValidationError({TRI: [f"Tri inconnu. Possibles, avec « - » devant pour décroître : {possibles}."]})
        return (lu, self.ordering)


def verifier_les_parametres(lus: QueryDict, connus: Iterable[str]) -> None:
    """Lève `ValidationError` : paramètre inconnu, ou donné deux fois."""
    connus = sorted(set(connus))
    fautes = {
        nom: [f"Paramètre inconnu. Connus : {', '.join(connus) or 'aucun'}."] for nom in lus if nom not in connus
    }
    fautes |= {nom: ["Donné deux fois."] for nom in connus if len(lus.getlist(nom)) > 1}
    if fautes:
        raise ValidationError(fautes)


def champs_choisis(request: Request, connus: Sequence[str]) -> list[str]:
    """Les champs demandés par « ?champs=id,objet », dans l’ordre de la fiche ; tous sans le dire."""
    lus = request.query_params.get(CHAMPS)
    if lus is None:
        return list(connus)
    demandes = {nom.strip() for nom in lus.split(",")}
    if inconnus := sorted(demandes - set(connus)):
        phrase = f"Champ inconnu : {', '.join(inconnus) or 'vide'}. Connus : {', '.join(connus)}."
        raise ValidationError({CHAMPS: [phrase]})
    return [nom for nom in connus if nom in demandes]
