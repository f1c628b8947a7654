"""Application du tronc commun technique."""

from __future__ import annotations

from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "clauses.socle"
    label = "socle"

    def ready(self) -> None:
        from clauses.socle import controles  # noqa: F401 — enregistre les contrôles une fois les apps prêtes
