"""De quoi fabriquer des fichiers DECP, un défaut à la fois."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

from marches.imports.decp.lecture import lire_decp
from marches.imports.decp.neutre import ContratLu, FichierLu
from tests.factories import siret

JOUR = datetime.date(2026, 3, 2)
ACHETEUR = siret(100, "2")
TITULAIRE = siret(200)
COTRAITANT = siret(201)


def contrat(**champs: Any) -> dict[str, Any]:
    """Un contrat 2022 sain ; `champs` en remplace des valeurs, `None` en retire."""
    sain: dict[str, Any] = {
        "id": "2024-01",
        "acheteur": {"id": ACHETEUR},
        "nature": "Marché",
        "objet": "Réfection d’un groupe scolaire",
        "codeCPV": "45210000",
        "procedure": "Procédure adaptée",
        "techniques": {"technique": ["Sans objet"]},
        "ccag": "Travaux",
        "dureeMois": 12,
        "dateNotification": "2024-05-22",
        "montant": 40000,
        "typeGroupementOperateurs": "Pas de groupement",
        "lieuExecution": {"code": "62000", "typeCode": "Code postal"},
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": TITULAIRE}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
    }
    return {cle: valeur for cle, valeur in (sain | champs).items() if valeur is not None}


def fichier(*contrats: Any) -> bytes:
    return json.dumps({"marches": {"marche": list(contrats), "contrat-concession": []}}).encode()


def lire(octets: bytes, nom: str = "essai.json") -> FichierLu:
    return lire_decp(io.BytesIO(octets), nom=nom, jour=JOUR)


def lire_un(**champs: Any) -> ContratLu:
    """Le contrat lu d’un fichier qui n’en a qu’un."""
    return lire(fichier(contrat(**champs))).contrats[0]


def ecarts(lu: ContratLu) -> str:
    """Les écarts d’un contrat, en clair."""
    return " | ".join(f"{ecart.champ} [{ecart.valeur}] {ecart.raison}" for ecart in lu.ecarts)
