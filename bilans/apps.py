"""Application « bilans »."""

from __future__ import annotations

from django.apps import AppConfig


class BilansConfig(AppConfig):
    name = "bilans"
