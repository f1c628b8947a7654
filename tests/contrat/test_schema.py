"""Toute l’API contre son propre schéma, pour chaque rôle : ni 500, ni réponse hors du schéma, ni fuite, ni écriture
chez la structure sœur.

Les demandes viennent de schemathesis, bonnes et mauvaises ; on y glisse les numéros de vraies fiches, d’ici et d’à
côté. `CLAUSES_EXEMPLES=100` en joue davantage par adresse.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.conf import settings as configuration
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.middleware.csrf import get_token
from django.test import RequestFactory
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from clauses.comptes.acteurs import Role
from clauses.comptes.actions import creer_jeton
from clauses.comptes.portees import portees_de
from clauses.schema import schema_servi
from clauses.wsgi import application
from tests.acces.monde import CANARI_PERSONNE, Monde, creer_monde, interdits, lignes_de
from tests.acces.moteur import connecte

# Par adresse et par rôle ; moitié moins pour qui n’écrit presque rien.
EXEMPLES = int(os.environ.get("CLAUSES_EXEMPLES", "1"))
ECRIVENT = {Role.FACILITATEUR, Role.RESPONSABLE}
CONTROLES = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
)


@functools.cache
def schema() -> Any:
    load_all_checks()
    lu: Any = schemathesis.openapi.from_dict(deepcopy(schema_servi()))
    lu.app = application
    return lu


OPERATIONS = {operation.ok().label: operation.ok() for operation in schema().get_all_operations()}


@pytest.fixture(scope="module")
def monde(base_ouverte: None) -> Monde:
    return creer_monde()


@pytest.fixture(autouse=True)
def sans_limite(settings: Any) -> None:
    """Le débit a ses tests ; ici, des milliers de demandes partent du même jeton."""
    settings.CLAUSES_DEBIT_DE_L_API = dict.fromkeys(settings.CLAUSES_DEBIT_DE_L_API, 10**9)


@pytest.fixture(autouse=True)
def une_seule_connexion() -> Iterator[None]:
    """Chaque demande est jouée dans la transaction du test : elle ne ferme pas la base en partant."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def appelants(monde: Monde) -> dict[Role, dict[str, dict[str, str]]]:
    """En-têtes et cookies : un jeton ; pour le responsable sa session, qui seule gère la structure (docs/adr/0038)."""
    jetons = {
        role: creer_jeton(nom="Essai", portees=portees_de(role), jours=1, par=rattachement.acteur())[1]
        for role, rattachement in monde.rattachements.items()
        if role is not Role.RESPONSABLE
    }
    par_jeton = {role: {"headers": {"Authorization": f"Bearer {jeton}"}} for role, jeton in jetons.items()}
    return par_jeton | {Role.RESPONSABLE: _session(monde)}


def _session(monde: Monde) -> dict[str, dict[str, str]]:
    session, csrf = configuration.SESSION_COOKIE_NAME, get_token(RequestFactory().get("/"))
    gardee = connecte(monde, Role.RESPONSABLE).cookies[session].value
    cookies = {session: gardee, configuration.CSRF_COOKIE_NAME: csrf}
    return {"headers": {"X-CSRFToken": csrf}, "cookies": cookies}


def test_la_session_du_responsable_ecrit(monde: Monde, appelants: dict[Role, dict[str, dict[str, str]]]) -> None:
    """Un 428, et non le 403 d’un CSRF manqué : sans quoi rien de ce qui suit ne dirait rien de ses écritures."""
    cas = OPERATIONS["PATCH /api/v1/structures/{id}/"].Case(path_parameters={"id": monde.a.structure.pk}, body={})
    assert cas.call(**appelants[Role.RESPONSABLE]).status_code == 428


@pytest.fixture(scope="module")
def numeros(monde: Monde) -> list[int]:
    """Les fiches d’ici et d’à côté, et un numéro que personne n’a."""
    return sorted({objet.pk for cote in (monde.a, monde.b) for objet in cote.objets.values()} | {10**6})


def des_vrais_numeros(valeur: Any, tirer: Any, numeros: list[int]) -> Any:
    """Le corps, où un entier sur deux devient le numéro d’une fiche : sans quoi tout finit en « fiche inconnue »."""
    if isinstance(valeur, dict):
        return {nom: des_vrais_numeros(sien, tirer, numeros) for nom, sien in valeur.items()}
    if isinstance(valeur, list):
        return [des_vrais_numeros(sien, tirer, numeros) for sien in valeur]
    if isinstance(valeur, int) and not isinstance(valeur, bool) and tirer(st.booleans()):
        return tirer(st.sampled_from(numeros))
    return valeur


# PostgreSQL rejoue toute l’API pour qui écrit le plus ; le schéma et les portes ne tiennent pas à la base.
ROLES = [pytest.param(r, marks=() if r is Role.FACILITATEUR else pytest.mark.sur_sqlite) for r in Role]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("nom", OPERATIONS)
def test_l_api_tient_son_schema_et_ne_fuit_pas(
    monde: Monde, appelants: dict[Role, dict[str, dict[str, str]]], numeros: list[int], nom: str, role: Role
) -> None:
    avant = lignes_de(monde.b.structure)
    # Une entreprise lit ses propres salariés sur le relevé qu’elle remplit.
    siens = {CANARI_PERSONNE} if role is Role.ENTREPRISE and nom.endswith(("/a-remplir/", "/deposer/")) else set()
    bannis = [canari for canari in interdits(role) if canari not in siens]

    @settings(
        max_examples=EXEMPLES if role in ECRIVENT else (EXEMPLES + 1) // 2,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # réduire un échec coûterait des minutes ; la demande fautive se lit telle quelle
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cas=OPERATIONS[nom].as_strategy(), donnees=st.data())
    def jouer(cas: Any, donnees: Any) -> None:
        if "id" in (cas.path_parameters or {}):
            cas.path_parameters["id"] = donnees.draw(st.sampled_from(numeros))
        if donnees.draw(st.booleans()):
            cas.headers["If-Match"] = '"1"'
        cas.headers.pop("Authorization", None)  # un jeton inventé l’emporterait sur la session
        cas.body = des_vrais_numeros(cas.body, donnees.draw, numeros)
        with transaction.atomic():
            reponse = cas.call(**appelants[role])
            assert reponse.status_code != 401
            cas.validate_response(reponse, checks=CONTROLES)
            assert not [canari for canari in bannis if canari.encode() in reponse.content]
            assert OPERATIONS[nom].method == "get" or lignes_de(monde.b.structure) == avant
            transaction.set_rollback(True)

    jouer()
