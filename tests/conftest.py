"""Cadre commun des tests : base de données, hachage rapide, réseau coupé, gabarits stricts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connections

from clauses.territoires.chargement import LIVRE, charger
from clauses.territoires.models import Commune, Epci

DONNEES = Path(__file__).resolve().parent.parent.parent / "shared" / "donnees"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite se teste dans un fichier, comme en service (WAL, verrous) : en mémoire, rien de cela n’existe."""
    base = connections["default"]
    if base.vendor == "sqlite":
        base.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("base") / "tests.sqlite3")


@pytest.fixture(autouse=True)
def base_de_donnees(db: None) -> None:
    """Tout test a la base : la règle est plus simple que l’exception.

    Un test à transactions réelles (parcours) vide les tables à la fin, référentiel compris : on le recharge.
    """
    if not Epci.objects.exists():
        charger(LIVRE, commune=Commune, epci=Epci)


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
