"""Le PDF : un modèle Typst et des données. Les données ne sont jamais du code : elles passent en JSON, à part.

PDF/UA-1 (balisé, langue, titre), polices embarquées dans Typst, horodatage donné : mêmes données, mêmes octets.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from bilans.documents.piece import Piece
from clauses.socle.erreurs import ActionImpossible

MODELES = Path(__file__).parent / "modeles"


@lru_cache(maxsize=1)
def polices() -> typst.Fonts:
    """Celles de Typst et aucune autre : le document est le même sur toutes les machines."""
    return typst.Fonts(include_system_fonts=False)


@lru_cache
def modele(nom: str) -> bytes:
    return (MODELES / nom).read_bytes()


def en_pdf(piece: Piece, *, instant: datetime.datetime) -> bytes:
    """Le document en PDF/UA-1. Lève `ActionImpossible` s’il ne peut pas être composé."""
    try:
        return composer("piece.typ", piece.en_clair(), instant=instant)
    except typst.TypstError as erreur:
        raise ActionImpossible(
            "Ce document n’a pas pu être composé. Vérifier le logo et l’en-tête dans les réglages, puis recommencer."
        ) from erreur


def composer(nom: str, donnees: Mapping[str, Any], *, instant: datetime.datetime) -> bytes:
    """Un modèle et ses données en PDF/UA-1. Lève `typst.TypstError` si le modèle ne peut pas les mettre en page."""
    contenu: bytes = typst.compile(
        modele(nom),
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"donnees": json.dumps(donnees, ensure_ascii=False)},
        font_paths=polices(),
        ignore_system_fonts=True,
        timestamp=int(instant.timestamp()),
    )
    return contenu
