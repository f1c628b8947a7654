"""Appeler l’API comme un client, en vérifiant que chaque réponse est bien celle que le schéma annonce."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from tests.factories import RattachementFactory

API = "/api/v1/"
PARAMETRE = re.compile(r"<\w+:(\w+)>")


@cache
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def conforme(methode: str, chemin: str, reponse: Any) -> None:
    """Le code est annoncé, et le corps a la forme dite."""
    modele = "/" + PARAMETRE.sub(r"{\1}", resolve(chemin.split("?")[0]).route.replace("<int:pk>", "{id}"))
    annoncees = schema()["paths"][modele][methode]["responses"]
    assert str(reponse.status_code) in annoncees, f"{methode} {modele} : {reponse.status_code} n’est pas annoncé"
    contenus = annoncees[str(reponse.status_code)].get("content", {})
    type_ = reponse.headers.get("Content-Type", "").split(";")[0]
    assert not contenus or type_ in contenus, type_
    if contenus and type_.endswith("json"):
        corps = contenus[type_]["schema"] | {"components": schema()["components"]}
        jsonschema.validate(reponse.json(), corps, format_checker=jsonschema.FormatChecker())


class Porte:
    """Un compte de la structure, et ses appels."""

    def __init__(self, structure: Any, role: Role = Role.FACILITATEUR, **organisation: Any) -> None:
        self.structure = structure
        self.rattachement = RattachementFactory(structure=structure, role=role, **organisation)
        self.client = Client()
        self.client.force_login(self.rattachement.utilisateur)

    def _appeler(self, methode: str, chemin: str, corps: Any, entetes: dict[str, str]) -> Any:
        adresse = f"{API}{chemin}"
        brut = "" if corps is None else json.dumps(corps)
        envoi = {} if methode == "get" else {"data": brut, "content_type": "application/json"}
        reponse = getattr(self.client, methode)(adresse, **envoi, headers=entetes)
        conforme(methode, adresse, reponse)
        return reponse

    def lire(self, chemin: str) -> Any:
        return self._appeler("get", chemin, None, {})

    def poster(self, chemin: str, corps: Any, version: int | None = None, **entetes: str) -> Any:
        return self._appeler("post", chemin, corps, _version(version) | entetes)

    def televerser(self, chemin: str, contenu: bytes | None, nom: str, *, jeton: str = "", **options: Any) -> Any:
        """Envoie un formulaire : un fichier, s’il y en a un, et des options écrites en JSON."""
        champs = {cle: valeur if isinstance(valeur, str) else json.dumps(valeur) for cle, valeur in options.items()}
        fichier = {} if contenu is None else {"fichier": SimpleUploadedFile(nom, contenu)}
        entetes = {"Authorization": f"Bearer {jeton}"} if jeton else {}
        reponse = self.client.post(f"{API}{chemin}", fichier | champs, headers=entetes)
        conforme("post", f"{API}{chemin}", reponse)
        return reponse

    def rapiecer(self, chemin: str, corps: Any, version: int | None = 1) -> Any:
        return self._appeler("patch", chemin, corps, _version(version))

    def effacer(self, chemin: str, version: int | None = 1) -> Any:
        return self._appeler("delete", chemin, None, _version(version))

    def lus(self, chemin: str) -> list[Any]:
        reponse = self.lire(chemin)
        assert reponse.status_code == 200, reponse.content
        resultats: list[Any] = reponse.json()["results"]
        return resultats

    def journal(self, nature: str = "LECTURE") -> list[tuple[str, str, int]]:
        """Geste, fiche et nombre de personnes de chaque écriture au journal, dans l’ordre."""
        ecritures = EcritureJournal.objects.filter(structure=self.structure, nature=nature).order_by("pk")
        return list(ecritures.values_list("action", "objet_id", "nombre"))


def _version(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def fautes(reponse: Any, code: int = 400) -> dict[str | None, str]:
    assert reponse.status_code == code, reponse.content
    return {erreur["champ"]: erreur["message"] for erreur in reponse.json()["erreurs"]}


def refus(reponse: Any) -> str:
    assert reponse.status_code == 409, reponse.content
    phrase: str = reponse.json()["detail"]
    return phrase
