"""Application « marches »."""

from __future__ import annotations

from django.apps import AppConfig


class MarchesConfig(AppConfig):
    name = "marches"
