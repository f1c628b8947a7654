"""L’API par jeton : ce qui passe, ce qui est refusé d’une même phrase, et ce que l’appel écrit de lui-même."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Jeton
from clauses.socle.lecture_seule import EcritureInterdite
from tests.factories import JetonFactory, MarcheFactory, RattachementFactory, texte_de

pytestmark = pytest.mark.urls("tests.urls_api")
LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
ESSAI, MARCHES = "/api/v1/essai/", "/api/v1/marches/"


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(LE_15, tick=False) as horloge:
        yield horloge


@pytest.fixture
def jeton() -> Jeton:
    return JetonFactory()


def porteur(jeton: Jeton | str, **options: Any) -> Client:
    texte = jeton if isinstance(jeton, str) else texte_de(jeton)
    return Client(headers={"authorization": f"Bearer {texte}"}, **options)


def test_un_jeton_en_cours_agit_au_titre_de_son_rattachement(jeton):
    acces = jeton.rattachement
    assert porteur(jeton).get(ESSAI).json() == {
        "utilisateur": acces.utilisateur_id, "structure": acces.structure_id, "role": "FACILITATEUR",
    }  # fmt: skip


def test_un_jeton_ne_voit_que_sa_structure(jeton):
    sien = MarcheFactory(structure=jeton.structure)
    autre = MarcheFactory()
    client = porteur(jeton)
    assert [marche["id"] for marche in client.get(MARCHES).json()["results"]] == [sien.pk]
    assert client.get(f"{MARCHES}{autre.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE, Role.FINANCEUR])
def test_un_partenaire_a_aussi_ses_jetons(role):
    traits = {Role.ACHETEUR: "pour_acheteur", Role.ENTREPRISE: "pour_entreprise", Role.FINANCEUR: "financeur"}
    jeton = JetonFactory(**{f"rattachement__{traits[role]}": True})
    assert porteur(jeton).get(ESSAI).json()["role"] == role


def refus_possibles(jeton: Jeton) -> dict[str, str]:
    """Ce que l’on peut présenter de faux autour d’un vrai jeton."""
    vrai = texte_de(jeton)
    return {
        "vide": "", "autre forme": "abc", "sans secret": vrai[:17], "secret trop court": vrai[:-1],
        "secret trop long": f"{vrai}0", "secret faux": f"{vrai[:-1]}{'0' if vrai[-1] != '0' else '1'}",
        "préfixe inconnu": f"clauses_zzzzzzzz_{vrai[17:]}", "majuscules": vrai.upper(), "deux": f"{vrai} {vrai}",
        "accents": "clauses_éééééééé_é", "nul": f"{vrai}\x00", "long": "clauses_" * 900,
    }  # fmt: skip


def cesse(jeton: Jeton, comment: str) -> None:
    match comment:
        case "révoqué":
            jeton.revoque_le, jeton.revoque_par = LE_15, jeton.cree_par
        case "échu":
            jeton.cree_le, jeton.valable_jusqu_au = LE_15 - datetime.timedelta(days=9), LE_15
        case "compte inactif":
            jeton.rattachement.utilisateur.is_active = False
            jeton.rattachement.utilisateur.save()
        case "accès fermé":
            jeton.rattachement.est_actif = False
            jeton.rattachement.save()
    jeton.save()


def test_tout_faux_jeton_recoit_la_meme_reponse_qu_un_jeton_qui_a_cesse(jeton):
    reponses = [porteur(texte).get(ESSAI) for texte in refus_possibles(jeton).values()]
    for comment in ("révoqué", "échu", "compte inactif", "accès fermé"):
        autre = JetonFactory()
        assert porteur(autre).get(ESSAI).status_code == 200
        cesse(autre, comment)
        reponses.append(porteur(autre).get(ESSAI))
    assert {reponse.status_code for reponse in reponses} == {401}
    assert {reponse.headers["WWW-Authenticate"] for reponse in reponses} == {"Bearer"}
    assert {reponse.headers["Cache-Control"] for reponse in reponses} == {"no-store"}
    assert len({reponse.content for reponse in reponses}) == 1
    assert reponses[0].headers["Content-Type"].startswith("application/")


def test_un_jeton_vaut_jusqu_a_son_dernier_instant(jeton, horloge):
    horloge.move_to(jeton.valable_jusqu_au - datetime.timedelta(seconds=1))
    assert porteur(jeton).get(ESSAI).status_code == 200
    horloge.move_to(jeton.valable_jusqu_au)
    assert porteur(jeton).get(ESSAI).status_code == 401


@pytest.mark.parametrize("adresse", [ESSAI, MARCHES])
@pytest.mark.parametrize("methode", ["get", "head", "options", "post", "delete"])
def test_sans_rien_l_api_repond_401_et_ne_renvoie_pas_a_la_connexion(adresse, methode):
    reponse = getattr(Client(), methode)(adresse)
    assert reponse.status_code == 401
    assert reponse.headers["WWW-Authenticate"] == "Bearer"
    assert "Location" not in reponse.headers
    assert methode == "head" or "detail" in reponse.json()


def test_le_schema_de_l_en_tete_ne_tient_pas_compte_de_la_casse(jeton):
    assert Client(headers={"authorization": f"bearer  {texte_de(jeton)}"}).get(ESSAI).status_code == 200


def test_un_autre_schema_laisse_la_session_decider():
    rattachement = RattachementFactory()
    client = Client(headers={"authorization": "Basic YTpi"})
    assert client.get(ESSAI).status_code == 401
    client.force_login(rattachement.utilisateur)
    assert client.get(ESSAI).json()["utilisateur"] == rattachement.utilisateur_id


def test_un_jeton_l_emporte_sur_la_session_et_un_faux_ne_s_y_rabat_pas(jeton):
    responsable = RattachementFactory(responsable=True)
    client = porteur(jeton)
    client.force_login(responsable.utilisateur)
    assert client.get(ESSAI).json()["structure"] == jeton.structure_id
    faux = porteur("clauses_faux")
    faux.force_login(responsable.utilisateur)
    assert faux.get(ESSAI).status_code == 401


@pytest.mark.parametrize("parametre", ["token", "jeton", "access_token"])
def test_un_jeton_dans_l_adresse_est_refuse_quel_que_soit_l_appelant(jeton, parametre):
    connecte = Client()
    connecte.force_login(RattachementFactory().utilisateur)
    for client in (Client(), connecte, porteur(jeton)):
        reponse = client.get(MARCHES, {parametre: texte_de(jeton)})
        assert reponse.status_code == 400
        assert "ne se met pas dans l’adresse" in reponse.json()["detail"]


def test_le_csrf_reste_exige_de_la_session_et_pas_du_jeton(jeton):
    client = Client(enforce_csrf_checks=True)
    client.force_login(RattachementFactory().utilisateur)
    assert client.post(ESSAI).status_code == 403
    assert not EcritureJournal.objects.filter(action="essai").exists()
    assert porteur(jeton, enforce_csrf_checks=True).post(ESSAI).status_code == 201


def test_le_journal_nomme_qui_porte_le_jeton(jeton):
    porteur(jeton).post(ESSAI)
    ecriture = EcritureJournal.objects.get(action="essai")
    assert (ecriture.inscrite_par, ecriture.role) == (jeton.rattachement.utilisateur, "FACILITATEUR")


def test_une_portee_absente_est_un_403_comme_un_role_insuffisant(jeton):
    client = porteur(jeton)
    assert client.get(ESSAI, {"droit": "CONSULTER_MARCHES"}).status_code == 200
    for droit in ("CONSULTER_PERSONNES", "GERER_MARCHES", "GERER_STRUCTURE", "GERER_SES_JETONS"):
        assert client.get(ESSAI, {"droit": droit}).status_code == 403
    session = Client()
    session.force_login(jeton.rattachement.utilisateur)
    assert session.get(ESSAI, {"droit": "CONSULTER_PERSONNES"}).status_code == 200


def test_un_jeton_n_ouvre_aucune_page(jeton):
    assert porteur(jeton).get("/marches/").status_code == 302
    assert porteur(jeton).get("/compte/acces-api/").status_code == 302


def test_un_compte_sans_rattachement_recoit_un_refus_en_json():
    rattachement = RattachementFactory(est_actif=False)
    client = Client()
    client.force_login(rattachement.utilisateur)
    reponse = client.get(ESSAI)
    assert reponse.status_code == 403
    assert "detail" in reponse.json()


def usage(jeton: Jeton) -> datetime.datetime | None:
    jeton.refresh_from_db()
    return jeton.dernier_usage


def test_le_dernier_usage_s_ecrit_au_plus_une_fois_par_heure_meme_pour_un_get(jeton, horloge):
    client = porteur(jeton)
    assert usage(jeton) is None
    client.get(ESSAI)
    assert usage(jeton) == LE_15
    horloge.move_to(LE_15 + datetime.timedelta(minutes=59))
    client.get(ESSAI)
    assert usage(jeton) == LE_15
    horloge.move_to(LE_15 + datetime.timedelta(minutes=60))
    client.get(ESSAI)
    assert usage(jeton) == LE_15 + datetime.timedelta(minutes=60)


def test_une_demande_refusee_est_aussi_un_usage_et_un_faux_jeton_n_en_est_pas_un(jeton):
    porteur(f"{texte_de(jeton)[:-1]}0").get(ESSAI)
    assert usage(jeton) is None
    assert porteur(jeton).get(ESSAI, {"absent": "1"}).status_code == 404
    assert usage(jeton) == LE_15


def test_un_get_par_jeton_n_ecrit_rien_d_autre(jeton):
    with pytest.raises(EcritureInterdite):
        porteur(jeton).get(ESSAI, {"ecrire": "1"})


def test_reconnaitre_un_jeton_et_compter_coutent_une_requete_chacun(jeton):
    client = porteur(jeton)
    client.get(ESSAI)
    with CaptureQueriesContext(connection) as requetes:
        client.get(ESSAI)
    tables = [r["sql"].split()[0] for r in requetes if "comptes_" in r["sql"]]
    assert tables == ["SELECT", "INSERT"]
