"""La page d’un engagement : les chiffres de la prévision, la courbe et son tableau, sans identité de personne."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marches.enums import NatureMouvement
from marches.models import Engagement
from marches.previsions import Seuils
from tests.factories import EngagementFactory, LigneHeuresFactory, MouvementEngagementFactory, RattachementFactory

JOUR = datetime.date(2025, 6, 30)


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2025, 6, 30, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def engagement() -> Engagement:
    """1 000 h puis 200 h de plus, sur deux ans ; 300 h faites au premier semestre."""
    engagement = EngagementFactory(heures="1000.00")
    MouvementEngagementFactory(
        engagement=engagement, nature=NatureMouvement.AVENANT, heures=Decimal("200.00"), date=datetime.date(2025, 3, 1)
    )
    for rang, heures in ((2, "120.00"), (5, "180.00")):
        LigneHeuresFactory(
            engagement=engagement, validee=True, mois=datetime.date(2025, rang, 1), heures=Decimal(heures)
        )
    LigneHeuresFactory(engagement=engagement, mois=datetime.date(2025, 6, 1), heures=Decimal("99.00"))
    return engagement


def connecte(**options: object) -> Client:
    client = Client()
    client.force_login(RattachementFactory(**options).utilisateur)
    return client


def page(client: Client, engagement: Engagement) -> str:
    return client.get(reverse("marches:engagement", args=[engagement.pk])).content.decode()


def test_la_page_dit_ou_l_on_en_est_et_ou_l_on_va(engagement):
    lue = page(connecte(structure=engagement.structure), engagement)
    for chiffre in (
        "1\u202f200,00 h",
        "300,00 h",
        "25,00\u202f%",
        "297,53 h",
        "+2,47 h",
        "1\u202f200,00 h",
        "50,00 h",
    ):
        assert chiffre in lue
    assert "pendant 18 mois" in lue
    assert "Avenant" in lue
    assert "99,00" not in lue  # déclarées, donc pas comptées


def test_la_page_et_l_annotation_donnent_les_memes_nombres(engagement):
    client = connecte(structure=engagement.structure)
    lue = client.get(reverse("marches:engagement", args=[engagement.pk])).context["prevision"]
    annote = Engagement.objects.avec_prevision(au=JOUR, seuils=Seuils()).get(pk=engagement.pk)
    assert (annote.heures_attendues, annote.heures_projetees, annote.heures_par_mois, annote.code_situation) == (
        lue.attendu,
        lue.projection,
        lue.besoin_mensuel,
        lue.situation,
    )


def test_l_api_donne_la_prevision_en_chaines_exactes(engagement):
    client = connecte(structure=engagement.structure)
    lu = client.get(f"/api/v1/engagements/{engagement.pk}/").json()
    assert lu["heures_attendues"] == "297.53"
    assert lu["heures_projetees"] == "1200.00"
    assert lu["heures_par_mois"] == "50.00"
    assert lu["situation"] == "CONFORME"


def test_l_acheteur_la_voit_sans_grille_ni_personne(engagement):
    acheteur = engagement.clause.lot.marche.acheteur
    lue = page(connecte(structure=engagement.structure, pour_acheteur=True, acheteur=acheteur), engagement)
    assert "Ouvrir la grille" not in lue
    assert "Nomfictif" not in lue
    assert "300,00 h" in lue


def test_un_engagement_sans_dates_le_dit():
    engagement = EngagementFactory(
        clause__lot__marche__date_debut=None,
        clause__lot__marche__date_fin=None,
        clause__lot__marche__date_notification=None,
    )
    lue = page(connecte(structure=engagement.structure), engagement)
    assert "Il manque une date de début ou de fin." in lue
    assert "Pas encore de quoi projeter." in lue


def test_vingt_lignes_coutent_autant_de_requetes_que_trois(engagement):
    client = connecte(structure=engagement.structure)
    page(client, engagement)
    with CaptureQueriesContext(connection) as trois:
        page(client, engagement)
    LigneHeuresFactory.create_batch(17, engagement=engagement, validee=True)
    with CaptureQueriesContext(connection) as vingt:
        page(client, engagement)
    assert len(vingt) == len(trois)
