"""Un vrai TLS, de bout en bout : le certificat d’une autorité connue passe ; un faux, un échu ou un inconnu, non."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from clauses.crochets import client
from tests.recepteur import Recepteur

ENTETES = {"Content-Type": "application/json; charset=utf-8"}
REFUS = (None, "Le certificat de l’adresse n’est pas valable : son nom, sa date ou son autorité.")
Ouvrir = Callable[[trustme.LeafCert], Recepteur]


@pytest.fixture
def autorite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """La seule autorité que connaisse cette machine, le temps d’un test."""
    autorite = trustme.CA()
    autorite.cert_pem.write_to_path(str(tmp_path / "autorites.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "autorites.pem"))
    return autorite


@pytest.fixture
def ouvrir(settings) -> Iterator[Ouvrir]:
    """Un récepteur qui présente le certificat donné."""
    settings.CLAUSES_DEMO = True
    ouverts = []

    def avec(certificat: trustme.LeafCert) -> Recepteur:
        contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificat.configure_cert(contexte)
        ouverts.append(Recepteur(contexte))
        ouverts[-1].fil.start()
        return ouverts[-1]

    yield avec
    for serveur in ouverts:
        serveur.fermer()


def envoyer(serveur: Recepteur) -> client.Reponse:
    return client.poster(f"https://localhost:{serveur.server_address[1]}/clauses", b"{}", ENTETES)


def test_le_certificat_d_une_autorite_connue_passe_et_le_corps_arrive(autorite, ouvrir):
    serveur = ouvrir(autorite.issue_cert("localhost"))
    assert envoyer(serveur) == (204, "")
    assert [recu.corps for recu in serveur.recus] == [b"{}"]


@pytest.mark.parametrize("noms", [("exemple.fr",), ("127.0.0.1",)], ids=["autre-nom", "adresse-seule"])
def test_le_certificat_d_un_autre_nom_est_refuse(autorite, ouvrir, noms):
    serveur = ouvrir(autorite.issue_cert(*noms))
    assert envoyer(serveur) == REFUS
    assert serveur.recus == []


def test_un_certificat_echu_est_refuse(autorite, ouvrir):
    hier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    serveur = ouvrir(autorite.issue_cert("localhost", not_after=hier))
    assert envoyer(serveur) == REFUS
    assert serveur.recus == []


def test_une_autorite_inconnue_est_refusee(autorite, ouvrir):
    serveur = ouvrir(trustme.CA().issue_cert("localhost"))
    assert envoyer(serveur) == REFUS
    assert serveur.recus == []
