"""Formes de réponse de l’API publique « Recherche d’entreprises » (`GET /search`), entreprises inventées.

Bâties d’après sa description publique, consultée le 1er décembre 2026 : dépôt `annuaire-entreprises-data-gouv-fr/
search-api` sur GitHub, fichiers `app/models/response.py` (enveloppe), `app/models/unite_legale.py` (champs d’une
entreprise et d’un établissement, presque tous facultatifs), `app/controller/search_params_model.py` (paramètres) et
`app/exceptions/exception_handlers.py` (`{"erreur": …}`). L’API elle-même n’a pas été interrogée.
"""

from __future__ import annotations

import json
from typing import Any

from tests.factories import siret

SIEGE, AGENCE, FERME = siret(700), siret(701), siret(702)
# Ce que l’API dit d’un établissement et que l’on ne lit pas : le recevoir ne doit rien changer.
RESTE = {
    "adresse": "1 RUE DES ESSAIS 62000 ARRAS", "code_postal": "62000", "departement": "62", "epci": "200033579",
    "date_creation": "2019-01-01", "date_fermeture": None, "latitude": "50.29", "longitude": "2.78",
    "liste_enseignes": ["PEINTURES D’ESSAI"], "liste_idcc": None, "nom_commercial": None, "region": "32",
    "statut_diffusion_etablissement": "O", "tranche_effectif_salarie": "11", "caractere_employeur": "O",
}  # fmt: skip


def etablissement(numero: str, **champs: Any) -> dict[str, Any]:
    lu = {
        "siret": numero, "activite_principale": "43.34Z", "commune": "62041", "libelle_commune": "ARRAS",
        "est_siege": False, "etat_administratif": "A",
    }  # fmt: skip
    return RESTE | lu | champs


def unite(siege: dict[str, Any] | None, *suite: dict[str, Any], **champs: Any) -> dict[str, Any]:
    lue = {
        "siren": SIEGE[:9], "nom_complet": "PEINTURES FICTIVES (PF)", "nom_raison_sociale": "PEINTURES FICTIVES",
        "sigle": "PF", "nombre_etablissements": 3, "nombre_etablissements_ouverts": 2, "siege": siege,
        "activite_principale": "43.34Z", "categorie_entreprise": "PME", "etat_administratif": "A",
        "nature_juridique": "5710", "statut_diffusion": "O", "matching_etablissements": list(suite),
    }  # fmt: skip
    return lue | champs


def reponse(*unites: Any, **champs: Any) -> str:
    enveloppe = {
        "results": list(unites), "total_results": len(unites), "page": 1, "per_page": 10, "total_pages": 1,
    }  # fmt: skip
    return json.dumps(enveloppe | champs, ensure_ascii=False)


PEINTURES = unite(
    etablissement(SIEGE, est_siege=True),
    etablissement(SIEGE, est_siege=True),
    etablissement(AGENCE, commune="62498", libelle_commune="LENS", activite_principale="43.39Z"),
    etablissement(FERME, etat_administratif="F"),
)
ERREUR = json.dumps({"erreur": "3 caractères minimum pour les termes de la requête (ou utilisez au moins un filtre)"})
