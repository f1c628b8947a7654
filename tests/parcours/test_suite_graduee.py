"""De l’engagement qui tarde à la pénalité réduite, puis l’attestation contrôlée : le parcours entier, au navigateur.

L’horloge du serveur avance de semaine en semaine ; chaque fois, la session de la veille est échue et l’on revient.
"""

from __future__ import annotations

import datetime
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from clauses.comptes.models import Rattachement, Utilisateur
from marches.models import Engagement, Evenement, PropositionPenalite
from tests.factories import MOT_DE_PASSE, EngagementFactory, LigneHeuresFactory, RattachementFactory
from tests.factories_conformite import ReglePenaliteFactory
from tests.parcours.outils import connecter, verifier_accessibilite

DEBUT = datetime.datetime(2025, 11, 3, 9, tzinfo=datetime.UTC)
# Le délai d’une relance est de quinze jours ; celui de la mise en demeure, de cinq jours ouvrés.
LETTRES = (("Relance 1", 0), ("Relance 2", 16), ("Mise en demeure", 32))
APRES_LA_FIN = 63


@pytest.fixture
def agent() -> Rattachement:
    """Sans seuil de complétude : l’attestation définitive le demande, et tests/bilans/emission l’éprouve."""
    return RattachementFactory(structure__nom="PLIE fictif", structure__seuil_completude_pourcent=0)


@pytest.fixture
def engagement(agent: Rattachement) -> Engagement:
    """500 h du 1er janvier au 31 décembre 2025, 350 h faites ; 40 € par heure manquante."""
    du = EngagementFactory(
        entreprise__raison_sociale="Bâtisseurs fictifs",
        clause__lot__marche__structure=agent.structure,
        clause__lot__marche__date_fin=datetime.date(2025, 12, 31),
        clause__lot__marche__statut="EN_COURS",
    )
    for heures in ("200.00", "150.00"):
        LigneHeuresFactory(engagement=du, validee=True, heures=Decimal(heures))
    ReglePenaliteFactory(clause=du.clause, delai_jours=5, article="8.3")
    return du


class Parcours:
    def __init__(self, page: Page, live_server: Any) -> None:
        self.page, self.serveur = page, live_server

    def ouvrir(self, nom: str, *arguments: object) -> None:
        self.page.goto(self.serveur.url + reverse(nom, args=arguments))

    def revenir(self, utilisateur: Utilisateur) -> Locator:
        """L’accueil d’une session neuve ; rend la ligne de l’engagement."""
        connecter(self.page, self.serveur, utilisateur)
        self.ouvrir("accueil")
        return self.page.get_by_role("region", name="Engagements en difficulté").get_by_role("listitem")

    def se_connecter(self, utilisateur: Utilisateur) -> None:
        self.page.context.clear_cookies()
        self.ouvrir("accueil")
        self.page.get_by_label(re.compile("courriel", re.IGNORECASE)).fill(utilisateur.email)
        self.page.get_by_label("Mot de passe").fill(MOT_DE_PASSE)
        self.page.get_by_role("button", name="Se connecter").click()

    def telecharger(self, lien: Locator, chemin: Path) -> str:
        with self.page.expect_download() as recu:
            lien.click()
        recu.value.save_as(chemin)
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(chemin.read_bytes())).pages)


def test_de_la_premiere_relance_a_l_attestation_verifiee(
    page: Page, live_server: Any, agent: Rattachement, engagement: Engagement, tmp_path: Path
):
    parcours = Parcours(page, live_server)
    acheteur = RattachementFactory(
        structure=agent.structure, role="ACHETEUR", acheteur=engagement.clause.lot.marche.acheteur
    )
    with time_machine.travel(DEBUT, tick=True) as horloge:
        relancer(parcours, agent, horloge, tmp_path)
        horloge.move_to(DEBUT + datetime.timedelta(days=APRES_LA_FIN))
        proposer(parcours, agent)
        decider(parcours, acheteur)
        code = attester(parcours, agent, engagement, tmp_path)
        verifier(parcours, code)
    assert list(Evenement.objects.values_list("nature", "date")) == [
        ("RELANCE_1", datetime.date(2025, 11, 3)),
        ("RELANCE_2", datetime.date(2025, 11, 19)),
        ("MISE_EN_DEMEURE", datetime.date(2025, 12, 5)),
        ("PROPOSITION", datetime.date(2026, 1, 5)),
        ("DECISION", datetime.date(2026, 1, 5)),
    ]
    proposition = PropositionPenalite.objects.get()
    assert (proposition.statut, proposition.montant, proposition.montant_decide) == (
        "REDUITE",
        Decimal("6000.00"),
        Decimal("1500.00"),
    )


