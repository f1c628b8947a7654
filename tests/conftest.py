"""Cadre commun des tests : base de données, hachage rapide, réseau coupé, gabarits stricts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import override_settings

from clauses.territoires.chargement import LIVRE, charger
from clauses.territoires.models import Commune, Epci

DONNEES = Path(__file__).resolve().parent.parent.parent / "shared" / "donnees"
# Documents, lecteurs, conversions, schéma de l’API : rien n’y tient à la base, PostgreSQL ne les rejoue pas.
SUR_SQLITE = ("contrat", "socle", "bilans/documents", "territoires/test_france.py", "comptes/test_portees.py",
              "heures/releves/test_formes.py", "bilans/test_masquage.py", "test_classification.py")  # fmt: skip
HACHAGE_RAPIDE = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ici = Path(__file__).parent
    for test in items:
        if test.path.relative_to(ici).as_posix().startswith(SUR_SQLITE):
            test.add_marker(pytest.mark.sur_sqlite)


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
    _recharger_le_referentiel()


def _recharger_le_referentiel() -> None:
    if not Epci.objects.exists():
        charger(LIVRE, commune=Commune, epci=Epci)


@pytest.fixture(scope="module")
def base_ouverte(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """La base pour bâtir ce que les tests d’un module lisent en commun ; annulée à la fin du module.

    Chaque test ouvre sa transaction par-dessus et l’annule : il n’en abîme rien pour les suivants. Les objets Python,
    eux, se donnent en copie.
    """
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=HACHAGE_RAPIDE), transaction.atomic():
        _recharger_le_referentiel()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def hachage_rapide(settings) -> None:
    settings.PASSWORD_HASHERS = HACHAGE_RAPIDE
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
