"""La référence de l’API : lue du schéma servi, sans adresse oubliée, chaque exemple lui convient."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from django.test import Client

from clauses.pages_api import reference_lue
from clauses.schema import schema_servi
from tests.factories import RattachementFactory


@pytest.fixture(scope="module")
def schema() -> Any:
    return schema_servi()


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(RattachementFactory().utilisateur)
    return client


def operations(schema: Any) -> dict[tuple[str, str], Any]:
    return {(v.upper(), c): op for c, verbes in schema["paths"].items() for v, op in verbes.items()}


def test_la_reference_montre_chaque_adresse_du_schema(client: Client, schema: Any) -> None:
    montres = {(g.methode, g.chemin) for objet in reference_lue() for g in objet.gestes}
    assert montres == set(operations(schema))
    page = client.get("/api/reference/").content.decode()
    assert all(f'id="{geste.ancre}"' in page for objet in reference_lue() for geste in objet.gestes)


def test_chaque_geste_dit_ce_qu_il_fait_et_chaque_parametre_son_sens() -> None:
    muets = [
        (geste.methode, geste.chemin, champ.nom)
        for objet in reference_lue()
        for geste in objet.gestes
        for champ in geste.parametres
        if not champ.codes and champ.sens == champ.nom.replace("_", " ").capitalize()
    ]
    assert not muets
    assert all(geste.resume and geste.description for objet in reference_lue() for geste in objet.gestes)


def test_chaque_exemple_de_corps_convient_a_son_schema(schema: Any) -> None:
    lus = {(g.methode, g.chemin): g for objet in reference_lue() for g in objet.gestes}
    eprouves = 0
    for cle, operation in operations(schema).items():
        if "requestBody" in operation:
            (contenu,) = operation["requestBody"]["content"].values()
            corps = contenu["schema"]
            jsonschema.validate(json.loads(lus[cle].exemple), corps | {"components": schema["components"]})
            eprouves += 1
    assert eprouves > 4


def test_le_guide_donne_l_adresse_de_cette_instance(client: Client) -> None:
    page = client.get("/api/").content.decode()
    assert "http://testserver/api/v1/marches/" in page
    assert "urn:clauses:probleme:version-depassee" in page
