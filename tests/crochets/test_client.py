"""Un envoi, contre un vrai serveur : il est borné, ne suit rien, et dit pourquoi il échoue."""

from __future__ import annotations

import socket

import pytest

from clauses.crochets import client
from tests import recepteur as recepteurs

ENTETES = {"Content-Type": "application/json; charset=utf-8"}


def test_un_2xx_est_un_succes_et_le_corps_arrive_tel_quel(recepteur):
    corps = '{"nom":"Société d’Épreuve"}'.encode()
    assert client.poster(recepteur.adresse, corps, ENTETES) == (204, "")
    (recu,) = recepteur.recus
    assert (recu.chemin, recu.corps) == ("/clauses?depuis=essai", corps)
    assert recu.entetes["Content-Type"] == "application/json; charset=utf-8"
    assert recu.entetes["Host"] == recepteur.adresse.split("/")[2]


@pytest.mark.parametrize("code", [400, 404, 410, 429, 500, 503])
def test_une_erreur_garde_son_code(recepteur, code):
    recepteur.repondre = recepteurs.code(code)
    assert client.poster(recepteur.adresse, b"{}", ENTETES) == (code, f"L’adresse a répondu par une erreur ({code}).")


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_un_renvoi_n_est_pas_suivi(recepteur, code):
    recepteur.repondre = recepteurs.code(code, Location=recepteur.adresse)
    reponse = client.poster(recepteur.adresse, b"{}", ENTETES)
    assert reponse == (code, f"L’adresse renvoie ailleurs ({code}) : donner l’adresse définitive.")
    assert len(recepteur.recus) == 1


def test_une_reponse_sans_fin_n_est_pas_lue(recepteur):
    recepteur.repondre = recepteurs.sans_fin
    assert client.poster(recepteur.adresse, b"{}", ENTETES) == (200, "")


def test_un_serveur_qui_egrene_ses_octets_est_coupe_au_bout_du_delai(recepteur):
    recepteur.repondre = recepteurs.goutte_a_goutte
    reponse = client.poster(recepteur.adresse, b"{}", ENTETES, delai=0.3)
    assert reponse == (None, "L’adresse n’a pas répondu en 0.3 secondes.")


def test_un_serveur_muet_est_abandonne(recepteur):
    recepteur.repondre = lambda poste: poste.server.fini.wait(10)
    reponse = client.poster(recepteur.adresse, b"{}", ENTETES, delai=0.3)
    assert reponse == (None, "L’adresse n’a pas répondu en 0.3 secondes.")


def test_un_serveur_qui_ne_parle_pas_http_a_sa_phrase(recepteur):
    recepteur.repondre = recepteurs.pas_du_http
    assert client.poster(recepteur.adresse, b"{}", ENTETES) == (None, "L’adresse a répondu autre chose que du HTTP.")


def test_une_porte_fermee_a_sa_phrase(settings):
    settings.CLAUSES_DEMO = True
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        port = prise.getsockname()[1]
    assert client.poster(f"http://127.0.0.1:{port}/", b"{}", ENTETES) == (None, "L’adresse ne répond pas.")


def test_tls_exige_un_serveur_qui_le_parle(recepteur):
    chiffree = recepteur.adresse.replace("http://", "https://")
    assert client.poster(chiffree, b"{}", ENTETES) == (None, "La connexion chiffrée n’a pas abouti.")


def test_un_mandataire_de_l_environnement_n_est_pas_suivi(recepteur, monkeypatch):
    for nom in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(nom, "http://127.0.0.1:9")
    assert client.poster(recepteur.adresse, b"{}", ENTETES).code == 204
