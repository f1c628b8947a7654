"""Toute réponse de l’API est dans son schéma : ce qu’un client en lirait de plus, ou d’autre, n’y est pas écrit."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator, FormatChecker

from clauses.comptes.acteurs import Role
from tests.acces.matrice import MATRICE
from tests.acces.monde import Monde, creer_monde
from tests.acces.moteur import adresse, connecte, envoyer, etrangers

LUES = sorted(nom for nom, methode in MATRICE if nom.startswith("api:") and methode == "get")
ECRITES = sorted((nom, m) for nom, m in MATRICE if nom.startswith("api:") and m != "get")
SANS_SCHEMA = {"api:openapi", "api:introuvable"}


@pytest.fixture(scope="module")
def monde(base_ouverte: None) -> Monde:
    return creer_monde()


@pytest.fixture(scope="module")
def schema(monde: Monde) -> Any:
    return connecte(monde, Role.RESPONSABLE).get(reverse("api:openapi")).json()


def ecarts(schema: Any, methode: str, chemin: str, reponse: Any) -> list[str]:
    """Ce que la réponse dit hors du schéma : code, champ ou valeur."""
    (operations,) = [
        lues for modele, lues in schema["paths"].items() if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", modele), chemin)
    ]
    decrite = operations[methode]["responses"].get(str(reponse.status_code))
    if decrite is None:
        return [f"le code {reponse.status_code} n’est pas décrit"]
    if not reponse.content:
        return [] if "content" not in decrite else ["un corps est décrit, et manque"]
    genre = reponse["Content-Type"].split(";")[0]
    regle = decrite["content"][genre]["schema"] | {"components": strict(schema["components"])}
    valides = Draft202012Validator(regle, format_checker=FormatChecker())
    return [f"{faute.json_path} : {faute.message}" for faute in valides.iter_errors(reponse.json())]


def strict(composants: Any) -> Any:
    """Les mêmes composants, où un champ qui n’est pas écrit est une faute ; un problème peut porter des écarts."""
    fermes = {
        nom: {**regle, "additionalProperties": False} if "properties" in regle and nom != "Probleme" else regle
        for nom, regle in composants["schemas"].items()
    }
    return {**composants, "schemas": fermes}


@pytest.mark.parametrize("nom", [nom for nom in LUES if nom not in SANS_SCHEMA])
def test_ce_que_chacun_lit_est_dans_le_schema(monde: Monde, schema: Any, nom: str) -> None:
    ligne = MATRICE[nom, "get"]
    for role in Role:
        for cote in (monde.a, monde.b):
            chemin = adresse(nom, ligne, cote)
            reponse = connecte(monde, role).get(chemin)
            assert ecarts(schema, "get", chemin, reponse) == [], (role, reponse.content)


@pytest.mark.parametrize(("nom", "methode"), [clef for clef in ECRITES if clef[0] not in SANS_SCHEMA])
def test_ce_qu_un_geste_refuse_est_dans_le_schema(monde: Monde, schema: Any, nom: str, methode: str) -> None:
    ligne = MATRICE[nom, methode]
    for role in Role:
        chemin = adresse(nom, ligne, monde.a)
        reponse = envoyer(connecte(monde, role), nom, ligne, chemin, etrangers(monde))
        assert ecarts(schema, methode, chemin, reponse) == [], (role, reponse.content)
