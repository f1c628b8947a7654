"""Connexion, mot de passe, limites d’essais : mêmes réponses pour un compte connu ou inconnu (B73 à B83)."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse

from clauses.comptes.middleware import CLEF_DE_SESSION
from tests.factories import MOT_DE_PASSE, EntrepriseFactory, RattachementFactory, UtilisateurFactory

NEUF = "un nouveau mot de passe bien long"


@pytest.fixture(autouse=True)
def cache_vide():
    cache.clear()


@pytest.fixture
def agent():
    return RattachementFactory().utilisateur


def connecter(client: Client, courriel: str, mot_de_passe: str = MOT_DE_PASSE, **suite: str):
    return client.post(
        reverse("account_login") + suite.get("suite", ""), {"login": courriel, "password": mot_de_passe}
    )


def est_connecte(client: Client) -> bool:
    return client.get(reverse("entreprises:liste")).status_code == 200


@pytest.mark.parametrize("ecriture", [str.lower, str.upper])
def test_on_se_connecte_par_son_courriel_quelle_que_soit_la_casse(client, agent, ecriture):
    assert connecter(client, ecriture(agent.email)).url == reverse("accueil")
    assert est_connecte(client)


def test_la_session_change_de_clef_a_la_connexion(client, agent):
    client.get(reverse("account_login"))
    client.session["avant"] = "x"
    avant = client.session.session_key
    connecter(client, agent.email)
    assert client.session.session_key != avant


def test_connu_et_inconnu_recoivent_la_meme_reponse(agent):
    pages = []
    for courriel in (agent.email, "personne@exemple.invalid"):
        reponse = connecter(Client(), courriel, "un mot de passe faux")
        page = re.sub(r'(csrfmiddlewaretoken" value|value)="[^"]*"', "", reponse.content.decode())
        pages.append((reponse.status_code, page))
    assert pages[0] == pages[1]


def test_un_compte_inactif_ne_se_connecte_pas(client):
    utilisateur = UtilisateurFactory(is_active=False)
    connecter(client, utilisateur.email)
    assert not est_connecte(client)


def test_desactiver_un_compte_ferme_sa_session(client, agent):
    client.force_login(agent)
    agent.is_active = False
    agent.save(update_fields=["is_active"])
    assert not est_connecte(client)


def test_un_compte_sans_rattachement_est_refuse_d_une_phrase(client):
    client.force_login(UtilisateurFactory())
    for adresse in ("accueil", "journal", "reglages", "utilisateurs"):
        reponse = client.get(reverse(adresse))
        assert reponse.status_code == 403
        assert "rattaché à aucune structure" in reponse.content.decode()
    assert client.get(reverse("account_change_password")).status_code == 200


def test_au_dela_de_cinq_echecs_meme_le_bon_mot_de_passe_attend(agent):
    """La limite vit dans le cache partagé : elle compte les essais de tous les processus."""
    for _ in range(5):
        connecter(Client(), agent.email, "un mot de passe faux")
    bon = Client()
    connecter(bon, agent.email)
    assert not est_connecte(bon)
    autre = RattachementFactory().utilisateur
    client = Client()
    connecter(client, autre.email)
    assert est_connecte(client)


def test_trop_de_demandes_repondent_429_et_disent_quand_revenir(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "2/h/ip"}
    envois = [client.post(reverse("account_reset_password"), {"email": f"a{n}@exemple.invalid"}) for n in range(4)]
    refus = envois[-1]
    assert (refus.status_code, refus.headers["Retry-After"]) == (429, "300")
    assert "Attendez quelques minutes" in refus.content.decode()


@pytest.mark.parametrize(
    ("mot_de_passe", "accepte"),
    [
        ("a1b2c3d4e5f6g7", False),  # 14 caractères
        ("a1b2c3d4e5f6g7h", True),
        ("é" * 7 + "phrase de passe", True),
        ("mot de passe avec des espaces", True),
        ("🐢" * 16, True),
        ("Durandeau-Camille", False),  # le nom du compte
    ],
)
def test_un_mot_de_passe_a_quinze_caracteres_et_ne_reprend_pas_le_nom(mot_de_passe, accepte):
    utilisateur = UtilisateurFactory.build(nom="Durandeau-Camille", prenom="Camille")
    if accepte:
        assert validate_password(mot_de_passe, utilisateur) is None
    else:
        with pytest.raises(ValidationError):
            validate_password(mot_de_passe, utilisateur)


@pytest.mark.parametrize("nom", ["account_signup", "account_email", "admin:index", "socialaccount_connections"])
def test_l_inscription_et_l_administration_n_existent_pas(nom):
    with pytest.raises(NoReverseMatch):
        reverse(nom)


@pytest.mark.parametrize("adresse", ["/compte/inscription/", "/accounts/signup/", "/admin/", "/compte/signup/"])
def test_aucune_porte_derobee(client, agent, adresse):
    client.force_login(agent)
    assert client.get(adresse).status_code == 404


def test_se_deconnecter_demande_un_post(client, agent):
    client.force_login(agent)
    client.get(reverse("account_logout"))
    assert est_connecte(client)
    client.post(reverse("account_logout"))
    assert not est_connecte(client)


@pytest.mark.parametrize(
    "suite", ["//exterieur.invalid", "https://exterieur.invalid/", "/\\exterieur.invalid", "javascript:x"]
)
def test_la_connexion_ne_renvoie_pas_au_dehors(client, agent, suite):
    reponse = client.post(reverse("account_login"), {"login": agent.email, "password": MOT_DE_PASSE, "next": suite})
    assert reponse.url == reverse("accueil")


def test_reinitialiser_son_mot_de_passe(client, agent, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": agent.email})
    assert mailoutbox[0].to == [agent.email]
    assert "Il ne sert qu’une fois" in mailoutbox[0].body
    lien = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)[1]
    formulaire = client.get(lien, follow=True).request["PATH_INFO"]
    client.post(formulaire, {"password1": NEUF, "password2": NEUF})
    agent.refresh_from_db()
    assert agent.check_password(NEUF)
    assert not est_connecte(client)
    assert "Ce lien ne sert plus" in Client().get(lien, follow=True).content.decode()


def test_changer_de_mot_de_passe_ferme_les_autres_sessions(agent):
    ici, ailleurs = Client(), Client()
    ici.force_login(agent)
    ailleurs.force_login(agent)
    ici.post(reverse("account_change_password"), {"oldpassword": MOT_DE_PASSE, "password1": NEUF, "password2": NEUF})
    assert est_connecte(ici)
    assert not est_connecte(ailleurs)


def test_une_adresse_inconnue_recoit_la_meme_page_qu_un_compte(agent, mailoutbox):
    reponses = [
        Client().post(reverse("account_reset_password"), {"email": courriel}, follow=True)
        for courriel in (agent.email, "personne@exemple.invalid")
    ]
    assert reponses[0].redirect_chain == reponses[1].redirect_chain
    assert reponses[0].content == reponses[1].content
    assert [courriel.to for courriel in mailoutbox] == [[agent.email]]


def test_un_lien_forge_n_ecrit_rien_et_repond(client, agent):
    adresse = reverse("account_reset_password_from_key", kwargs={"uidb36": agent.pk, "key": "faux-lien"})
    assert "Ce lien ne sert plus" in client.get(adresse).content.decode()


def test_on_n_agit_que_pour_ses_propres_rattachements(client):
    mien, autre = RattachementFactory(), RattachementFactory()
    second = RattachementFactory(utilisateur=mien.utilisateur, pour_entreprise=True, entreprise=EntrepriseFactory())
    client.force_login(mien.utilisateur)
    assert client.post(reverse("agir_pour", args=[autre.pk])).status_code == 404
    assert client.post(reverse("agir_pour", args=[second.pk])).status_code == 302
    assert client.session[CLEF_DE_SESSION] == second.pk
    assert client.get(reverse("heures:participants")).status_code == 403


def test_un_rattachement_retire_ne_reste_pas_par_la_session(client):
    """Le choix gardé en session vaut tant que le rattachement vaut."""
    premier = RattachementFactory(responsable=True)
    second = RattachementFactory(utilisateur=premier.utilisateur, lecteur=True)
    client.force_login(premier.utilisateur)
    client.post(reverse("agir_pour", args=[premier.pk]))
    premier.est_actif = False
    premier.save(update_fields=["est_actif"])
    assert client.get(reverse("reglages")).status_code == 403
    assert second.structure.nom in client.get(reverse("accueil")).content.decode()
