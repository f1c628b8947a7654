"""Photographie l’application : `python -m tests.outils.captures`.

Lance la démonstration sur un port libre, ouvre chaque page à 360 et 1440 px (`captures/`), puis les deux images du
README (`docs/captures/`).
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from tests.parcours.conftest import CHROMIUM, OPTIONS

RACINE = Path(__file__).resolve().parent.parent.parent
SORTIE, IMAGES = RACINE / "captures", RACINE / "docs" / "captures"
MOT_DE_PASSE = "captures de la démonstration"
LARGEURS = (360, 1440)
# nom du fichier → chemin, ou lien à suivre : (page de liste, sélecteur du premier lien)
PAGES: dict[str, str | tuple[str, str]] = {
    "accueil": "/",
    "marches": "/marches/",
    "marche": ("/marches/", "table tbody a"),
    "engagements": "/heures/",
    "grille": ("/heures/", "table tbody a"),
    "participants": "/heures/participants/",
    "participant": ("/heures/participants/", "table tbody a"),
    "entreprises": "/entreprises/",
    "acheteurs": "/marches/acheteurs/",
    "bilan": "/bilans/departement/",
    "journal": "/compte/journal/",
    "reglages": "/compte/structure/",
    "utilisateurs": "/compte/structure/utilisateurs/",
}


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def attendre(adresse: str, serveur: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if serveur.poll() is not None:
            raise SystemExit("La démonstration s’est arrêtée avant de répondre.")
        try:
            with urlopen(f"{adresse}/compte/connexion/"):
                return
        except URLError:
            time.sleep(0.5)
    raise SystemExit("La démonstration ne répond pas.")


def ouvrir(page: Page, adresse: str, cible: str | tuple[str, str]) -> None:
    if isinstance(cible, str):
        page.goto(adresse + cible)
        return
    page.goto(adresse + cible[0])
    page.goto(adresse + str(page.locator(cible[1]).first.get_attribute("href")))


def photographier(navigateur: Browser, adresse: str) -> None:
    for largeur in LARGEURS:
        page = navigateur.new_page(viewport={"width": largeur, "height": 900}, locale="fr-FR")
        page.goto(f"{adresse}/compte/connexion/")
        page.screenshot(path=SORTIE / f"connexion-{largeur}.png", full_page=True)
        page.fill("#id_login", "responsable@demo.invalid")
        page.fill("#id_password", MOT_DE_PASSE)
        page.click("main button[type=submit]")
        page.wait_for_url(re.compile(r"/$"))
        for nom, cible in PAGES.items():
            ouvrir(page, adresse, cible)
            page.screenshot(path=SORTIE / f"{nom}-{largeur}.png", full_page=True)
            if largeur == max(LARGEURS) and nom in {"accueil", "grille"}:
                page.screenshot(path=IMAGES / f"{nom}.png")
        page.close()


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("Chromium est absent : apt-get install chromium.")
    for dossier in (SORTIE, IMAGES):
        dossier.mkdir(parents=True, exist_ok=True)
    port = port_libre()
    environnement = os.environ | {"DEMO_MOT_DE_PASSE": MOT_DE_PASSE}
    serveur = subprocess.Popen(
        [shutil.which("make") or "make", "demo", f"PORT={port}"], cwd=RACINE, env=environnement, start_new_session=True
    )
    try:
        attendre(f"http://127.0.0.1:{port}", serveur)
        with sync_playwright() as playwright:
            navigateur = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
            photographier(navigateur, f"http://127.0.0.1:{port}")
            navigateur.close()
    finally:
        os.killpg(serveur.pid, 15)
        serveur.wait()
    sys.stdout.write(f"Captures : {SORTIE}, images du README : {IMAGES}\n")


if __name__ == "__main__":
    main()
