"""Un jeton, du clavier à l’API : créé, copié, essayé, révoqué ; chaque état de la page est accessible."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, ViewportSize, expect

from tests.factories import RattachementFactory
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

BUREAU: ViewportSize = {"width": 1440, "height": 900}
TELEPHONE: ViewportSize = {"width": 360, "height": 900}


def verifier(page: Page) -> None:
    """Au bureau, au téléphone, puis en thème sombre."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for taille in (BUREAU, TELEPHONE):
        page.set_viewport_size(taille)
        verifier_largeur(page)
        verifier_accessibilite(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    verifier_accessibilite(page, regles=["color-contrast"])


def appel(texte: str) -> int:
    return Client(headers={"authorization": f"Bearer {texte}"}).get("/api/v1/marches/").status_code


def test_un_jeton_se_cree_se_copie_s_essaie_et_se_revoque_au_clavier(page: Page, live_server: Any):
    agent = RattachementFactory()
    connecter(page, live_server, agent.utilisateur)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + reverse("jetons"))
    page.get_by_role("button", name="Créer le jeton").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("2 points à corriger")
    page.get_by_role("alert").get_by_role("link", name="Ce qu’il peut faire").press("Enter")
    expect(page.locator("#id_portees")).to_be_in_viewport()
    verifier(page)
    page.get_by_label("Nom", exact=False).first.fill("Tableau de bord")
    page.get_by_label("Lire les marchés").press("Space")
    page.get_by_role("button", name="Créer le jeton").press("Enter")
    champ = page.get_by_label("Jeton", exact=True)
    verifier(page)
    page.get_by_role("button", name="Copier").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copié dans le presse-papiers.")
    texte = page.evaluate("navigator.clipboard.readText()")
    assert texte == champ.input_value()
    assert appel(texte) == 200
    page.get_by_role("link", name="J’ai gardé ce jeton").press("Enter")
    expect(page.get_by_role("row", name="Tableau de bord")).to_contain_text("En cours")
    verifier(page)
    page.get_by_role("button", name="Révoquer Tableau de bord").press("Enter")
    expect(page.get_by_role("row", name="Tableau de bord")).to_contain_text("Révoqué")
    assert appel(texte) == 401


def test_une_integration_se_cree_et_se_renouvelle(page: Page, live_server: Any):
    connecter(page, live_server, RattachementFactory(responsable=True).utilisateur)
    page.goto(live_server.url + reverse("integrations"))
    page.get_by_label("Nom", exact=False).first.fill("Comptabilité")
    page.get_by_label("Lire les marchés").check()
    page.get_by_role("button", name="Créer l’intégration").click()
    ancien = page.get_by_label("Jeton", exact=True).input_value()
    page.get_by_role("link", name="J’ai gardé ce jeton").click()
    verifier(page)
    page.get_by_role("button", name="Renouveler").click()
    neuf = page.get_by_label("Jeton", exact=True).input_value()
    assert (appel(ancien), appel(neuf)) == (401, 200)
