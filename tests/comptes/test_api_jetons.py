"""Les jetons et les intégrations, par l’API : un texte montré une fois, par une session seulement."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.jetons import FORME
from clauses.comptes.models import Jeton, Rattachement
from clauses.comptes.portees import portees_de
from tests.factories import JetonFactory, RattachementFactory, StructureFactory, texte_de
from tests.heures.api.porte import Porte, fautes, refus

LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
CORPS = {"nom": "Tableau de bord", "portees": ["LIRE_MARCHES"], "jours": 30}


@pytest.fixture(autouse=True)
def horloge() -> Any:
    with time_machine.travel(LE_15, tick=False):
        yield


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


@pytest.fixture
def porte(structure: Any) -> Porte:
    return Porte(structure)


@pytest.fixture
def responsable(structure: Any) -> Porte:
    return Porte(structure, Role.RESPONSABLE)


def appel(texte: str) -> int:
    return Client(headers={"authorization": f"Bearer {texte}"}).get("/api/v1/marches/").status_code


def test_un_jeton_se_cree_et_son_texte_ne_se_montre_qu_une_fois(porte: Porte) -> None:
    reponse = porte.poster("jetons/", CORPS)
    assert (reponse.status_code, reponse["Cache-Control"]) == (201, "no-store")
    texte = reponse.json()["texte"]
    assert FORME.fullmatch(texte)
    assert appel(texte) == 200
    lue = porte.lire(f"jetons/{reponse.json()['id']}/").json()
    assert lue == {nom: valeur for nom, valeur in reponse.json().items() if nom != "texte"} | {
        "dernier_usage": "2025-12-15T13:00:00+01:00"
    }
    assert (lue["etat"], lue["portees"], lue["debut"]) == ("EN_COURS", ["LIRE_MARCHES"], f"{texte[:17]}…")
    assert texte.rpartition("_")[2] not in porte.lire("jetons/").content.decode()
    assert porte.journal("ECRITURE") == [("créer un jeton", str(lue["id"]), 1)]


def test_redire_la_creation_ne_remontre_pas_le_texte(porte: Porte) -> None:
    clef = {"Idempotency-Key": "jeton-1"}
    premiere, redite = (porte.poster("jetons/", CORPS, **clef) for _ in range(2))
    assert (redite.json()["id"], redite.json()["texte"]) == (premiere.json()["id"], None)
    assert Jeton.objects.count() == 1


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({"portees": []}, "portees", "vide"),
        ({"portees": ["TOUT"]}, "portees", "Code inconnu"),
        ({"jours": 366}, "jours", "365"),
        ({"nom": ""}, "nom", "vide"),
        ({"empreinte": "x"}, "empreinte", "ne s’écrit pas"),
    ],
)
def test_un_jeton_mal_ecrit_se_dit(porte: Porte, corps: Any, champ: str, phrase: str) -> None:
    lues = fautes(porte.poster("jetons/", CORPS | corps))
    assert any(nom is not None and nom.startswith(champ) and phrase in dit for nom, dit in lues.items()), lues
    assert not Jeton.objects.exists()


def test_une_portee_hors_du_role_est_refusee(porte: Porte) -> None:
    assert "celles du rôle" in refus(porte.poster("jetons/", CORPS | {"portees": ["DECIDER_PENALITES"]}))
    assert not Jeton.objects.exists()


def test_revoquer_ferme_le_jeton_a_l_instant_et_se_redit(porte: Porte) -> None:
    jeton = JetonFactory(rattachement=porte.rattachement)
    assert appel(texte_de(jeton)) == 200
    for _ in range(2):
        assert porte.poster(f"jetons/{jeton.pk}/revoquer/", {}).json()["etat"] == "REVOQUE"
    assert appel(texte_de(jeton)) == 401
    assert porte.journal("ECRITURE") == [("révoquer un jeton", str(jeton.pk), 1)]


def test_le_jeton_d_une_autre_personne_n_existe_pas(responsable: Porte, structure: Any) -> None:
    d_autrui = JetonFactory(rattachement__structure=structure)
    assert responsable.lus("jetons/") == []
    assert responsable.poster(f"jetons/{d_autrui.pk}/revoquer/", {}).status_code == 404
    assert Jeton.objects.get(pk=d_autrui.pk).revoque_le is None


def test_un_jeton_n_en_cree_ni_n_en_lit_un_autre(structure: Any) -> None:
    acces = RattachementFactory(structure=structure, responsable=True)
    jeton = JetonFactory(rattachement=acces, portees=list(portees_de(Role.RESPONSABLE)))
    client = Client(headers={"authorization": f"Bearer {texte_de(jeton)}"})
    for chemin in ("jetons/", "integrations/", "acces/", "notifications/"):
        assert client.get(f"/api/v1/{chemin}").status_code == 403
    assert client.post("/api/v1/jetons/", CORPS, content_type="application/json").status_code == 403
    assert client.post(f"/api/v1/jetons/{jeton.pk}/revoquer/", {}, content_type="application/json").status_code == 403


def test_une_integration_se_cree_se_renouvelle_et_se_revoque(responsable: Porte) -> None:
    creee = responsable.poster("integrations/", CORPS | {"role": "LECTEUR"})
    assert (creee.status_code, creee["Cache-Control"]) == (201, "no-store")
    lue = creee.json()
    ancien = lue.pop("texte")
    assert responsable.lire(f"integrations/{lue['id']}/").json() == lue
    assert (lue["nom"], lue["role"], lue["est_actif"]) == ("Tableau de bord", "LECTEUR", True)
    assert lue["jeton"]["etat"] == "EN_COURS"
    renouvelee = responsable.poster(f"integrations/{lue['id']}/renouveler/", {}).json()
    assert (appel(ancien), appel(renouvelee["texte"])) == (401, 200)
    assert renouvelee["jeton"]["id"] != lue["jeton"]["id"]
    fermee = responsable.poster(f"integrations/{lue['id']}/revoquer/", {}).json()
    assert (fermee["est_actif"], fermee["jeton"]["etat"], appel(renouvelee["texte"])) == (False, "REVOQUE", 401)
    assert "révoquée" in refus(responsable.poster(f"integrations/{lue['id']}/renouveler/", {}))
    assert [geste for geste, *_ in responsable.journal("ECRITURE")] == [
        "ouvrir une intégration", "créer un jeton", "révoquer un jeton", "créer un jeton", "révoquer un jeton",
        "retirer de la structure",
    ]  # fmt: skip


def test_une_integration_impossible_est_refusee(responsable: Porte) -> None:
    assert "Codes : LECTEUR, FACILITATEUR" in fautes(
        responsable.poster("integrations/", CORPS | {"role": "RESPONSABLE"})
    )["role"].replace("\u00a0", " ")
    portees = {"role": "LECTEUR", "portees": ["GERER_MARCHES"]}
    assert "celles du rôle" in refus(responsable.poster("integrations/", CORPS | portees))
    assert not Rattachement.objects.filter(utilisateur__est_integration=True).exists()


def test_les_integrations_ne_sont_qu_a_qui_gere_la_structure(porte: Porte, structure: Any) -> None:
    integration = JetonFactory(rattachement=RattachementFactory(structure=structure, integration=True)).rattachement
    assert porte.lire("integrations/").status_code == 403
    assert porte.poster("integrations/", CORPS | {"role": "LECTEUR"}).status_code == 403
    for geste in ("renouveler", "revoquer"):
        assert porte.poster(f"integrations/{integration.pk}/{geste}/", {}).status_code == 403
    assert Rattachement.objects.get(pk=integration.pk).est_actif


def test_l_integration_d_une_autre_structure_n_existe_pas(responsable: Porte) -> None:
    integration = JetonFactory(rattachement=RattachementFactory(integration=True)).rattachement
    assert responsable.lus("integrations/") == []
    for geste in ("renouveler", "revoquer"):
        assert responsable.poster(f"integrations/{integration.pk}/{geste}/", {}).status_code == 404
