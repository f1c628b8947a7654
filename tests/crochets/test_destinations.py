"""Où l’on refuse d’écrire : en clair, chez soi, chez les voisins, par un nom qui y mène."""

from __future__ import annotations

import socket

import pytest
from django.core.exceptions import ValidationError

from clauses.crochets import client
from clauses.crochets.destinations import DestinationRefusee, lire_adresse, resoudre, valider_adresse

INTERNES = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.5", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:a00:5::1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
]  # fmt: skip
PUBLIQUES = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"]


def reponses(monkeypatch: pytest.MonkeyPatch, *adresses: str) -> list[tuple[str, int]]:
    demandes: list[tuple[str, int]] = []

    def getaddrinfo(hote, port, **_):
        demandes.append((hote, port))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (adresse, port)) for adresse in adresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return demandes


@pytest.mark.parametrize("adresse", INTERNES)
def test_un_nom_qui_mene_a_une_adresse_interne_est_refuse(monkeypatch, adresse):
    reponses(monkeypatch, adresse)
    with pytest.raises(DestinationRefusee, match="réseau interne"):
        resoudre(lire_adresse("https://recepteur.exemple/"))


@pytest.mark.parametrize("adresse", PUBLIQUES)
def test_un_nom_qui_mene_a_une_adresse_publique_passe(monkeypatch, adresse):
    reponses(monkeypatch, adresse)
    assert resoudre(lire_adresse("https://recepteur.exemple/")) == [adresse]


def test_une_seule_adresse_interne_parmi_d_autres_suffit_a_refuser(monkeypatch):
    reponses(monkeypatch, PUBLIQUES[0], "10.0.0.5")
    with pytest.raises(DestinationRefusee):
        resoudre(lire_adresse("https://recepteur.exemple/"))


@pytest.mark.parametrize("adresse", ["https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.5]/x"])
def test_une_adresse_ip_interne_est_refusee_des_la_saisie(adresse):
    with pytest.raises(ValidationError, match="réseau interne"):
        valider_adresse(adresse)


@pytest.mark.parametrize("hote", ["2130706433", "0x7f.1", "localhost", "LOCALHOST"])
def test_une_ecriture_detournee_de_la_boucle_locale_est_refusee_a_l_envoi(hote):
    assert "réseau interne" in client.poster(f"https://{hote}/", b"{}", {}).erreur


@pytest.mark.parametrize(
    ("adresse", "phrase"),
    [
        ("http://recepteur.exemple/", "https://"),
        ("http://127.0.0.1:8000/", "https://"),
        ("ftp://recepteur.exemple/", "https://"),
        ("recepteur.exemple", "https://"),
        ("", "sans espace ni accent"),
        ("https://recepteur.exemple/a b", "sans espace ni accent"),
        ("https://récepteur.exemple/", "sans espace ni accent"),
        ("https://recepteur.exemple/\r\nHost: autre", "sans espace ni accent"),
        ("https:///clauses", "nom d’hôte"),
        ("https://recepteur.exemple:0/", "nom d’hôte"),
        ("https://recepteur.exemple:99999/", "mal formée"),
        ("https://[::1/", "mal formée"),
        ("https://moi:secret@recepteur.exemple/", "ni identifiant"),
        ("https://recepteur.exemple/#ancre", "ni identifiant"),
    ],
)
def test_une_adresse_fautive_a_sa_phrase(adresse, phrase):
    with pytest.raises(DestinationRefusee, match=phrase):
        lire_adresse(adresse)


def test_une_adresse_se_decoupe():
    lue = lire_adresse("https://recepteur.exemple:8443/clauses?cle=1")
    assert lue == ("recepteur.exemple", 8443, "/clauses?cle=1", True)
    assert lire_adresse("https://recepteur.exemple")[1:3] == (443, "/")


def test_la_boucle_locale_ne_recoit_qu_en_demonstration(settings):
    settings.CLAUSES_DEMO = True
    assert lire_adresse("http://127.0.0.1:8000/").port == 8000
    with pytest.raises(DestinationRefusee, match="https"):
        lire_adresse("http://192.168.1.1/")


def test_un_nom_introuvable_a_sa_phrase(monkeypatch):
    def getaddrinfo(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert (
        client.poster("https://absent.exemple/", b"{}", {}).erreur
        == "Le nom d’hôte « absent.exemple » est introuvable."
    )


def test_la_connexion_se_fait_a_l_adresse_verifiee_sans_seconde_resolution(monkeypatch):
    """Le nom change de réponse entre le contrôle et la connexion : seule la première compte."""
    demandes = reponses(monkeypatch, PUBLIQUES[0])
    ouvertes = []

    def create_connection(adresse, timeout):
        ouvertes.append(adresse)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", create_connection)
    assert client.poster("https://recepteur.exemple/", b"{}", {}).erreur == "L’adresse ne répond pas."
    assert demandes == [("recepteur.exemple", 443)]
    assert ouvertes == [(PUBLIQUES[0], 443)]
