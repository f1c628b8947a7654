"""Créer un jeton, le voir une fois, le révoquer ; rien de son secret ne reste nulle part."""

from __future__ import annotations

import datetime
import hashlib
import html
import re

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clauses.comptes import actions
from clauses.comptes.acteurs import Role
from clauses.comptes.jetons import FORME, tirer
from clauses.comptes.lecture_jetons import siens
from clauses.comptes.models import EcritureJournal, Jeton, Rattachement
from clauses.comptes.portees import portees_de
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.traces import sans_lien
from tests.factories import JetonFactory, RattachementFactory, UtilisateurFactory, texte_de

LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
SAISIE = {"nom": "Tableau de bord", "portees": ["LIRE_MARCHES", "LIRE_HEURES"], "jours": 90}
SECRET = re.compile(r'value="(clauses_[^"]+)"')
TRAITS = {
    Role.FACILITATEUR: {}, Role.RESPONSABLE: {"responsable": True}, Role.LECTEUR: {"lecteur": True},
    Role.ACHETEUR: {"pour_acheteur": True}, Role.ENTREPRISE: {"pour_entreprise": True},
    Role.FINANCEUR: {"financeur": True},
}  # fmt: skip


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(LE_15, tick=False) as horloge:
        yield horloge


@pytest.fixture
def agent() -> Rattachement:
    return RattachementFactory()


def connecte(rattachement: Rattachement) -> Client:
    client = Client()
    client.force_login(rattachement.utilisateur)
    return client


def appel(texte: str, chemin: str = "/api/v1/marches/") -> int:
    return Client(headers={"authorization": f"Bearer {texte}"}).get(chemin).status_code


def test_un_jeton_cree_sur_la_page_ouvre_l_api_et_ne_se_montre_qu_une_fois(agent):
    client = connecte(agent)
    reponse = client.post(reverse("jetons"), SAISIE)
    assert reponse.headers["Cache-Control"] == "no-store"
    (texte,) = SECRET.findall(reponse.content.decode())
    assert FORME.fullmatch(texte)
    assert appel(texte) == 200
    page = client.get(reverse("jetons")).content.decode()
    prefixe, secret = FORME.fullmatch(texte).groups()
    assert f"clauses_{prefixe}_…" in page
    assert secret not in page
    assert "Tableau de bord" in page
    assert "expire le 15/03/2026" in page
    assert "Lire les marchés, Lire les heures" in page


def test_l_exemple_se_lance_contre_cette_instance_et_ne_redit_pas_le_secret(agent):
    page = html.unescape(connecte(agent).post(reverse("jetons"), SAISIE).content.decode())
    assert 'curl --header "Authorization: Bearer $JETON" http://testserver/api/v1/marches/' in page
    (texte,) = SECRET.findall(page)
    assert page.count(texte.rpartition("_")[2]) == 1


def test_le_secret_n_est_nulle_part_en_base(agent):
    jeton, texte = actions.creer_jeton(**SAISIE, par=agent.acteur())
    secret = texte.rpartition("_")[2]
    assert jeton.empreinte == hashlib.sha256(secret.encode()).hexdigest()
    lignes = [str(list(modele._base_manager.values())) for modele in apps.get_models()]
    assert not [ligne for ligne in lignes if secret in ligne]
    journal = str(list(EcritureJournal.objects.values_list("avant", "apres")))
    assert jeton.empreinte not in journal
    assert "Tableau de bord" in journal


def test_un_jeton_venu_dans_une_trace_y_est_masque():
    texte = texte_de(JetonFactory(prefixe="abcdefgh"))
    assert sans_lien(f"Bad Request: /api/v1/?jeton={texte}&x=1") == (
        "Bad Request: /api/v1/?jeton=clauses_abcdefgh_[secret]&x=1"
    )


def test_deux_tirages_n_ont_rien_de_commun():
    tires = [tirer() for _ in range(50)]
    assert len({prefixe for prefixe, _ in tires}) == len({secret for _, secret in tires}) == 50
    assert {len(bytes.fromhex(secret)) * 8 for _, secret in tires} == {256}


