"""Un relevé demandé, déposé d’un téléphone sans JavaScript, corrigé, puis vu par le facilitateur."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from heures import actions
from heures.liens import adresse_du_lien
from heures.models import DemandeReleve, LigneEnAttente, LigneHeures
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntreeClauseFactory,
    RattachementFactory,
)
from tests.factories_releves import ContactFactory
from tests.parcours.outils import ATTENTE, connecter, verifier_accessibilite, verifier_largeur

TELEPHONE = {"width": 360, "height": 740}


@pytest.fixture(autouse=True)
def horloge() -> Iterator[None]:
    with time_machine.travel(datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def rattachement():
    return RattachementFactory()


@pytest.fixture
def engagement(rattachement):
    engagement = EngagementFactory(clause__lot__marche__structure=rattachement.structure)
    ContactFactory(structure=rattachement.structure, entreprise=engagement.entreprise, courriel="paie@ent.invalid")
    for nom in ("Durand", "Martin"):
        entree = EntreeClauseFactory(participant__structure=rattachement.structure, participant__nom=nom)
        CritereEntreeFactory(entree=entree, critere="BOETH")
        ContratTravailFactory(participant=entree.participant, employeur=engagement.entreprise)
    return engagement


@pytest.fixture
def telephone(navigateur: Browser, page: Page) -> Iterator[Page]:
    """Le navigateur de l’entreprise : un téléphone, sans JavaScript, sans session."""
    contexte = navigateur.new_context(locale="fr-FR", viewport=TELEPHONE, java_script_enabled=False)
    contexte.set_default_timeout(ATTENTE)
    yield contexte.new_page()
    contexte.close()


def demander_en_lot(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}{reverse('heures:demandes')}")
    page.get_by_role("button", name="Demander les relevés cochés").click()
    expect(page.get_by_text("1 relevé demandé, en 1 courriel.")).to_be_visible()


def lien_recu(courriel: Any, live_server: Any) -> str:
    trouve = re.search(rf"{live_server.url}/releve/\S+", courriel.body)
    assert trouve is not None
    return trouve[0]


def test_de_la_demande_au_depot_corrige(page, telephone, live_server, rattachement, engagement, mailoutbox):
    connecter(page, live_server, rattachement.utilisateur)
    demander_en_lot(page, live_server)
    assert [courriel.to for courriel in mailoutbox] == [["paie@ent.invalid"]]

    # L’entreprise ouvre son lien, se trompe, corrige, ajoute une personne et dépose.
    telephone.goto(lien_recu(mailoutbox[0], live_server))
    expect(telephone.get_by_role("heading", level=1)).to_have_text("Heures d’insertion de novembre 2025")
    durand = telephone.get_by_role("group", name="DURAND Dominique")
    durand.get_by_label("Travail (h)").fill("trente")
    telephone.get_by_label("Votre nom").fill("Léa Comptable")
    telephone.get_by_role("button", name="Déposer le relevé").click()
    expect(telephone.get_by_text("1 point à corriger")).to_be_visible()
    expect(durand.get_by_label("Travail (h)")).to_have_value("trente")
    durand.get_by_label("Travail (h)").fill("30,5")
    telephone.get_by_text("Une personne manque à cette liste").click()
    ajout = telephone.get_by_role("group", name="Personne à vérifier 1")
    for libelle, valeur in (
        ("Nom", "Petit"),
        ("Prénom", "Ana"),
        ("Date de naissance", "1995-04-03"),
        ("Heures", "12"),
    ):
        ajout.get_by_label(libelle, exact=libelle == "Nom").fill(valeur)
    telephone.get_by_role("button", name="Déposer le relevé").click()

    # Le reçu, puis le retour pour corriger.
    expect(telephone.get_by_role("heading", level=1)).to_have_text("Reçu – heures de novembre 2025")
    expect(telephone.get_by_text("42,50 h")).to_be_visible()
    telephone.get_by_role("link", name="Corriger ce relevé").click()
    durand.get_by_label("Travail (h)").fill("35")
    telephone.get_by_role("group", name="MARTIN Dominique").get_by_label("Formation (h)").fill("7h30")
    telephone.get_by_role("button", name="Déposer de nouveau").click()
    expect(telephone.get_by_text("54,50 h")).to_be_visible()
    assert sorted(LigneHeures.objects.values_list("heures", flat=True)) == [Decimal("7.50"), Decimal("35.00")]
    assert LigneEnAttente.objects.get().nom == "Petit"

    # Le facilitateur voit le dépôt, et les heures dans sa grille.
    page.goto(f"{live_server.url}{reverse('heures:demandes')}")
    expect(page.get_by_text("Déposé le 15/12/2025")).to_be_visible()
    page.goto(f"{live_server.url}{reverse('heures:grille', args=[engagement.pk])}?annee=2025")
    expect(page.locator(f"#td{engagement.pk}")).to_have_text("42,50")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("largeur", [360, 1440])
def test_les_pages_du_lien_sont_accessibles_et_ne_debordent_pas(
    page, live_server, rattachement, engagement, largeur, theme
):
    adresse = adresse_du_lien(ouvrir(engagement, rattachement), live_server.url)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": largeur, "height": 740})
    page.goto(adresse)
    assert "BOETH" not in page.content()
    controler(page)
    page.get_by_text("Une personne manque à cette liste").click()
    page.get_by_role("button", name="Déposer le relevé").click()
    expect(page.get_by_text("à corriger")).to_be_visible()
    controler(page)
    page.get_by_role("group", name="DURAND Dominique").get_by_label("Travail (h)").fill("30")
    page.get_by_label("Votre nom").fill("Léa")
    page.get_by_role("button", name="Déposer le relevé").click()
    expect(page.get_by_text("Votre relevé est bien reçu")).to_be_visible()
    controler(page)
    page.goto(f"{adresse[:-2]}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre pas de relevé")
    controler(page)


@pytest.mark.parametrize("largeur", [360, 1440])
def test_les_demandes_et_leur_suivi_sont_accessibles_et_ne_debordent_pas(
    page, live_server, rattachement, engagement, largeur
):
    connecter(page, live_server, rattachement.utilisateur)
    page.set_viewport_size({"width": largeur, "height": 740})
    page.goto(f"{live_server.url}{reverse('heures:demandes')}")
    controler(page)
    demander_en_lot(page, live_server)
    controler(page)
    page.get_by_role("link", name=re.compile("^Suivi")).click()
    page.locator("details.envoi summary").click()
    expect(page.get_by_text("[lien personnel]")).to_be_visible()
    controler(page)


def ouvrir(engagement: Any, rattachement: Any) -> DemandeReleve:
    envoi = actions.demander(
        engagement, mois=datetime.date(2025, 11, 1), par=rattachement.acteur(), adresse="http://testserver/"
    )
    return DemandeReleve.objects.get(releve=envoi.releve)


def controler(page: Page) -> None:
    verifier_accessibilite(page)
    verifier_largeur(page)
