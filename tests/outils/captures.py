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

from tests.outils.chromium import CHROMIUM, OPTIONS

RACINE = Path(__file__).resolve().parent.parent.parent
SORTIE, IMAGES = RACINE / "captures", RACINE / "docs" / "captures"
MOT_DE_PASSE = "captures de la démonstration"
LARGEURS = (360, 1440)
PREMIER = "table tbody a"
MARCHE, FICHE = ("/marches/", PREMIER), ("/heures/participants/", PREMIER)
LOTS = (*MARCHE, "a:has-text('Lots et clauses')")
ENGAGEMENT = (*LOTS, "a[href*='/marches/engagements/']")
# nom du fichier → chemin, suivi au besoin des liens à suivre (sélecteurs, l’un après l’autre)
PAGES: dict[str, tuple[str, ...]] = {
    "accueil": ("/",),
    "marches": ("/marches/",),
    "marche": MARCHE,
    "marche-lots": LOTS,
    "marche-titulaires": (*MARCHE, "a:has-text('Titulaires')"),
    "marche-heures": (*MARCHE, "main a:has-text('Heures')"),
    "marche-journal": (*MARCHE, "a:has-text('Journal') >> nth=-1"),
    "marche-creer": ("/marches/creer/",),
    "marche-creer-seul": ("/marches/creer/seul/",),
    "marche-modifier": (*MARCHE, "main a:has-text('Modifier')"),
    "lot-creer": (*LOTS, "a:has-text('Ajouter un lot')"),
    "lot-modifier": (*LOTS, "a:has-text('Modifier le lot')"),
    "attribuer": (*LOTS, "a:has-text('Attribuer')"),
    "clause-creer": (*LOTS, "a:has-text('Ajouter une clause')"),
    "clause-modifier": (*LOTS, "a:has-text('Modifier la clause')"),
    "engager": (*LOTS, "a:has-text('Engager une entreprise')"),
    "mouvement": (*LOTS, "a:has-text('Ajouter un mouvement')"),
    "avancement": ("/marches/avancement/",),
    "engagement": ("/marches/avancement/", PREMIER),
    "objectif": ("/marches/avancement/", PREMIER, "a:has-text('Détail de l’objectif')"),
    "penalite-creer": (*LOTS, "a:has-text('Ajouter une pénalité')"),
    "outils": ("/marches/outils/",),
    "calculateur": ("/marches/outils/objectif/?montant=1000000&part=50&taux=5&cout=30",),
    "reperes": ("/marches/outils/reperes/",),
    "baremes": ("/marches/outils/baremes/",),
    "activites": ("/marches/outils/activites/",),
    "decp": ("/marches/import-decp/",),
    "engagements": ("/heures/",),
    "grille": ("/heures/", PREMIER),
    "grille-entreprise": ("/entreprises/", PREMIER, "a:has-text('Heures de tous ses engagements')"),
    "grille-mois": ("/heures/mois/",),
    "grille-ajouter": ("/heures/", PREMIER, "a:has-text('Ajouter une personne')"),
    "demandes": ("/heures/demandes/",),
    "envois": ("/heures/demandes/", "a:has-text('Suivi')"),
    "courriels": ("/heures/courriels/",),
    "courriel": ("/heures/courriels/", PREMIER),
    "importer-releve": ("/heures/importer/",),
    "reception": ("/heures/reception/",),
    "releve": ("/heures/reception/", "li:has-text('Ligne à vérifier') h2 a"),
    "releve-refuser": ("/heures/reception/", "main h2 a", "a:has-text('Refuser')"),
    "releve-completer": ("/heures/reception/", "main h2 a", "a:has-text('Demander un complément')"),
    "attente": ("/heures/reception/", "li:has-text('Ligne à vérifier') h2 a", "a:has-text('Vérifier')"),
    "attente-ouvrir": (
        "/heures/reception/",
        "li:has-text('Ligne à vérifier') h2 a",
        "a:has-text('Vérifier') >> nth=-1",
        "a:has-text('Ouvrir sa fiche')",
    ),
    "participants": ("/heures/participants/",),
    "participant": FICHE,
    "participant-creer": ("/heures/participants/creer/",),
    "participant-modifier": (*FICHE, "main a:has-text('Modifier')"),
    "suivi-eligibilites": ("/heures/participants/suivi/eligibilites/",),
    "suivi-pieces": ("/heures/participants/suivi/pieces/",),
    "suivi-visas": ("/heures/participants/suivi/visas/",),
    "suivi-devenirs": ("/heures/participants/suivi/devenirs/",),
    "doublons": ("/heures/participants/doublons/",),
    "fusionner": (*FICHE, "main a:has-text('Fusionner')"),
    "conventions": ("/heures/conventions/",),
    "convention-creer": ("/heures/conventions/creer/",),
    "entree-creer": (*FICHE, "a:has-text('Nouvelle entrée')"),
    "entree-corriger": (*FICHE, "a:has-text('Corriger')"),
    "contrat-creer": (*FICHE, "a:has-text('Ajouter un contrat')"),
    "prolonger": (*FICHE, "a:has-text('Prolonger')"),
    "sortie-creer": (*FICHE, "a:has-text('Noter la sortie')"),
    "entreprises": ("/entreprises/",),
    "entreprise": ("/entreprises/", PREMIER),
    "contact-creer": ("/entreprises/", PREMIER, "a:has-text('Ajouter un contact')"),
    "entreprise-creer": ("/entreprises/creer/",),
    "acheteurs": ("/marches/acheteurs/",),
    "acheteur": ("/marches/acheteurs/", PREMIER),
    "acheteur-creer": ("/marches/acheteurs/creer/",),
    "bilans": ("/bilans/",),
    "bilan": ("/bilans/departement/",),
    "bilan-lignes": ("/bilans/departement/", "main a[href*='/lignes/']"),
    "documents": (*ENGAGEMENT, "a:has-text('Documents')"),
    "document-emettre": (*ENGAGEMENT, "a:has-text('Documents')", "a:has-text('Attestation intermédiaire')"),
    "articles": ("/bilans/outils/articles/",),
    "verifier": ("/verifier/",),
    "journal": ("/compte/journal/",),
    "reglages": ("/compte/structure/",),
    "entete": ("/compte/structure/courriers/",),
    "utilisateurs": ("/compte/structure/utilisateurs/",),
    "integrations": ("/compte/structure/integrations/",),
    "acces-api": ("/compte/acces-api/",),
    "notifications": ("/compte/structure/notifications/",),
    "notification-creer": ("/compte/structure/notifications/creer/",),
    "api-guide": ("/api/",),
    "api-reference": ("/api/reference/",),
    "mot-de-passe": ("/compte/mot-de-passe/changer/",),
}
PARTENAIRES = {"acheteur": ("/", "/marches/"), "entreprise": ("/", "/marches/"), "financeur": ("/",)}


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


