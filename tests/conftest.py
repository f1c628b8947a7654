"""Cadre commun des tests : base de données, hachage rapide, réseau coupé, gabarits stricts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DONNEES = Path(__file__).resolve().parent.parent.parent / "shared" / "donnees"


@pytest.fixture(autouse=True)
def base_de_donnees(db: None) -> None:
    """Tout test a la base : la règle est plus simple que l’exception."""


@pytest.fixture(autouse=True)
def hachage_rapide(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def donnees() -> Path:
    """Le dossier des données publiques réelles ; absent, le test est sauté en le disant (en CI, il échoue)."""
    if DONNEES.is_dir():
        return DONNEES
    if os.environ.get("CI") == "true":
        pytest.fail(f"Données publiques absentes : {DONNEES}")
    pytest.skip(f"Données publiques absentes : {DONNEES}")
