"""Application « entreprises »."""

from __future__ import annotations

from django.apps import AppConfig


class EntreprisesConfig(AppConfig):
    name = "entreprises"
