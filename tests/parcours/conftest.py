"""Navigateur des parcours : Chromium de la machine, contexte français, aucune requête hors de la boucle locale.

Sans Chromium, les parcours sont sautés en le disant ; en intégration continue (CI=true), ils échouent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, sync_playwright

from tests.outils.chromium import CHROMIUM, OPTIONS
from tests.parcours.outils import ATTENTE

LOCAUX = {"127.0.0.1", "localhost", ""}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    dossier = Path(__file__).parent
    for test in items:
        if dossier in test.path.parents:
            test.add_marker(pytest.mark.parcours)


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    if CHROMIUM is None:
        absence = "Chromium est absent : les parcours au navigateur ne sont pas joués (apt-get install chromium)."
        if os.environ.get("CI") == "true":
            pytest.fail(absence)
        pytest.skip(absence)
    # Playwright fait tourner une boucle asynchrone dans ce fil : Django y refuserait la base, à tort ici.
    ancien = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield navigateur
        navigateur.close()
    if ancien is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(navigateur: Browser, live_server: object) -> Iterator[Page]:
    """Une page neuve ; une erreur de script, une violation de la CSP ou une requête au-dehors fait échouer le test."""
    cache.clear()  # les limites d’essais survivent au vidage des tables : elles ne sont pas un modèle
    contexte = navigateur.new_context(
        locale="fr-FR", timezone_id="Europe/Paris", viewport={"width": 1440, "height": 900}
    )
    contexte.set_default_timeout(ATTENTE)
    fautes: list[str] = []
    page = contexte.new_page()
    page.on("pageerror", lambda erreur: fautes.append(f"erreur de script : {erreur}"))
    page.on(
        "console",
        lambda message: fautes.append(f"CSP : {message.text}") if "Content Security Policy" in message.text else None,
    )
    page.on(
        "request",
        lambda requete: (
            fautes.append(f"requête vers l’extérieur : {requete.url}")
            if requete.url.startswith("http") and urlsplit(requete.url).hostname not in LOCAUX
            else None
        ),
    )
    yield page
    contexte.close()
    assert not fautes, "\n".join(fautes)