def ouvrir(page: Page, adresse: str, chemin: str, *liens: str) -> None:
    page.goto(adresse + chemin)
    for lien in liens:
        page.goto(page.evaluate("ancre => ancre.href", page.locator(lien).first.element_handle()))


def se_connecter(page: Page, adresse: str, qui: str) -> None:
    page.goto(f"{adresse}/compte/connexion/")
    page.fill("#id_login", f"{qui}@demo.invalid")
    page.fill("#id_password", MOT_DE_PASSE)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/$"))


def photographier(navigateur: Browser, adresse: str, largeur: int) -> None:
    contexte = navigateur.new_context(viewport={"width": largeur, "height": 900}, locale="fr-FR")
    page = contexte.new_page()
    page.goto(f"{adresse}/compte/connexion/")
    page.screenshot(path=SORTIE / f"connexion-{largeur}.png", full_page=True)
    se_connecter(page, adresse, "responsable")
    for nom, cible in PAGES.items():
        ouvrir(page, adresse, *cible)
        page.screenshot(path=SORTIE / f"{nom}-{largeur}.png", full_page=True)
        if largeur == max(LARGEURS) and nom in {"accueil", "grille"}:
            page.screenshot(path=IMAGES / f"{nom}.png")
    for role, chemins in PARTENAIRES.items():
        contexte.clear_cookies()
        se_connecter(page, adresse, role)
        for rang, chemin in enumerate(chemins):
            page.goto(adresse + chemin)
            page.screenshot(path=SORTIE / f"{role}-{rang}-{largeur}.png", full_page=True)
    contexte.close()


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
            for largeur in LARGEURS:
                photographier(navigateur, f"http://127.0.0.1:{port}", largeur)
            navigateur.close()
    finally:
        os.killpg(serveur.pid, 15)
        serveur.wait()
    sys.stdout.write(f"Captures : {SORTIE}, images du README : {IMAGES}\n")


if __name__ == "__main__":
    main()
