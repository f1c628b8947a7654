"""Le corps d’une demande : du JSON strict, borné, sans clef en double."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from clauses.socle.api.problemes import CorpsTropGros

ILLISIBLE = "Le corps n’est pas du JSON lisible (UTF-8, sans marque d’ordre ni valeur hors de la norme)"


class JsonStrict(BaseParser):
    """Refuse d’une phrase ce que le lecteur ordinaire laisserait passer : NaN, clef en double, profondeur, taille."""

    media_type = "application/json"
    borne: int | None = None
    """Octets au plus ; à défaut, ce que Django lit d’un corps."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        borne = self.borne or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        lu = stream.read(borne + 1)
        if len(lu) > borne:
            raise CorpsTropGros(f"Le corps dépasse {borne // 1024} Kio\u00a0: l’envoyer en plusieurs demandes.")
        try:
            corps = json.loads(lu.decode("utf-8"), parse_constant=_refuser, object_pairs_hook=_sans_double)
        except (ValueError, RecursionError) as erreur:
            raison = f"\u00a0: {erreur}" if isinstance(erreur, _Faute) else ""
            raise ParseError(f"{ILLISIBLE}{raison}.") from erreur
        if not isinstance(corps, dict):
            raise ParseError('Le corps est un objet JSON\u00a0: {"champ": valeur, …}.')
        return corps


class _Faute(ValueError):
    """Faute dont le texte se dit tel quel."""


def _refuser(constante: str) -> None:
    raise _Faute(f"{constante} n’est pas un nombre")


def _sans_double(paires: list[tuple[str, Any]]) -> dict[str, Any]:
    objet = dict(paires)
    if len(objet) < len(paires):
        noms = [nom for nom, _ in paires]
        double = next(nom for nom in noms if noms.count(nom) > 1)
        raise _Faute(f"« {double} » y est deux fois")
    return objet
