"""Une page qui se remplit pendant que le travail avance, sans script ni file d’attente (docs/adr/0025)."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string


def rendre_en_flux(
    request: HttpRequest, gabarit: str, contexte: dict[str, Any], morceaux: Generator[str, None, None]
) -> StreamingHttpResponse:
    """Envoie `gabarit` jusqu’à `{{ suite }}`, puis chaque morceau de HTML dès qu’il est prêt, puis le reste.

    Les morceaux se produisent hors de la transaction de la requête. Le navigateur parti, le générateur est fermé là où
    il en est : la transaction qu’il tient s’annule.
    """
    suite = secrets.token_hex(16)
    tete, _, pied = render_to_string(gabarit, contexte | {"suite": suite}, request).partition(suite)

    def page() -> Iterator[str]:
        yield tete
        yield from morceaux
        yield pied

    # Un mandataire qui garderait tout jusqu’à la fin ôterait son sens à la page.
    return StreamingHttpResponse(page(), headers={"X-Accel-Buffering": "no"})