@pytest.mark.parametrize("role", Role)
def test_chaque_role_ne_se_voit_proposer_que_ses_portees(role):
    rattachement = RattachementFactory(**TRAITS[role])
    page = connecte(rattachement).get(reverse("jetons")).content.decode()
    cases = re.findall(r'<input[^>]*name="portees"[^>]*>', page)
    assert {re.search(r'value="(\w+)"', case)[1] for case in cases} == set(portees_de(role))
    jeton, texte = actions.creer_jeton(**SAISIE | {"portees": portees_de(role)[:1]}, par=rattachement.acteur())
    assert (jeton.rattachement, appel(texte, "/api/v1/bilans/")) == (rattachement, 200)


@pytest.mark.parametrize(
    ("faute", "phrase"),
    [
        ({"portees": ["GERER_MARCHES"]}, "n’en fait pas partie|Sélectionnez un choix valide"),
        ({"portees": ["GERER_STRUCTURE"]}, "n’en fait pas partie|Sélectionnez un choix valide"),
        ({"portees": []}, "Choisir au moins une portée"),
        ({"nom": ""}, "obligatoire"),
        ({"nom": "x" * 81}, "80"),
        ({"jours": 366}, "n’en fait pas partie|Sélectionnez un choix valide"),
        ({"jours": "x"}, "n’en fait pas partie|Sélectionnez un choix valide"),
    ],
)
def test_une_saisie_fausse_ne_cree_rien_et_le_dit(faute, phrase):
    reponse = connecte(RattachementFactory(lecteur=True)).post(reverse("jetons"), SAISIE | faute)
    assert reponse.status_code == 200
    assert re.search(phrase, html.unescape(reponse.content.decode()))
    assert not Jeton.objects.exists()


@pytest.mark.parametrize(
    ("faute", "phrase"),
    [
        ({"portees": ["LIRE_MARCHES", "GERER_MARCHES"]}, "parmi celles du rôle"),
        ({"portees": []}, "au moins une portée"),
        ({"jours": 0}, "d’un jour à un an"),
        ({"jours": 366}, "d’un jour à un an"),
    ],
)
def test_l_action_refuse_d_elle_meme_ce_que_le_formulaire_ne_propose_pas(faute, phrase):
    par = RattachementFactory(lecteur=True).acteur()
    with pytest.raises(ActionImpossible, match=phrase):
        actions.creer_jeton(**SAISIE | faute, par=par)
    assert not Jeton.objects.exists()


def test_un_nom_trop_long_est_refuse_par_l_action_aussi(agent):
    with pytest.raises(ValidationError):
        actions.creer_jeton(**SAISIE | {"nom": "x" * 81}, par=agent.acteur())


def test_vingt_jetons_en_cours_au_plus_un_revoque_n_en_est_plus(agent):
    crees = [actions.creer_jeton(**SAISIE, par=agent.acteur())[0] for _ in range(20)]
    with pytest.raises(ActionImpossible, match="20 jetons"):
        actions.creer_jeton(**SAISIE, par=agent.acteur())
    actions.revoquer_jeton(crees[0], par=agent.acteur())
    actions.creer_jeton(**SAISIE, par=agent.acteur())


def test_un_jeton_ne_cree_pas_de_jeton(agent):
    jeton = JetonFactory(rattachement=agent, portees=list(portees_de(Role.FACILITATEUR)))
    with pytest.raises(PermissionDenied):
        actions.creer_jeton(**SAISIE, par=jeton.acteur())
    with pytest.raises(PermissionDenied):
        actions.revoquer_jeton(jeton, par=jeton.acteur())


def test_un_acces_ferme_entre_temps_ne_cree_rien(agent):
    par = agent.acteur()
    agent.est_actif = False
    agent.save()
    with pytest.raises(ActionImpossible, match="fermé"):
        actions.creer_jeton(**SAISIE, par=par)


def test_revoquer_vaut_a_l_appel_suivant(agent):
    jeton, texte = actions.creer_jeton(**SAISIE, par=agent.acteur())
    assert appel(texte) == 200
    reponse = connecte(agent).post(reverse("jeton_revoquer", args=[jeton.pk]), follow=True)
    assert "est révoqué" in reponse.content.decode()
    assert appel(texte) == 401
    jeton.refresh_from_db()
    assert (jeton.revoque_le, jeton.revoque_par) == (LE_15, agent.utilisateur)
    assert EcritureJournal.objects.filter(action="révoquer un jeton").count() == 1
    connecte(agent).post(reverse("jeton_revoquer", args=[jeton.pk]))
    assert EcritureJournal.objects.filter(action="révoquer un jeton").count() == 1