def relancer(parcours: Parcours, agent: Rattachement, horloge: Any, tmp_path: Path) -> None:
    """Chaque lettre part de l’accueil, et la balle passe à l’entreprise jusqu’à sa date de réponse."""
    page = parcours.page
    for etape, jours in LETTRES:
        horloge.move_to(DEBUT + datetime.timedelta(days=jours))
        ligne = parcours.revenir(agent.utilisateur)
        expect(ligne).to_contain_text("Au facilitateur, depuis le")
        if jours == 0:
            verifier_accessibilite(page)
        ligne.get_by_role("button", name=re.compile(f"^{etape}")).click()
        expect(page.locator(".messages")).to_contain_text(f"«\u00a0{etape}\u00a0» est émise et inscrite")
        expect(ligne).to_contain_text("À l’entreprise, depuis le")
    lettre = parcours.telecharger(page.get_by_role("link", name="Télécharger la lettre"), tmp_path / "lettre.pdf")
    # Cinq jours ouvrés après le vendredi 5 décembre.
    assert "12/12/2025" in lettre


def proposer(parcours: Parcours, agent: Rattachement) -> None:
    page = parcours.page
    ligne = parcours.revenir(agent.utilisateur)
    expect(ligne).to_contain_text("Non atteint")
    ligne.get_by_role("link", name="Proposer la pénalité").click()
    page.get_by_role("button", name="Proposer à l’acheteur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pénalité proposée")
    parcours.ouvrir("accueil")
    expect(ligne).to_contain_text("L’acheteur décide, depuis le 05/01/2026")


def decider(parcours: Parcours, acheteur: Rattachement) -> None:
    page = parcours.page
    parcours.se_connecter(acheteur.utilisateur)
    page.get_by_role("region", name="1 décision à prendre").get_by_role("link", name="Lire et décider").click()
    expect(page.locator("main")).to_contain_text("150,00 h manquantes × 40")
    page.get_by_label("Décision").select_option("REDUITE")
    page.get_by_label("Montant réduit").fill("1500")
    page.get_by_label("Motif").fill("Chantier arrêté deux mois")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_role("region", name="Décision")).to_contain_text("Chantier arrêté deux mois")


def attester(parcours: Parcours, agent: Rattachement, engagement: Engagement, tmp_path: Path) -> str:
    """Émet l’attestation définitive et rend le code imprimé dessus."""
    page = parcours.page
    expect(parcours.revenir(agent.utilisateur)).to_contain_text("Décision de l’acheteur le 05/01/2026")
    parcours.ouvrir("bilans:documents", engagement.pk)
    page.get_by_role("link", name="Attestation définitive").click()
    page.get_by_role("button", name="Émettre").click()
    document = page.get_by_role("link", name=re.compile("Télécharger Attestation définitive"))
    imprime = parcours.telecharger(document, tmp_path / "attestation.pdf")
    trouve = re.search(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", imprime)
    assert trouve, imprime
    return trouve[0]


def verifier(parcours: Parcours, code: str) -> None:
    page = parcours.page
    page.context.clear_cookies()
    parcours.ouvrir("verifier")
    page.get_by_label("Code de vérification").fill(code)
    page.get_by_role("button", name="Vérifier").click()
    expect(page.get_by_role("status").first).to_contain_text("Attestation valide")
    expect(page.locator("main")).to_contain_text("350,00 h")
    verifier_accessibilite(page)
