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

DE_L_API = [clef for clef in MATRICE if clef[0].startswith("api:")]


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


@pytest.mark.parametrize("clef", DE_L_API, ids=lambda clef: "-".join(clef))
def test_un_jeton_qui_porte_tout_vaut_la_session(monde, monkeypatch, clef):
    monkeypatch.setattr(moteur, "connecte", par_jeton)
    ecarts = moteur.examiner(monde, clef)
    assert not ecarts, "\n".join(ecarts)
