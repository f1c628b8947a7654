"""La matrice de l’API, jouée par jeton : celui qui porte tout le rôle vaut sa session, dedans comme dehors."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.portees import portees_de
from tests.acces import moteur
from tests.acces.matrice import MATRICE
from tests.acces.monde import Monde, creer_monde
from tests.factories import JetonFactory, texte_de

# Gérer la structure et ses jetons : aucune portée ne l’ouvre, ni pour lire ni pour écrire.
GESTION = ("api:structure-logo", "api:acces-", "api:invitation-", "api:jeton-", "api:integration-", "api:crochet-",
           "api:livraison-")  # fmt: skip
# Ce qu’aucune portée n’ouvre : ces gestes demandent une personne connectée.
SANS_JETON = (
    *(clef for clef in MATRICE if clef[0].startswith(GESTION)),
    ("api:structure-detail", "patch"),
    ("api:repere-list", "post"),
    ("api:repere-detail", "patch"),
    ("api:repere-detail", "delete"),
    ("api:bareme-list", "post"),
    ("api:modele-courriel-list", "get"),
    ("api:modele-courriel-detail", "get"),
    ("api:modele-courriel-detail", "patch"),
    ("api:modele-courriel-apercu", "post"),
    ("api:modele-courriel-origine", "post"),
    ("api:parametres-bilan-detail", "get"),
    ("api:parametres-bilan-detail", "patch"),
    ("api:analyse-list", "post"),
    ("api:analyse-detail", "patch"),
    ("api:grille-list", "get"),
    ("api:grille-detail", "get"),
    ("api:grille-tableau", "get"),
    ("api:grille-tableau", "patch"),
    ("api:grille-origine", "post"),
)
# Les lectures ; les écritures par jeton sont jouées, rôle par rôle, par `tests/contrat`.
DE_L_API = [clef for clef in MATRICE if clef[0].startswith("api:") and clef[1] == "get" and clef not in SANS_JETON]


@pytest.fixture(scope="module")
def monde_bati(base_ouverte: None) -> Monde:
    return creer_monde()


@pytest.fixture
def monde(monde_bati: Monde) -> Monde:
    return deepcopy(monde_bati)


def par_jeton(monde: Monde, role: Role | None) -> Client:
    """Un jeton neuf de ce rôle ; l’anonyme en présente un que personne n’a."""
    if role is None:
        return Client(headers={"authorization": f"Bearer clauses_zzzzzzzz_{'0' * 64}"})
    jeton = JetonFactory(rattachement=monde.rattachements[role], portees=list(portees_de(role)))
    return Client(headers={"authorization": f"Bearer {texte_de(jeton)}"}, raise_request_exception=False)


@pytest.mark.sur_sqlite
@pytest.mark.parametrize("clef", DE_L_API, ids=lambda clef: "-".join(clef))
def test_un_jeton_qui_porte_tout_vaut_la_session(monde, monkeypatch, clef):
    monkeypatch.setattr(moteur, "connecte", par_jeton)
    ecarts = moteur.examiner(monde, clef)
    assert not ecarts, "\n".join(ecarts)


@pytest.mark.parametrize("clef", SANS_JETON, ids=lambda clef: "-".join(clef))
def test_aucun_jeton_ne_regle_la_structure(monde, clef):
    """La session le peut (matrice) ; le jeton le plus large du même responsable, non."""
    ligne = MATRICE[clef]
    assert ligne.attendu(Role.RESPONSABLE, dedans=True) != 403
    chemin = moteur.adresse(clef[0], ligne, monde.a)
    reponse = moteur.envoyer(par_jeton(monde, Role.RESPONSABLE), clef[0], ligne, chemin, moteur.etrangers(monde))
    assert (reponse.status_code, reponse.json()["type"]) == (403, "urn:clauses:probleme:droit")
