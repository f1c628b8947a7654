"""L’API lit dans le même périmètre que les pages."""

from __future__ import annotations

import datetime
from decimal import Decimal

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import EngagementFactory, LigneHeuresFactory, RattachementFactory

JOUR = datetime.datetime(2026, 3, 15, 9, tzinfo=datetime.UTC)


def connecte(**options: object) -> Client:
    client = Client()
    client.force_login(RattachementFactory(**options).utilisateur)
    return client


@time_machine.travel(JOUR, tick=False)
def test_les_heures_sont_des_chaines_decimales_exactes():
    engagement = EngagementFactory(heures="1000.10")
    LigneHeuresFactory(engagement=engagement, validee=True, heures=Decimal("0.10"))
    reponse = connecte(structure=engagement.structure).get("/api/v1/engagements/").json()
    assert [(e["heures_engagees"], e["heures_realisees"]) for e in reponse["results"]] == [("1000.10", "0.10")]


@time_machine.travel(JOUR, tick=False)
def test_un_marche_porte_l_avancement_de_tous_ses_engagements():
    engagement = EngagementFactory(heures="600.00")
    EngagementFactory(clause=engagement.clause, heures="200.00")
    client = connecte(structure=engagement.structure)
    reponse = client.get(f"/api/v1/marches/{engagement.clause.lot.marche_id}/").json()
    assert (reponse["heures_engagees"], reponse["heures_realisees"]) == ("800.00", "0.00")


def test_l_acheteur_ne_voit_que_ses_marches():
    sien, autre = EngagementFactory(), EngagementFactory()
    client = connecte(structure=sien.structure, pour_acheteur=True, acheteur=sien.clause.lot.marche.acheteur)
    assert [m["id"] for m in client.get("/api/v1/marches/").json()["results"]] == [sien.clause.lot.marche_id]
    assert client.get(f"/api/v1/marches/{autre.clause.lot.marche_id}/").status_code == 404


def test_l_entreprise_ne_voit_pas_l_engagement_de_sa_cotraitante():
    sien = EngagementFactory()
    EngagementFactory(clause=sien.clause)
    client = connecte(structure=sien.structure, pour_entreprise=True, entreprise=sien.entreprise)
    assert [e["id"] for e in client.get("/api/v1/engagements/").json()["results"]] == [sien.pk]


def test_l_entreprise_ne_voit_au_marche_que_ses_propres_heures():
    sien = EngagementFactory(heures="100.00")
    EngagementFactory(clause=sien.clause, heures="900.00")
    client = connecte(structure=sien.structure, pour_entreprise=True, entreprise=sien.entreprise)
    assert [m["heures_engagees"] for m in client.get("/api/v1/marches/").json()["results"]] == ["100.00"]


def test_sans_session_l_api_est_fermee():
    assert Client().get("/api/v1/marches/").status_code == 401


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_engagements():
    engagement = EngagementFactory()
    client = connecte(structure=engagement.structure)

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert client.get("/api/v1/engagements/").status_code == 200
        return len(requetes)

    un = compter()
    EngagementFactory.create_batch(10, clause__lot__marche__structure=engagement.structure)
    assert compter() == un
