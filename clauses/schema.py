"""Le document OpenAPI de l’API, tiré une fois de ses vues : il ne change pas pendant la vie du processus."""

from __future__ import annotations

import functools
from typing import Any

from drf_spectacular.generators import SchemaGenerator


@functools.cache
def schema_servi() -> dict[str, Any]:
    """Le document entier, en objets JSON ; à ne pas modifier."""
    generateur: Any = SchemaGenerator
    document: dict[str, Any] = generateur().get_schema(request=None, public=True)
    return document
