"""Un fichier prêt à partir, et la réponse qui le porte."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.http import content_disposition_header


@dataclass(frozen=True, slots=True)
class Fichier:
    """Son contenu, son nom (qui ne dit ni entreprise ni personne) et son type MIME."""

    contenu: bytes
    nom: str
    type: str


def repondre(fichier: Fichier) -> HttpResponse:
    """Le fichier, à enregistrer."""
    disposition = content_disposition_header(as_attachment=True, filename=fichier.nom)
    return HttpResponse(fichier.contenu, content_type=fichier.type, headers={"Content-Disposition": disposition})
