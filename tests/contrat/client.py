"""Un client qui ne connaît de l’application que son document OpenAPI : adresses, verbes, corps et réponses."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from django.test import Client

DOCUMENT = "/api/v1/openapi.json"


class ClientDuContrat:
    """Appelle une opération par son nom ; contrôle ce qu’il envoie, et ce qu’il reçoit, contre le document."""

    def __init__(self, jeton: str) -> None:
        self.http = Client(headers={"Authorization": f"Bearer {jeton}"})
        self.document = self.http.get(DOCUMENT).json()
        self.operations = {
            operation["operationId"]: (verbe, chemin, operation)
            for chemin, verbes in self.document["paths"].items()
            for verbe, operation in verbes.items()
        }

    def appeler(self, nom: str, corps: Any = None, /, *, version: str = "", clef: str = "", **valeurs: Any) -> Any:
        """Rend le JSON d’une réponse de réussite. `valeurs` : les paramètres du chemin et de l’adresse."""
        verbe, chemin, operation = self.operations[nom]
        adresse, requete = self._adresse(chemin, operation, valeurs)
        entetes = {"If-Match": version, "Idempotency-Key": clef}
        envoi: dict[str, Any] = {"headers": {entete: valeur for entete, valeur in entetes.items() if valeur}}
        if corps is not None:
            attendu = operation["requestBody"]["content"]["application/json"]["schema"]
            self._controler(corps, attendu)
            envoi |= {"data": json.dumps(corps), "content_type": "application/json"}
        reponse = getattr(self.http, verbe)(adresse, query_params=requete, **envoi)
        declaree = operation["responses"][str(reponse.status_code)]
        assert reponse.status_code < 300, reponse.content
        self.etiquette = reponse.headers.get("ETag", "")
        lu = reponse.json()
        self._controler(lu, declaree["content"]["application/json"]["schema"])
        return lu

    def _adresse(self, chemin: str, operation: Any, valeurs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        connus = {parametre["name"]: parametre["in"] for parametre in operation.get("parameters", [])}
        assert set(valeurs) <= set(connus), set(valeurs) - set(connus)
        du_chemin = {nom: valeur for nom, valeur in valeurs.items() if connus[nom] == "path"}
        return chemin.format(**du_chemin), {nom: v for nom, v in valeurs.items() if nom not in du_chemin}

    def _controler(self, valeur: Any, schema: Any) -> None:
        jsonschema.validate(valeur, schema | {"components": self.document["components"]})
