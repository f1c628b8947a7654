"""Ce que partagent les commandes d’administration : trouver la structure, écrire un fichier sans jamais l’abîmer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

from clauses.comptes.models import Structure


def trouver_structure(sigle: str) -> Structure:
    """La structure de ce sigle ; lève `CommandError`, en citant celles qui existent."""
    structure = Structure.objects.filter(sigle=sigle).first()
    if structure is None:
        connues = ", ".join(Structure.objects.values_list("sigle", flat=True)) or "aucune"
        raise CommandError(f"Aucune structure ne porte le sigle « {sigle} ». Structures connues : {connues}.")
    return structure


@contextmanager
def fichier_remplace(sortie: Path) -> Iterator[IO[bytes]]:
    """Un fichier à écrire à côté de `sortie`, qui la remplace à la fin : un échec laisse intact celui d’avant.

    Lève `CommandError` si le disque ou les droits s’y opposent.
    """
    provisoire: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=sortie.parent, prefix=f".{sortie.name}.", delete=False) as fichier:
            provisoire = Path(fichier.name)
            yield fichier
        provisoire.chmod(0o666 & ~_umask())
        provisoire.replace(sortie)
    except OSError as erreur:
        raise CommandError(f"Le fichier « {sortie} » ne peut pas être écrit : {erreur.strerror}.") from erreur
    finally:
        if provisoire is not None:
            provisoire.unlink(missing_ok=True)


def _umask() -> int:
    masque = os.umask(0)
    os.umask(masque)
    return masque
