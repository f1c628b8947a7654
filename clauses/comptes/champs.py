"""Champs communs aux modèles : l’auteur d’un geste."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def auteur(libelle: str, **options: Any) -> Any:
    """Clef vers la personne qui a fait un geste ; elle va avec l’instant du même nom (`x_le`, `x_par`)."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=libelle, on_delete=models.PROTECT, related_name="+", **options
    )
