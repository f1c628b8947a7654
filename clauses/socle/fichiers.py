"""Un fichier prêt à partir, et la réponse qui le porte."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse


@dataclass(frozen=True, slots=True)
class Fichier:
    """Son contenu, son nom (qui ne dit ni entreprise ni personne) et son type MIME."""

    contenu: bytes
    nom: str
    type: str


def repondre(fichier: Fichier) -> HttpResponse:
    """Le fichier, à enregistrer."""
    en_tetes = {"Content-Disposition": f'attachment; filename="{fichier.nom}"'}
    return HttpResponse(fichier.contenu, content_type=fichier.type, headers=en_tetes)
