"""Application du référentiel territorial."""

from __future__ import annotations

from django.apps import AppConfig


class TerritoiresConfig(AppConfig):
    name = "clauses.territoires"
    label = "territoires"
    verbose_name = "territoires"