def test_on_ne_voit_ni_ne_revoque_le_jeton_d_un_collegue(agent):
    responsable = RattachementFactory(responsable=True, structure=agent.structure)
    jeton = JetonFactory(rattachement=agent, nom="Jeton du collègue")
    for autre in (responsable, RattachementFactory(structure=agent.structure)):
        client = connecte(autre)
        assert "Jeton du collègue" not in client.get(reverse("jetons")).content.decode()
        assert client.post(reverse("jeton_revoquer", args=[jeton.pk])).status_code == 404
        with pytest.raises(ActionImpossible):
            actions.revoquer_jeton(jeton, par=autre.acteur())
    assert appel(texte_de(jeton)) == 200


def test_fermer_un_acces_revoque_ses_jetons_et_le_rouvrir_ne_les_rouvre_pas(agent):
    responsable = RattachementFactory(responsable=True, structure=agent.structure)
    _, texte = actions.creer_jeton(**SAISIE, par=agent.acteur())
    actions.detacher(agent, par=responsable.acteur())
    assert appel(texte) == 401
    agent.refresh_from_db()
    agent.est_actif = True
    agent.save()
    assert appel(texte) == 401
    assert Jeton.objects.get().revoque_par == responsable.utilisateur


def test_un_role_qui_perd_un_droit_le_retire_a_ses_jetons(agent):
    jeton = JetonFactory(rattachement=agent, portees=["GERER_MARCHES"])
    agent.role = Role.LECTEUR
    agent.save()
    jeton.refresh_from_db()
    assert sorted(d for d in jeton.acteur().portees if jeton.acteur().peut(d)) == ["consulter_marches"]


def test_l_etat_de_chaque_jeton_se_lit_ceux_qui_servent_d_abord(agent):
    veille = LE_15 - datetime.timedelta(days=1)
    JetonFactory(rattachement=agent, nom="Révoqué", revoque_le=LE_15, revoque_par=agent.utilisateur)
    JetonFactory(rattachement=agent, nom="Échu", cree_le=veille, valable_jusqu_au=LE_15)
    ferme = RattachementFactory(
        utilisateur=agent.utilisateur, structure=agent.structure, lecteur=True, est_actif=False
    )
    JetonFactory(rattachement=ferme, nom="D’un accès fermé")
    JetonFactory(rattachement=agent, nom="En cours", cree_le=veille, dernier_usage=LE_15)
    ailleurs = RattachementFactory(utilisateur=agent.utilisateur)
    JetonFactory(rattachement=ailleurs, nom="D’une autre structure")
    lus = siens(agent.acteur())
    assert {lu.jeton.nom: lu.etat.label for lu in lus} == {
        "En cours": "En cours", "D’un accès fermé": "Accès fermé", "Révoqué": "Révoqué", "Échu": "Expiré",
    }  # fmt: skip
    assert lus[0].jeton.nom == "En cours"
    page = connecte(agent).get(reverse("jetons")).content.decode()
    assert "15/12/2025 à 13:00" in page
    assert page.count("Révoquer<") == 1


@pytest.mark.parametrize(
    ("faute", "contrainte"),
    [
        ({"portees": []}, "jeton_porte_quelque_chose"),
        ({"valable_jusqu_au": LE_15}, "jeton_expire_apres_sa_creation"),
        ({"revoque_le": LE_15}, "jeton_revocation_complete_ou_absente"),
    ],
)
def test_la_base_refuse_un_jeton_absurde(faute, contrainte):
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        JetonFactory(**faute)


def test_deux_jetons_ne_commencent_pas_de_meme():
    JetonFactory(prefixe="aaaaaaaa")
    with pytest.raises(IntegrityError), transaction.atomic():
        JetonFactory(prefixe="aaaaaaaa")


def test_le_menu_du_compte_mene_aux_jetons_et_aux_integrations_selon_le_droit(agent):
    page = connecte(agent).get(reverse("jetons")).content.decode()
    assert page.count(f'href="{reverse("jetons")}"') == 1
    assert reverse("integrations") not in page
    responsable = RattachementFactory(responsable=True, utilisateur=UtilisateurFactory())
    assert reverse("integrations") in connecte(responsable).get(reverse("reglages")).content.decode()
