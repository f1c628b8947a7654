"""La date à laquelle on regarde : celle de l’adresse, sinon aujourd’hui."""

from __future__ import annotations

import datetime

from django.http import HttpRequest
from django.utils import timezone

from clauses.socle.conversions import ValeurRefusee, vers_date


def date_choisie(request: HttpRequest, nom: str = "au") -> datetime.date:
    """Paramètre `au` de l’adresse (AAAA-MM-JJ ou JJ/MM/AAAA) ; illisible ou absent : aujourd’hui."""
    try:
        return vers_date(request.GET.get(nom, "")) or timezone.localdate()
    except ValeurRefusee:
        return timezone.localdate()
