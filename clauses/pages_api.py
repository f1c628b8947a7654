"""Les pages qui expliquent l’API : un guide court, et la référence, lue du schéma que l’application sert."""

from __future__ import annotations

import functools

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clauses.comptes.requetes import RequeteActeur
from clauses.reference import Objet, objets
from clauses.schema import schema_servi
from clauses.socle.api.problemes import TITRES, URN


@functools.cache
def reference_lue() -> list[Objet]:
    """Le schéma ne change pas pendant la vie du processus : on le lit une fois."""
    return objets(schema_servi())


@require_safe
def guide(request: RequeteActeur) -> HttpResponse:
    """Brancher un tableur ou un autre logiciel, en quelques pas."""
    problemes = [(code, f"{URN}{nom}", titre) for code, (nom, titre) in TITRES.items()]
    adresse = request.build_absolute_uri("/api/v1/")
    return render(request, "api/guide.html", {"adresse": adresse, "problemes": problemes})


@require_safe
def reference(request: RequeteActeur) -> HttpResponse:
    """Chaque adresse de l’API : ce qu’elle attend, ce qu’elle rend, un exemple."""
    return render(request, "api/reference.html", {"objets": reference_lue()})
