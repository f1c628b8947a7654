"""Le travail entier d’un facilitateur, dans un vrai navigateur : d’un marché publié au bilan du Département.

Un contrat des données essentielles est importé, sa clause complétée, une entreprise et une personne ajoutées, trois
mois saisis (une valeur refusée, expliquée, corrigée) et validés ; le bilan s’ouvre, son chiffre mène à ses lignes, et
le classeur téléchargé est relu.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Page, expect

from clauses.comptes.models import Rattachement
from heures.models import LigneHeures
from marches.models import Engagement, Marche
from tests.factories import MOT_DE_PASSE, RattachementFactory, siret

FICHIER = "decp2022_considerations_sociales.json"
CONTRAT = "23-80-01"
ETTI = siret(9_000_001)


@pytest.fixture
def agent() -> Rattachement:
    return RattachementFactory(structure__sigle="MEMPA", structure__nom="PLIE en Pays d’Artois (fictif)")


class Facilitateur:
    """Les gestes du facilitateur, tels qu’il les fait : libellés, boutons et liens visibles."""

    def __init__(self, page: Page, live_server: Any) -> None:
        self.page = page
        self.racine = live_server.url

    def envoyer(self, bouton: str) -> None:
        self.page.locator("main").get_by_role("button", name=bouton, exact=False).first.click()
        self.page.wait_for_load_state()

    def ouvrir(self, nom: str, *arguments: object) -> None:
        self.page.goto(self.racine + reverse(nom, args=arguments))

    def se_connecter(self, agent: Rattachement) -> None:
        self.page.goto(self.racine)
        self.page.get_by_label(re.compile("courriel", re.IGNORECASE)).fill(agent.utilisateur.email)
        self.page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
        self.page.get_by_role("button", name="Se connecter").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("À qui le tour")

    def importer(self, fichier: Path) -> Marche:
        self.ouvrir("marches:decp")
        self.page.get_by_label("Fichier DECP").set_input_files(fichier)
        self.page.locator("main form button[type=submit]").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Choisir les marchés à importer")
        self.page.get_by_role("button", name="Tout décocher").click()
        self.page.get_by_label("Référence, acheteur, objet, titulaire, situation").fill(CONTRAT)
        self.page.get_by_label(f"Importer {CONTRAT}").check()
        for champ, nom in (("45220075100025", "Bailleur importé"), ("30864849200038", "Titulaire importé")):
            saisie = self.page.locator(f"#id_nom-{champ}")
            if not saisie.is_visible():
                self.page.locator("summary", has_text="Entreprises à nommer").click()
            saisie.fill(nom)
        self.envoyer("Importer le marché choisi")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("1 marché importé")
        self.page.get_by_role("link", name=re.compile(CONTRAT)).first.click()
        return Marche.objects.get(reference=CONTRAT)

    def completer_la_clause(self, marche: Marche) -> Engagement:
        self.page.get_by_role("link", name="Lots et clauses").click()
        self.page.get_by_role("link", name="Modifier la clause").click()
        self.page.get_by_label("Périmètre de la clause").fill("Tous les travaux du lot.")
        self.page.get_by_label("Publics admis").fill("Publics de l’annexe sociale.")
        self.page.get_by_label("La clause nomme le facilitateur").check()
        self.envoyer("Enregistrer")
        self.page.get_by_role("link", name="Lots et clauses").click()
        self.page.get_by_role("link", name="Engager une entreprise").click()
        self.page.locator("#id_entreprise-entreprise").fill("30864849200038")
        self.page.locator("#id_engagement-heures").fill("500")
        self.page.locator("#id_engagement-date").fill("2023-12-14")
        self.envoyer("Engager l’entreprise")
        expect(self.page.locator("main")).to_contain_text("Complète")
        return Engagement.objects.get(clause__lot__marche=marche)

    def ajouter_une_entreprise(self) -> None:
        self.ouvrir("entreprises:creer")
        self.page.get_by_label("SIRET").fill(f"{ETTI[:3]} {ETTI[3:6]} {ETTI[6:9]} {ETTI[9:]}")
        self.page.get_by_label("Raison sociale").fill("Intérim d’insertion fictif")
        self.page.get_by_label("Type d’employeur").select_option("ETTI")
        self.envoyer("Enregistrer")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Intérim d’insertion fictif")

    def ajouter_une_personne(self) -> None:
        self.ouvrir("heures:participant_creer")
        self.page.locator("#id_nom").fill("Inventée")
        self.page.locator("#id_prenom").fill("Zoé")
        self.page.locator("#id_sexe").select_option("F")
        self.page.locator("#id_date_naissance").fill("1990-05-10")
        self.page.locator("#id_commune_insee").fill("62041")
        self.envoyer("Enregistrer")
        self.page.goto(self.page.url)
        self.page.get_by_role("link", name="Nouvelle entrée").click()
        self.page.locator("#id_date_entree").fill("2025-01-02")
        self.page.locator("#id_date_constat").fill("2024-12-20")
        self.page.locator("#id_critere_principal").select_option("RSA")
        self.page.locator("#id_qpv").select_option("OUI")
        self.page.locator("#id_piece_type").select_option("ATTESTATION_RSA")
        self.page.locator("#id_piece_date").fill("2024-12-18")
        self.page.locator("#id_piece_vue_le").fill("2024-12-20")
        self.envoyer("Enregistrer")
        expect(self.page.locator("main")).to_contain_text("Attestation RSA")

    def ajouter_un_contrat(self) -> None:
        self.page.get_by_role("link", name="Ajouter un contrat").click()
        self.page.locator("#id_employeur").fill(ETTI)
        self.page.locator("#id_type_contrat").select_option("INTERIM_INSERTION")
        self.page.locator("#id_modalite").select_option("MISE_A_DISPOSITION")
        self.page.locator("#id_date_debut").fill("2025-01-06")
        self.envoyer("Enregistrer")
        expect(self.page.locator("main")).to_contain_text("Intérim d’insertion fictif")

    def mettre_sur_la_grille(self, engagement: Engagement) -> None:
        self.ouvrir("heures:grille", engagement.pk)
        self.page.get_by_role("link", name="Ajouter une personne").first.click()
        self.page.get_by_label("Nom, prénom ou identifiant").fill("zoe inventee")
        self.page.locator("main").get_by_role("button", name="Chercher").click()
        self.page.get_by_role("link", name=re.compile("Mettre sur la grille")).click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        self.page.goto(f"{self.page.url}&annee=2025")

    def saisir_trois_mois(self) -> None:
        """Janvier, février, mars ; mars est d’abord refusé (plus de 250 h), expliqué, puis corrigé."""
        janvier, fevrier, mars = (self.page.locator("#grille tbody input").nth(rang) for rang in range(3))
        janvier.focus()
        self.page.keyboard.type("151,67")
        self.page.keyboard.press("Tab")
        expect(fevrier).to_be_focused()
        self.page.keyboard.type("7h30")
        self.page.keyboard.press("Tab")
        self.page.keyboard.type("300")
        self.page.keyboard.press("Tab")
        expect(mars).to_have_attribute("aria-invalid", "true")
        expect(self.page.locator("main")).to_contain_text("le plafond est de 250,00 h")
        mars.focus()
        self.page.keyboard.type("30")
        self.page.keyboard.press("Tab")
        expect(self.page.locator("#grille-statut")).to_have_text("Tout est enregistré.")

    def valider_trois_mois(self) -> None:
        for mois in ("janvier", "février", "mars"):
            self.page.get_by_role("button", name=re.compile(f"Valider {mois}")).click()
            expect(self.page.locator(".messages")).to_contain_text("validée")


@time_machine.travel("2026-03-15 09:00:00+00:00", tick=True)
def test_du_marche_publie_au_bilan_du_departement(
    page: Page, live_server: Any, agent: Rattachement, donnees: Path, tmp_path: Path
):
    facilitateur = Facilitateur(page, live_server)
    facilitateur.se_connecter(agent)
    marche = facilitateur.importer(donnees / "decp" / FICHIER)
    engagement = facilitateur.completer_la_clause(marche)
    facilitateur.ajouter_une_entreprise()
    facilitateur.ajouter_une_personne()
    facilitateur.ajouter_un_contrat()
    facilitateur.mettre_sur_la_grille(engagement)
    facilitateur.saisir_trois_mois()
    facilitateur.valider_trois_mois()
    assert LigneHeures.objects.validees().count() == 3
    verifier_le_bilan(page, live_server, tmp_path)


def verifier_le_bilan(page: Page, live_server: Any, tmp_path: Path) -> None:
    """189,17 h : 151,67 + 7,50 + 30,00."""
    attendu = Decimal("189.17")
    page.goto(f"{live_server.url}{reverse('bilans:departement')}?du=2025-01-01&au=2025-12-31")
    page.locator("main").get_by_role("link", name=re.compile("189,17")).first.click()
    expect(page.locator("main")).to_contain_text("189,17")
    expect(page.locator("main")).to_contain_text("151,67")
    page.go_back()
    with page.expect_download() as telechargement:
        page.get_by_role("link", name=re.compile("XLSX")).first.click()
    chemin = tmp_path / "bilan.xlsx"
    telechargement.value.save_as(chemin)
    synthese = openpyxl.load_workbook(chemin).worksheets[0]
    entetes = [cellule.value for cellule in synthese[1]]
    ligne = next(ligne for ligne in synthese.iter_rows(min_row=2, values_only=True) if "eures" in str(ligne[0]))
    assert Decimal(str(ligne[entetes.index("Réalisé N")])) == attendu
