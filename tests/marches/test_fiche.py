"""Fiche d’un marché : onglets, grand livre, complétude, statut, journal, coût constant."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.models import EcritureJournal, Structure
from marches.enums import NatureMouvement, StatutMarche
from marches.models import Marche
from tests.factories import (
    AttributionFactory,
    ClauseFactory,
    EngagementFactory,
    LigneHeuresFactory,
    LotFactory,
    MarcheFactory,
    MouvementEngagementFactory,
    RattachementFactory,
    StructureFactory,
)

ONGLETS = ("resume", "lots", "titulaires", "heures", "journal")


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2025, 12, 31, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def structure() -> Structure:
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure: Structure) -> Client:
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    return client


@pytest.fixture
def marche(structure: Structure) -> Marche:
    return MarcheFactory(structure=structure)


def page(client: Client, marche: Marche, onglet: str = "resume") -> str:
    reponse = client.get(reverse("marches:fiche", args=[marche.pk]), {"onglet": onglet})
    assert reponse.status_code == 200
    return str(reponse.content.decode())


@pytest.mark.parametrize("onglet", ONGLETS)
def test_chaque_onglet_s_affiche_plein_comme_vide(client: Client, structure: Structure, onglet: str) -> None:
    vide = MarcheFactory(structure=structure)
    plein = EngagementFactory(clause__lot__marche=MarcheFactory(structure=structure)).clause.lot.marche
    for marche in (vide, plein):
        assert 'aria-current="page"' in page(client, marche, onglet)


def test_un_onglet_inconnu_montre_le_resume(client: Client, marche: Marche) -> None:
    assert "Complétude des clauses" in page(client, marche, "inconnu")


def test_le_grand_livre_montre_initial_avenants_et_total_courant(client: Client, marche: Marche) -> None:
    engagement = EngagementFactory(clause__lot__marche=marche, heures="500")
    avenant = {"engagement": engagement, "nature": NatureMouvement.AVENANT}
    MouvementEngagementFactory(**avenant, heures=Decimal("120.50"), date=datetime.date(2025, 6, 1), motif="Avenant 1")
    MouvementEngagementFactory(**avenant, heures=Decimal(-200), date=datetime.date(2025, 9, 1), piece="AV-2")
    bloc = client.get(reverse("marches:fiche", args=[marche.pk]), {"onglet": "lots"}).context["lots"][0].engagements[0]
    assert [(m.heures, cumul) for m, cumul in bloc.livre] == [
        (Decimal("500.00"), Decimal("500.00")),
        (Decimal("120.50"), Decimal("620.50")),
        (Decimal("-200.00"), Decimal("420.50")),
    ]
    html = page(client, marche, "lots")
    for texte in ("Engagement initial", "+120,50", "Avenant 1", "AV-2", "420,50", "Ajouter un mouvement"):
        assert texte in html


def test_la_completude_nomme_ce_qui_manque(client: Client, marche: Marche) -> None:
    ClauseFactory(lot__marche=marche, publics_admis="RSA")
    html = page(client, marche)
    assert "il manque le périmètre, le facilitateur, le volume horaire." in html


def test_une_clause_aux_quatre_mentions_est_complete(client: Client, marche: Marche) -> None:
    clause = ClauseFactory(lot__marche=marche, perimetre="Tout", publics_admis="RSA", nomme_facilitateur=True)
    EngagementFactory(clause=clause)
    html = page(client, marche)
    assert "Complète" in html
    assert "il manque" not in html


def test_un_lot_sans_clause_le_dit(client: Client, marche: Marche) -> None:
    lot = LotFactory(marche=marche)
    html = page(client, marche)
    assert "aucune clause" in html
    assert reverse("marches:clause_creer", args=[lot.pk]) in html


def test_le_resume_montre_la_position_article_35(client: Client, structure: Structure) -> None:
    marche = MarcheFactory(structure=structure, position_art35="DEROGATION_2", motif_art35="Marché trop court")
    assert "Dérogation 2, pas de lien suffisant avec l’objet : Marché trop court" in page(client, marche)


def test_l_onglet_heures_mene_a_la_grille_de_chaque_engagement(client: Client, marche: Marche) -> None:
    engagement = EngagementFactory(clause__lot__marche=marche)
    LigneHeuresFactory(engagement=engagement, heures=Decimal("125"), validee=True)
    html = page(client, marche, "heures")
    assert reverse("heures:grille", args=[engagement.pk]) in html
    assert "25,00\u202f%" in html
    assert "375,00" in html


def test_les_lots_se_rangent_par_numero(client: Client, marche: Marche) -> None:
    for numero in ("10", "B", "2", "1"):
        LotFactory(marche=marche, numero=numero)
    lots = client.get(reverse("marches:fiche", args=[marche.pk])).context["lots"]
    assert [bloc.lot.numero for bloc in lots] == ["1", "2", "10", "B"]


def test_le_journal_rassemble_le_marche_et_ce_qu_il_porte(client: Client, marche: Marche) -> None:
    lot = LotFactory(marche=marche)
    client.post(reverse("marches:lot_modifier", args=[lot.pk]), {"version": 1, "numero": "7", "intitule": "Peinture"})
    client.post(reverse("marches:statut", args=[marche.pk]), {"statut": "SUSPENDU", "version": marche.version})
    html = page(client, marche, "journal")
    assert "modifier le lot" in html
    assert "changer le statut du marché" in html


def test_le_statut_change_depuis_la_fiche(client: Client, marche: Marche) -> None:
    reponse = client.post(reverse("marches:statut", args=[marche.pk]), {"statut": "SOLDE", "version": 1}, follow=True)
    marche.refresh_from_db()
    assert marche.statut == StatutMarche.SOLDE
    assert "maintenant « Soldé »" in reponse.content.decode()


def test_un_marche_jamais_notifie_ne_se_solde_pas(client: Client, structure: Structure) -> None:
    marche = MarcheFactory(structure=structure, date_notification=None)
    reponse = client.post(reverse("marches:statut", args=[marche.pk]), {"statut": "SOLDE", "version": 1}, follow=True)
    marche.refresh_from_db()
    assert marche.statut == StatutMarche.EN_COURS
    assert "date de notification" in reponse.content.decode()


def test_un_statut_invente_est_refuse(client: Client, marche: Marche) -> None:
    reponse = client.post(reverse("marches:statut", args=[marche.pk]), {"statut": "PERDU", "version": 1}, follow=True)
    assert "n’existe pas" in reponse.content.decode()
    assert not EcritureJournal.objects.exists()


def test_le_statut_se_change_en_post_seulement(client: Client, marche: Marche) -> None:
    assert client.get(reverse("marches:statut", args=[marche.pk])).status_code == 405


@pytest.mark.parametrize("onglet", ONGLETS)
def test_la_fiche_coute_autant_avec_un_lot_qu_avec_onze(client: Client, marche: Marche, onglet: str) -> None:
    def charger() -> None:
        engagement = EngagementFactory(clause__lot__marche=marche)
        AttributionFactory(lot=engagement.clause.lot)
        LigneHeuresFactory(engagement=engagement, validee=True)

    charger()
    page(client, marche, onglet)
    with CaptureQueriesContext(connection) as un:
        page(client, marche, onglet)
    for _ in range(10):
        charger()
    with CaptureQueriesContext(connection) as onze:
        page(client, marche, onglet)
    assert len(onze) == len(un)
