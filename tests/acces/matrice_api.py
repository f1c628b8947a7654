"""La matrice d’accès de l’API : même forme, corps en JSON (`tests/acces/moteur.py`)."""

from __future__ import annotations

from tests.acces.lignes import (
    API,
    API_AGENTS,
    API_AGENTS_RIEN,
    API_ECRIRE,
    API_ECRIRE_RIEN,
    API_PARTAGE,
    API_RIEN,
    POUR_CONNECTES,
    declarer,
    ligne,
)

NULLE_PART = "404 404 404 404 404 404 401"
TOUS = "200 200 200 200 200 200 401"

declarer("api:introuvable", ligne("get", "", NULLE_PART), ligne("post", "", NULLE_PART))
declarer("api:openapi", ligne("get", "", TOUS))
declarer("api_guide", ligne("get", "", POUR_CONNECTES))
declarer("api_reference", ligne("get", "", POUR_CONNECTES))

# --- Annuaires -------------------------------------------------------------------------------------------------------
declarer("api:acheteur-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
# L’annuaire est commun à l’instance : il n’y a pas de dehors.
declarer(
    "api:acheteur-detail",
    ligne("get", "acheteur", API_AGENTS, API_AGENTS),
    ligne("patch", "acheteur", API_ECRIRE, API_ECRIRE),
)

# --- Marchés ---------------------------------------------------------------------------------------------------------
declarer("api:marche-list", ligne("get", "", API), ligne("post", "", API_ECRIRE))
declarer(
    "api:marche-detail",
    ligne("get", "marche", API_PARTAGE, API_RIEN),
    ligne("patch", "marche", API_ECRIRE, API_ECRIRE_RIEN),
)
declarer("api:marche-statut", ligne("post", "marche", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:engagement-list", ligne("get", "", API))
declarer("api:engagement-detail", ligne("get", "engagement", API_PARTAGE, API_RIEN))

# --- Bilans ----------------------------------------------------------------------------------------------------------
DEPARTEMENT = {"nom": "departement"}
ANNEE = {"du": "2025-01-01", "au": "2025-12-31"}
# Le catalogue ne montre à chacun que ses bilans : aucun, à une entreprise.
declarer("api:bilan-list", ligne("get", "", TOUS))
declarer("api:bilan-detail", ligne("get", "", API_AGENTS, parametres=DEPARTEMENT, donnees=ANNEE))
declarer("api:bilan-lignes", ligne("get", "", API_AGENTS, parametres=DEPARTEMENT, donnees=ANNEE))
declarer("api:bilan-emis-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
declarer("api:bilan-emis-detail", ligne("get", "bilan_emis", API_AGENTS, API_AGENTS_RIEN))
declarer("api:bilan-emis-document", ligne("get", "bilan_emis", API_AGENTS, API_AGENTS_RIEN))
