"""Appels à l’API, comme les ferait un logiciel : corps en JSON, versions et clefs en en-têtes."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from tests.factories import RattachementFactory

API = "/api/v1/"


def client_de(structure: Any, role: Role = Role.FACILITATEUR, **organisation: Any) -> Client:
    """Un compte neuf de la structure, connecté."""
    client = Client()
    client.force_login(RattachementFactory(structure=structure, role=role, **organisation).utilisateur)
    return client


def poster(client: Client, chemin: str, corps: Any, *, version: int | None = None) -> Any:
    return client.post(f"{API}{chemin}", json.dumps(corps), content_type="application/json", headers=_si(version))


def rapiecer(client: Client, chemin: str, corps: Any, *, version: int | None = None) -> Any:
    return client.patch(f"{API}{chemin}", json.dumps(corps), content_type="application/json", headers=_si(version))


def retirer(client: Client, chemin: str, *, version: int | None = None) -> Any:
    return client.delete(f"{API}{chemin}", headers=_si(version))


def _si(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def lire(client: Client, chemin: str) -> Any:
    reponse = client.get(f"{API}{chemin}")
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def numeros(client: Client, chemin: str) -> list[int]:
    return [fiche["id"] for fiche in lire(client, chemin)["results"]]


def creee(reponse: Any) -> Any:
    assert reponse.status_code == 201, reponse.content
    return reponse.json()


def fautes(reponse: Any) -> dict[str | None, str]:
    """Chaque faute à son champ, d’une saisie refusée."""
    assert (reponse.status_code, reponse["Content-Type"]) == (400, "application/problem+json"), reponse.content
    return {erreur["champ"]: erreur["message"] for erreur in reponse.json()["erreurs"]}


def refus(reponse: Any) -> str:
    """La phrase d’un refus du métier."""
    assert (reponse.status_code, reponse["Content-Type"]) == (409, "application/problem+json"), reponse.content
    return str(reponse.json()["detail"])


def gestes(structure: Any) -> list[str]:
    """Ce que le journal a retenu, dans l’ordre."""
    return list(EcritureJournal.objects.filter(structure=structure).order_by("pk").values_list("action", flat=True))
