"""Le débit de l’API : une limite tenue à l’unité près, quel que soit le nombre de processus (B70)."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client

from clauses.comptes import debit
from clauses.comptes.models import CompteurApi
from tests.factories import JetonFactory, RattachementFactory, texte_de

pytestmark = pytest.mark.urls("tests.urls_api")
RACINE = Path(__file__).resolve().parent.parent.parent
A_12H = datetime.datetime(2025, 12, 15, 12, 0, 20, tzinfo=datetime.UTC)
ESSAI = "/api/v1/essai/"


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(A_12H, tick=False) as horloge:
        yield horloge


@pytest.fixture(autouse=True)
def petites_limites(settings):
    settings.CLAUSES_DEBIT_DE_L_API = {"lecture": 3, "ecriture": 2}


def porteur() -> Client:
    return Client(headers={"authorization": f"Bearer {texte_de(JetonFactory())}"})


def connecte() -> Client:
    client = Client()
    client.force_login(RattachementFactory().utilisateur)
    return client


@pytest.mark.parametrize("appelant", [porteur, connecte])
def test_au_dela_de_la_limite_429_avec_l_attente_puis_la_minute_suivante_rouvre(appelant, horloge):
    client = appelant()
    assert [client.get(ESSAI).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    refus = client.get(ESSAI)
    assert refus.headers["Retry-After"] == "40"
    assert refus.json()["detail"] == "Trop de demandes en une minute. Recommencer dans 40 secondes."
    horloge.move_to(A_12H + datetime.timedelta(seconds=39))
    assert client.get(ESSAI).headers["Retry-After"] == "1"
    horloge.move_to(A_12H + datetime.timedelta(seconds=40))
    assert [client.get(ESSAI).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_lire_et_ecrire_se_comptent_a_part(horloge):
    client = porteur()
    assert [client.post(ESSAI).status_code for _ in range(3)] == [201, 201, 429]
    assert [client.get(ESSAI).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert set(CompteurApi.objects.values_list("nombre", flat=True)) == {2, 3}


def test_un_appelant_n_epuise_pas_la_limite_d_un_autre():
    bavard, calme = porteur(), connecte()
    assert [bavard.get(ESSAI).status_code for _ in range(4)][-1] == 429
    assert calme.get(ESSAI).status_code == 200


def test_qui_n_est_pas_reconnu_ne_se_compte_pas():
    """Sinon, n’importe qui remplirait la table, ou épuiserait la limite d’un jeton dont il connaît le début."""
    faux = Client(headers={"authorization": "Bearer clauses_faux"})
    faux_sous_une_session = Client(headers={"authorization": "Bearer clauses_faux"})
    faux_sous_une_session.force_login(RattachementFactory().utilisateur)
    for client in (Client(), faux, faux_sous_une_session):
        assert {client.get(ESSAI).status_code for _ in range(9)} == {401}
    assert not CompteurApi.objects.exists()


def test_les_pages_ne_se_comptent_pas():
    client = connecte()
    assert {client.get("/marches/").status_code for _ in range(9)} == {200}
    assert not CompteurApi.objects.exists()


def test_un_appelant_ne_garde_qu_une_ligne(horloge):
    for heure in range(5):
        horloge.move_to(A_12H + datetime.timedelta(hours=heure))
        assert debit.accepter("jeton:1:lecture", limite=3)
    assert list(CompteurApi.objects.values_list("clef", "nombre")) == [("jeton:1:lecture", 1)]


def test_par_defaut_six_cents_lectures_et_cent_vingt_ecritures():
    code = "from django.conf import settings; print(settings.CLAUSES_DEBIT_DE_L_API)"
    assert lire_les_reglages(code) == "{'lecture': 600, 'ecriture': 120}"
    regle = lire_les_reglages(code, CLAUSES_API_LECTURES_PAR_MINUTE="60", CLAUSES_API_ECRITURES_PAR_MINUTE="7")
    assert regle == "{'lecture': 60, 'ecriture': 7}"


def lire_les_reglages(code: str, **environnement: str) -> str:
    propre = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith("CLAUSES_API_")}
    avec = propre | {"DJANGO_SETTINGS_MODULE": "clauses.settings"} | environnement
    return subprocess.run(
        [sys.executable, "-c", code], cwd=RACINE, env=avec, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.django_db(transaction=True)
def test_une_demande_annulee_par_son_erreur_compte_quand_meme():
    """La vue qui échoue annule sa transaction : le compte est fait avant elle."""
    client = porteur()
    assert [client.get(ESSAI, {"absent": "1"}).status_code for _ in range(5)] == [404, 404, 404, 429, 429]


@pytest.mark.django_db(transaction=True)
def test_plusieurs_fils_ne_depassent_pas_la_limite_d_une_unite(settings):
    """Quatre appelants du même jeton, ensemble : dix demandes acceptées sur quarante, pas une de plus."""
    settings.CLAUSES_DEBIT_DE_L_API = {"lecture": 10, "ecriture": 2}
    texte, depart, statuts = texte_de(JetonFactory()), threading.Barrier(4), []

    def appeler() -> None:
        client = Client(headers={"authorization": f"Bearer {texte}"})
        try:
            depart.wait(timeout=10)
            statuts.extend(client.get(ESSAI).status_code for _ in range(10))
        finally:
            connection.close()

    fils = [threading.Thread(target=appeler) for _ in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=60)
    assert sorted(statuts) == [200] * 10 + [429] * 30
    assert CompteurApi.objects.get().nombre == 10


COMPTEUR = """
import sys, django
django.setup()
from unittest import mock
from clauses.comptes import debit
with mock.patch.object(debit.time, "time", return_value=1_765_800_000.0):
    print("prêt", flush=True)
    sys.stdin.readline()
    print(sum(debit.accepter("jeton:7:lecture", limite=10) for _ in range(25)))
"""


@pytest.mark.django_db(transaction=True)
def test_plusieurs_processus_non_plus():
    """Chacun se dit prêt et attend une ligne pour partir ; ils comptent ensemble, sur la base d’essai."""
    reglages = connection.settings_dict
    base = (
        f"sqlite:///{reglages['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{reglages['USER']}@{reglages['HOST']}:{reglages['PORT']}/{reglages['NAME']}"
    )
    environnement = os.environ | {"DATABASE_URL": base, "DJANGO_SETTINGS_MODULE": "clauses.settings"}
    lances = [
        subprocess.Popen(
            [sys.executable, "-c", COMPTEUR], cwd=RACINE, env=environnement, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip
    for lance in lances:
        assert lance.stdout is not None
        assert lance.stdout.readline() == "prêt\n"
    for lance in lances:
        assert lance.stdin is not None
        lance.stdin.write("partir\n")
        lance.stdin.flush()
    acceptees = [int(lance.communicate(timeout=120)[0]) for lance in lances]
    assert sum(acceptees) == 10
    assert CompteurApi.objects.get(clef="jeton:7:lecture").nombre == 10
