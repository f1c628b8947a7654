"""Le PDF : un modèle Typst et des données. Les données ne sont jamais du code : elles passent en JSON, à part.

PDF/UA-1 (balisé, langue, titre), polices embarquées dans Typst, horodatage donné : mêmes données, mêmes octets.
"""

from __future__ import annotations

import datetime
import json
from functools import lru_cache
from pathlib import Path

import typst

from bilans.documents.piece import Piece
from clauses.socle.erreurs import ActionImpossible

MODELE = Path(__file__).parent / "modeles" / "piece.typ"


@lru_cache(maxsize=1)
def polices() -> typst.Fonts:
    """Celles de Typst et aucune autre : le document est le même sur toutes les machines."""
    return typst.Fonts(include_system_fonts=False)


@lru_cache(maxsize=1)
def modele() -> bytes:
    return MODELE.read_bytes()


def en_pdf(piece: Piece, *, instant: datetime.datetime) -> bytes:
    """Le document en PDF/UA-1. Lève `ActionImpossible` s’il ne peut pas être composé."""
    donnees = json.dumps(piece.en_clair(), ensure_ascii=False)
    try:
        contenu: bytes = typst.compile(
            modele(),
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"donnees": donnees},
            font_paths=polices(),
            ignore_system_fonts=True,
            timestamp=int(instant.timestamp()),
        )
    except typst.TypstError as erreur:
        raise ActionImpossible(
            "Ce document n’a pas pu être composé. Vérifier le logo et l’en-tête dans les réglages, puis recommencer."
        ) from erreur
    return contenu
