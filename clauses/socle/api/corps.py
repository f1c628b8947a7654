"""Le corps d’une demande : du JSON strict, borné, sans clef en double ; ou un formulaire qui porte un fichier."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from clauses.socle.api.problemes import CorpsTropGros

# Un objet, un booléen, un entier qu’une base sait porter : le reste d’un formulaire est du texte.
COMME_EN_JSON = re.compile(r"\{|(?:true|false|0|-?[1-9][0-9]{0,18})\Z")
ILLISIBLE = "Le corps n’est pas du JSON lisible (UTF-8, sans marque d’ordre ni valeur hors de la norme)"


class JsonStrict(BaseParser):
    """Refuse d’une phrase ce que le lecteur ordinaire laisserait passer : NaN, clef en double, profondeur, taille."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        borne = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        lu = stream.read(borne + 1)
        if len(lu) > borne:
            raise CorpsTropGros(f"Le corps dépasse {borne // 1024} Kio\u00a0: l’envoyer en plusieurs demandes.")
        try:
            corps = _lire(lu.decode("utf-8"))
        except (ValueError, RecursionError) as erreur:
            raison = f"\u00a0: {erreur}" if isinstance(erreur, _Faute) else ""
            raise ParseError(f"{ILLISIBLE}{raison}.") from erreur
        if not isinstance(corps, dict):
            raise ParseError('Le corps est un objet JSON\u00a0: {"champ": valeur, …}.')
        return corps


class Formulaire(MultiPartParser):
    """Un fichier et ses options, écrites comme dans un corps JSON : `true`, `12`, `{…}` ; le reste est du texte."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        lu = super().parse(stream, media_type, parser_context)
        recus = [fichier for _, fichiers in lu.files.lists() for fichier in fichiers]
        try:
            return _a_plat(lu.data, lu.files, recus)
        finally:
            for fichier in recus:
                fichier.close()


def _a_plat(options: Any, fichiers: Any, recus: list[Any]) -> dict[str, Any]:
    """Chaque option, lue ; et le fichier, que le téléversement a borné, tenu en mémoire."""
    doubles = [nom for nom, valeurs in options.lists() if len(valeurs) > 1 or nom in fichiers]
    if doubles:
        raise ParseError(f"« {doubles[0]} » y est deux fois.")
    if len(recus) > 1:
        raise ParseError("Un seul fichier par demande.")
    tenus = {nom: SimpleUploadedFile(f.name, f.read(), f.content_type) for nom, f in fichiers.items()}
    return {nom: _option(nom, str(texte)) for nom, texte in options.items()} | tenus


def _option(nom: str, texte: str) -> Any:
    """La valeur d’une option ; un texte reste un texte."""
    if not COMME_EN_JSON.match(texte):
        return texte
    try:
        return _lire(texte)
    except (ValueError, RecursionError) as erreur:
        raise ParseError(f"« {nom} » n’est pas du JSON lisible.") from erreur


def _lire(texte: str) -> Any:
    return json.loads(texte, parse_constant=_refuser, object_pairs_hook=_sans_double)


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
