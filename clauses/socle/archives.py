"""Écrire une archive ZIP de classeurs, ou de pièces. Aucune ne se lit ici : un fichier reçu passe par le lecteur."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from django.http import FileResponse

from clauses.socle.exports import Feuille, ecrire_xlsx


def ecrire_zip(fichier: IO[bytes], pieces: Mapping[str, bytes]) -> None:
    """Écrit chaque pièce sous son nom."""
    with zipfile.ZipFile(fichier, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in pieces.items():
            archive.writestr(nom, contenu)


def repondre_zip(classeurs: Iterable[tuple[str, Sequence[Feuille]]], nom: str) -> FileResponse:
    """Archive en pièce jointe, écrite dans un fichier temporaire ; chaque classeur est nommé sans extension."""
    fichier = tempfile.SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 — la réponse le ferme une fois envoyée
    # Un classeur est déjà compressé.
    with zipfile.ZipFile(fichier, "w", zipfile.ZIP_STORED) as archive:
        for nom_du_classeur, feuilles in classeurs:
            with tempfile.SpooledTemporaryFile(max_size=2**20) as classeur:
                ecrire_xlsx(classeur, feuilles)
                classeur.seek(0)
                archive.writestr(f"{nom_du_classeur}.xlsx", classeur.read())
    fichier.seek(0)
    return FileResponse(fichier, as_attachment=True, filename=f"{nom}.zip", content_type="application/zip")
