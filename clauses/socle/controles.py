"""Contrôles au démarrage : un réglage dangereux empêche de servir, avec la phrase qui dit quoi faire."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def clef_secrete(**_: Any) -> list[CheckMessage]:
    if settings.DEBUG or (
        settings.SECRET_KEY != settings.CLEF_DE_DEVELOPPEMENT
        and len(settings.SECRET_KEY) >= 50
        and len(set(settings.SECRET_KEY)) >= 10
    ):
        return []
    return [
        Error(
            "SECRET_KEY manque ou est trop faible.",
            hint="Donner au moins 50 caractères tirés au sort dans la variable d’environnement SECRET_KEY.",
            id="clauses.E001",
        )
    ]


@register(Tags.security)
def hotes(**_: Any) -> list[CheckMessage]:
    if settings.DEBUG or (settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            "ALLOWED_HOSTS est vide ou accepte tout nom d’hôte.",
            hint="Nommer les hôtes servis, par exemple ALLOWED_HOSTS=clauses.exemple.fr.",
            id="clauses.E002",
        )
    ]


@register(Tags.security)
def sans_tls(**_: Any) -> list[CheckMessage]:
    """CLAUSES_SANS_TLS n’est permis qu’en développement ou sur la boucle locale."""
    boucle = {"localhost", "127.0.0.1", "[::1]"}
    if settings.DEBUG or not settings.CLAUSES_SANS_TLS or set(settings.ALLOWED_HOSTS) <= boucle:
        return []
    return [
        Error(
            "CLAUSES_SANS_TLS est activé pour un hôte public : les sessions circuleraient en clair.",
            hint="Retirer CLAUSES_SANS_TLS, ou n’autoriser que localhost et 127.0.0.1.",
            id="clauses.E003",
        )
    ]


@register(Tags.database)
def base_de_donnees(**_: Any) -> list[CheckMessage]:
    moteur = settings.DATABASES["default"]["ENGINE"]
    if moteur in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        return []
    return [
        Error(
            f"DATABASE_URL désigne un moteur non pris en charge ({moteur}).",
            hint="Utiliser sqlite:///chemin ou postgres://utilisateur:motdepasse@hote/base.",
            id="clauses.E004",
        )
    ]
