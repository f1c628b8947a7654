"""Ce que rend l’API quand ce n’est pas du JSON : un fichier."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from bilans.fichiers import TYPES, verifier_le_format
from clauses.socle.erreurs import ActionImpossible

FORMAT = OpenApiParameter("format", str, description="Format du fichier ; le premier que ce bilan écrit sans le dire.")
# Le JSON d’un bilan est la réponse ordinaire de l’API.
EN_FICHIER = {format_: type_.split(";")[0] for format_, type_ in TYPES.items() if format_ != "json"}
FICHIERS = {(200, type_): OpenApiTypes.BINARY for type_ in EN_FICHIER.values()}


def format_demande(lus: QueryDict, formats: Collection[str]) -> str:
    """Le format de l’adresse, parmi ceux que ce bilan écrit. Lève `ValidationError`."""
    possibles = [format_ for format_ in formats if format_ in EN_FICHIER]
    demande = lus.get(FORMAT.name, possibles[0])
    try:
        verifier_le_format(demande, possibles)
    except ActionImpossible as refus:
        raise ValidationError({FORMAT.name: [str(refus)]}) from refus
    return demande
