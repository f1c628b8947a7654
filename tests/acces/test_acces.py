"""Chaque URL, chaque rôle, dedans et dehors : le bon statut, aucun canari, aucune ligne d’autrui touchée."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from tests.acces.matrice import MATRICE
from tests.acces.monde import Monde, creer_monde
from tests.acces.moteur import adresse, connecte, examiner, noms_d_url
from tests.factories import RattachementFactory


@pytest.fixture(scope="module")
def monde_bati(base_ouverte: None) -> Monde:
    """Bâti une fois : chaque test en reçoit une copie, et rend la base comme il l’a trouvée."""
    return creer_monde()


@pytest.fixture
def monde(monde_bati: Monde) -> Monde:
    return deepcopy(monde_bati)


def test_toute_url_est_dans_la_matrice():
    """Une URL nouvelle sans ligne, ou une ligne sans URL : rouge."""
    assert {nom for nom, _methode in MATRICE} == set(noms_d_url())


def cas(clef):
    """Les pages se jouent sur les deux bases ; l’API, qui prend les mêmes portes, sur SQLite."""
    return pytest.param(clef, marks=pytest.mark.sur_sqlite if clef[0].startswith("api:") else ())


@pytest.mark.parametrize("clef", [cas(clef) for clef in MATRICE], ids=lambda clef: "-".join(clef))
def test_acces(monde, clef):
    ecarts = examiner(monde, clef)
    assert not ecarts, "\n".join(ecarts)


METHODES = {nom: [m for n, m in MATRICE if n == nom] for nom, _m in MATRICE}
UNE_METHODE = sorted(nom for nom, methodes in METHODES.items() if len(methodes) == 1)


@pytest.mark.sur_sqlite
@pytest.mark.parametrize("nom", UNE_METHODE)
def test_une_methode_hors_de_la_matrice_est_refusee(monde, nom):
    """Ce que la matrice ne décrit pas n’existe pas : 405, même pour le rôle le plus large."""
    (declaree,) = METHODES[nom]
    client = connecte(monde, Role.RESPONSABLE)
    reponse = getattr(client, "post" if declaree == "get" else "get")(adresse(nom, MATRICE[nom, declaree], monde.a))
    assert reponse.status_code == 405


@pytest.mark.sur_sqlite
@pytest.mark.parametrize("nom", sorted({nom for nom, _m in MATRICE if not nom.startswith("account_")}))
def test_aucune_url_n_accepte_un_autre_verbe(monde, nom):
    """Les vues d’allauth tiennent PUT pour POST : elles ne sont pas d’ici."""
    chemin = adresse(nom, MATRICE[nom, METHODES[nom][0]], monde.a)
    client = connecte(monde, Role.RESPONSABLE)
    autres = {"put", "patch", "delete", "trace"} - set(METHODES[nom])
    statuts = {verbe: getattr(client, verbe)(chemin).status_code for verbe in sorted(autres)}
    assert set(statuts.values()) <= {403, 404, 405}, statuts


def test_un_compte_sans_rattachement_n_entre_nulle_part(monde):
    rattachement = monde.rattachements[Role.FACILITATEUR]
    client = Client()
    client.force_login(rattachement.utilisateur)
    rattachement.est_actif = False
    rattachement.save(update_fields=["est_actif"])
    ouvertes = {
        nom
        for (nom, methode), ligne in MATRICE.items()
        if methode == "get" and client.get(adresse(nom, ligne, monde.a)).status_code not in {302, 403, 404}
    }
    assert {nom for nom in ouvertes if not nom.startswith("account_")} == set()


def test_un_agent_de_deux_structures_ne_les_melange_pas(monde):
    """Rattaché aux deux, il ne voit que celle au titre de laquelle il agit."""
    agent = monde.utilisateur(Role.FACILITATEUR)
    second = RattachementFactory(structure=monde.b.structure, utilisateur=agent)
    client = connecte(monde, Role.FACILITATEUR)
    fiche_a = reverse("marches:fiche", args=[monde.a.objets["marche"].pk])
    fiche_b = reverse("marches:fiche", args=[monde.b.objets["marche"].pk])
    assert (client.get(fiche_a).status_code, client.get(fiche_b).status_code) == (200, 404)
    client.post(reverse("agir_pour", args=[second.pk]))
    assert (client.get(fiche_a).status_code, client.get(fiche_b).status_code) == (404, 200)
