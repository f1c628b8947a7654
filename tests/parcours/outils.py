"""Gestes communs des parcours : se connecter, contrôler l’accessibilité d’une page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from clauses.comptes.models import Utilisateur

REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FAUTES = "options => axe.run(document, options).then(constats => constats.violations)"
ATTENTE = 30_000  # millisecondes : une machine chargée est lente, pas en faute


def connecter(page: Page, live_server: Any, utilisateur: Utilisateur) -> None:
    """Ouvre une session sans passer par l’écran de connexion, qui a ses propres tests."""
    client = Client()
    client.force_login(utilisateur)
    jeton = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": jeton, "url": live_server.url, "httpOnly": True}]
    )


def verifier_accessibilite(page: Page, *, regles: Sequence[str] = ()) -> None:
    """Aucune faute relevée par axe-core (WCAG 2.2 A et AA, bonnes pratiques) dans l’état présent de la page.

    `regles` : celles-là seulement (« color-contrast » quand seul le thème a changé). axe-core ne s’injecte qu’une fois
    par page chargée, et ne rend que les fautes : le reste pèse des centaines de kilo-octets par page.
    """
    choix = {"type": "rule", "values": list(regles)} if regles else {"type": "tag", "values": REGLES}
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    fautes = [
        f"{faute['id']} ({faute['impact']}) : {faute['help']} – {noeud['target']} {noeud['html'][:160]}"
        for faute in page.evaluate(FAUTES, {"runOnly": choix, "resultTypes": ["violations"]})
        for noeud in faute["nodes"]
    ]
    assert not fautes, f"{page.url}\n" + "\n".join(fautes)


def verifier_largeur(page: Page) -> None:
    """La page ne déborde pas : jamais de défilement horizontal de la fenêtre elle-même."""
    depassement = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert depassement <= 0, f"{page.url} déborde de {depassement} px à {page.viewport_size}"
