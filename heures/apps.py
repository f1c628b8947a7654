"""Application « heures »."""

from __future__ import annotations

from django.apps import AppConfig


class HeuresConfig(AppConfig):
    name = "heures"
