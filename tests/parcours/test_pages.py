"""Toutes les pages, dans Chromium : sans faute d’accessibilité ni débordement, du téléphone au bureau.

La liste vient de la matrice d’accès : une page nouvelle est contrôlée sans qu’on y pense.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from clauses.comptes.acteurs import Role
from tests.acces.matrice import MATRICE, Ligne
from tests.acces.monde import Monde, creer_monde
from tests.acces.moteur import adresse
from tests.parcours.outils import connecter, verifier_accessibilite, verifier_largeur

BUREAU: ViewportSize = {"width": 1440, "height": 900}
TELEPHONE: ViewportSize = {"width": 360, "height": 900}
# Ce qui répond 200 sans être une page : suggestions, fichiers, API.
PAS_DES_PAGES = ("_choix", ":choix", "_export", "api:")
TELECHARGEMENTS = {
    "bilans:departement_annexe", "bilans:document", "bilans:projet", "bilans:ouvertes_schema", "heures:modele_releve",
    "heures:modeles_du_mois", "reprise:export", "reprise:vierge",
}  # fmt: skip
ONGLETS = ("lots", "titulaires", "heures", "journal")


def est_une_page(nom: str) -> bool:
    return nom not in TELECHARGEMENTS and not any(marque in nom for marque in PAS_DES_PAGES)


def pages(role: Role) -> list[tuple[str, Ligne]]:
    """Les pages que ce rôle ouvre dans son périmètre."""
    return [
        (nom, ligne)
        for (nom, methode), ligne in MATRICE.items()
        if methode == "get" and est_une_page(nom) and ligne.attendu(role, dedans=True) == 200
    ]


def adresses(monde: Monde, role: Role) -> list[str]:
    chemins = []
    for nom, ligne in pages(role):
        chemin = adresse(nom, ligne, monde.a)
        chemins.append(f"{chemin}?{urlencode(ligne.donnees)}" if ligne.donnees else chemin)
        if nom == "marches:fiche":
            chemins += [f"{chemin}?onglet={onglet}" for onglet in ONGLETS]
    return chemins


def test_la_matrice_donne_bien_des_pages():
    assert len(pages(Role.RESPONSABLE)) > 40
    assert len(pages(Role.FINANCEUR)) < len(pages(Role.ACHETEUR)) < len(pages(Role.RESPONSABLE))


@pytest.mark.parametrize(
    ("role", "part"),
    [
        (Role.RESPONSABLE, 0),
        (Role.RESPONSABLE, 1),
        (Role.ACHETEUR, None),
        (Role.ENTREPRISE, None),
        (Role.FINANCEUR, None),
    ],
)
def test_chaque_page_est_accessible_et_ne_deborde_pas(page: Page, live_server: Any, role: Role, part: int | None):
    """Au bureau, au téléphone, puis en thème sombre, d’un seul chargement ; les pages d’un agent en deux moitiés."""
    monde = creer_monde()
    connecter(page, live_server, monde.utilisateur(role))
    page.emulate_media(reduced_motion="reduce")  # une couleur en cours de transition n’a pas son contraste
    for chemin in adresses(monde, role)[part :: 1 if part is None else 2]:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(BUREAU)
        reponse = page.goto(live_server.url + chemin)
        assert reponse is not None
        assert reponse.status == 200, chemin
        assert page.locator("h1").count() == 1, chemin
        verifier_largeur(page)
        verifier_accessibilite(page)
        page.set_viewport_size(TELEPHONE)
        verifier_largeur(page)
        verifier_accessibilite(page)
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        verifier_accessibilite(page, regles=["color-contrast"])
