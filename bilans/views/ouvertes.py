"""Le schéma des données ouvertes, à joindre au fichier que l’on publie."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from bilans.donnees_ouvertes.fichiers import en_json
from bilans.donnees_ouvertes.schema import schema
from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur


@require_safe
def telecharger_le_schema(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    return HttpResponse(en_json(schema()), content_type="application/json; charset=utf-8")
