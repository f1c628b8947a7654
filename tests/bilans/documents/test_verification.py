"""La page publique : valide, annulée, inconnue ; rien de plus que les totaux, et pas d’oracle."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bilans import actions
from bilans.documents.codes import en_groupes, normaliser
from bilans.enums import NatureDocument
from bilans.verification import verifier
from clauses.comptes.models import EcritureJournal
from tests.bilans.documents.outils import emettre, en_ligne

PAGE = "/verifier/"
INCONNU = "7K2M9QX4TB3H8WZA"


@pytest.fixture(autouse=True)
def debit_neuf() -> None:
    cache.clear()


@pytest.fixture
def attestation(engagement, par):
    return emettre(engagement, NatureDocument.ATTESTATION_INTERMEDIAIRE, par=par)


def demander(code: str) -> str:
    reponse = Client().post(PAGE, {"code": code})
    assert reponse.status_code == 200
    return en_ligne(reponse.content.decode())


def test_le_code_rend_les_totaux_sans_compte(attestation):
    lu = demander(en_groupes(attestation.code))
    for mots in (
        "Attestation valide.", "Attestation intermédiaire n° 2025-001", "187,17 h", "Bâtisseurs fictifs",
        "2025-M1, lot 2", "Ville fictive", "PLIE fictif", "du 01/01/2025 au 15/12/2025", "15/12/2025",
    ):  # fmt: skip
        assert mots in lu, mots


def test_la_page_ne_montre_que_les_totaux(attestation):
    lu = demander(attestation.code)
    caches = ("P-001", "P-002", "NOMSECRET", "Intérim d’insertion fictif", "Embauche directe", "500,00", "Camille")
    assert not [mots for mots in caches if mots in lu]


@pytest.mark.parametrize("ecrire", [str.lower, lambda c: f" {c} ", lambda c: "–".join(c), lambda c: " ".join(c)])
def test_casse_espaces_et_tirets_sont_sans_importance(attestation, ecrire):
    assert verifier(ecrire(attestation.code)).titre == attestation.titre


def test_les_signes_que_l_on_confond_se_valent():
    assert normaliser("OoIiLl-0000-1111-AB") == "0011110000" + "1111AB"


@pytest.mark.parametrize(
    "saisie",
    ["", "ABC", "7K2M-9QX4-TB3H-8WZ", "7K2M-9QX4-TB3H-8WZA-0", "7K2M9QX4TB3H8WZU", "é" * 16, "%" * 16, "\x00" * 16],
)
def test_une_saisie_qui_n_est_pas_un_code_ne_vaut_rien(saisie):
    assert normaliser(saisie) == ""
    assert verifier(saisie) is None


def test_une_attestation_annulee_le_dit(attestation, par):
    actions.annuler(attestation, par=par)
    lu = demander(attestation.code)
    assert "Attestation annulée</strong> le 15/12/2025 : elle ne vaut plus." in lu
    assert "Attestation valide" not in lu


def corps_sans_saisie(code: str) -> str:
    lu = Client().post(PAGE, {"code": code}).content.decode().replace(f'value="{code}"', "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", lu)


@pytest.mark.parametrize("malforme", ["ABC", "é" * 16, "<script>", "7K2M9QX4TB3H8WZU"])
def test_inconnu_et_mal_forme_ne_se_distinguent_pas(attestation, malforme):
    """Même page, mêmes requêtes : ni le texte ni le temps ne disent si un code aurait pu exister."""
    pages, requetes = [], []
    for code in (INCONNU, malforme):
        with CaptureQueriesContext(connection) as faites:
            pages.append(corps_sans_saisie(code).replace("&lt;script&gt;", code).replace(f'value="{code}"', ""))
        requetes.append([re.sub(r"'[^']*'", "?", r["sql"]) for r in faites if "bilans_document" in r["sql"]])
    assert "Code inconnu." in pages[0]
    assert pages[0] == pages[1]
    assert requetes[0] == requetes[1]
    assert len(requetes[0]) == 1


def test_un_code_ne_passe_jamais_par_l_adresse(attestation):
    lu = Client().get(PAGE, {"code": attestation.code}).content.decode()
    assert attestation.titre not in lu
    assert attestation.code not in lu


def test_le_onzieme_essai_de_la_minute_est_refuse(attestation):
    client = Client()
    statuts = [client.post(PAGE, {"code": INCONNU}).status_code for _ in range(11)]
    assert statuts == [200] * 10 + [429]
    assert Client().post(PAGE, {"code": attestation.code}, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_un_refus_de_debit_ne_dit_rien_du_code(attestation):
    client = Client()
    for _ in range(10):
        client.post(PAGE, {"code": INCONNU})
    bloquee = client.post(PAGE, {"code": attestation.code})
    assert bloquee["Retry-After"] == "300"
    assert attestation.titre not in bloquee.content.decode()


def test_verifier_n_ecrit_rien_et_ne_se_garde_pas_en_cache(attestation):
    avant = EcritureJournal.objects.count()
    reponse = Client().post(PAGE, {"code": attestation.code})
    assert EcritureJournal.objects.count() == avant
    assert "no-store" in reponse["Cache-Control"]


def test_un_document_sans_code_ne_se_verifie_pas(engagement, par):
    emettre(engagement, NatureDocument.RELANCE_1, par=par)
    assert verifier("") is None
