"""La matrice d’accès de l’API des personnes et des heures : réservée aux agents, sauf les relevés d’une entreprise."""

from __future__ import annotations

from tests.acces.lignes import API_AGENTS, API_AGENTS_RIEN, API_ECRIRE, API_ECRIRE_RIEN, declarer, ligne

EFFACE = "204 204 403 403 403 403 401"
RELEVES = "200 200 200 403 200 403 401"
QUI_ECRIT = "200 200 403 403 403 403 401"
GERER = "403 200 403 403 403 403 401"
GERER_ECRIRE = "403 400 403 403 403 403 401"
RELEVES_RIEN = "404 404 404 403 404 403 401"

# --- Personnes -------------------------------------------------------------------------------------------------------
for nom in ("participant", "entree", "prolongation", "sortie", "contrat", "ligne", "convention"):
    declarer(f"api:{nom}-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
    declarer(f"api:{nom}-detail", ligne("get", nom, API_AGENTS, API_AGENTS_RIEN))
for nom in ("participant", "sortie", "contrat", "ligne", "convention"):
    declarer(f"api:{nom}-detail", ligne("patch", nom, API_ECRIRE, API_ECRIRE_RIEN))
for nom in ("sortie", "ligne"):
    declarer(f"api:{nom}-detail", ligne("delete", nom, EFFACE, API_ECRIRE_RIEN))
for geste in ("corriger", "viser"):
    declarer(f"api:entree-{geste}", ligne("post", "entree", API_ECRIRE, API_ECRIRE_RIEN))
for nom in ("fusion", "doublon-ecarte"):
    declarer(f"api:{nom}-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
    declarer(f"api:{nom}-detail", ligne("get", nom, API_AGENTS, API_AGENTS_RIEN))
declarer("api:fusion-defaire", ligne("post", "fusion", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:fusion-comparer", ligne("get", "", API_ECRIRE))
declarer("api:doublon-probable-list", ligne("get", "", API_AGENTS))
declarer("api:contrat-avec-personne", ligne("post", "", API_ECRIRE))

# --- Heures ----------------------------------------------------------------------------------------------------------
for geste in ("lot", "valider-mois"):
    declarer(f"api:ligne-{geste}", ligne("post", "", API_ECRIRE))
for geste in ("valider", "refuser", "rectifier"):
    declarer(f"api:ligne-{geste}", ligne("post", "ligne", API_ECRIRE, API_ECRIRE_RIEN))
# Une entreprise lit l’état des relevés qu’on lui a demandés, et ce qu’on lui répond.
declarer("api:releve-list", ligne("get", "", RELEVES))
declarer("api:releve-detail", ligne("get", "releve", RELEVES, RELEVES_RIEN))
declarer("api:releve-accepter-lot", ligne("post", "", API_ECRIRE))
declarer("api:releve-neant", ligne("post", "", API_ECRIRE))
for geste in ("accepter", "completer", "rouvrir"):
    declarer(f"api:releve-{geste}", ligne("post", "releve", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:attente-list", ligne("get", "", API_AGENTS))
declarer("api:attente-detail", ligne("get", "attente", API_AGENTS, API_AGENTS_RIEN))
for geste in ("reprendre", "ouvrir", "embaucher", "refuser"):
    declarer(f"api:attente-{geste}", ligne("post", "attente", API_ECRIRE, API_ECRIRE_RIEN))

# --- Demandes et courriels -------------------------------------------------------------------------------------------
for nom in ("demande", "envoi"):
    declarer(f"api:{nom}-list", ligne("get", "", API_AGENTS))
    declarer(f"api:{nom}-detail", ligne("get", nom, API_AGENTS, API_AGENTS_RIEN))
declarer("api:demande-du-mois", ligne("get", "", API_AGENTS))
# Sans engagement dit, qui a le droit de lire se voit demander lequel.
declarer("api:modele-releve-classeur", ligne("get", "", "400 400 400 403 403 403 401"))
declarer("api:modele-releve-archive", ligne("get", "", API_AGENTS, donnees={"mois": "2025-03"}))
declarer("api:demande-envoyer", ligne("post", "", API_ECRIRE))
for geste in ("revoquer", "renouveler"):
    declarer(f"api:demande-{geste}", ligne("post", "demande", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:envoi-renvoyer", ligne("post", "envoi", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:envoi-renvoyer-echecs", ligne("post", "", API_ECRIRE))
# Sans portée : la session du responsable, jamais un jeton (`tests/acces/test_acces_jetons.py`).
NATURE = {"nature": "DEMANDE"}
declarer("api:modele-courriel-list", ligne("get", "", GERER))
declarer(
    "api:modele-courriel-detail",
    ligne("get", "", GERER, parametres=NATURE),
    ligne("patch", "", GERER_ECRIRE, parametres=NATURE),
)
for geste in ("apercu", "origine"):
    declarer(f"api:modele-courriel-{geste}", ligne("post", "", GERER_ECRIRE, parametres=NATURE))

# --- Imports ---------------------------------------------------------------------------------------------------------
declarer("api:import-heures-list", ligne("get", "", QUI_ECRIT))
declarer("api:import-heures-detail", ligne("get", "import", QUI_ECRIT, API_ECRIRE_RIEN))
declarer("api:import-heures-importer", ligne("post", "", "415 415 403 403 403 403 401"))
declarer("api:correspondance-list", ligne("get", "", QUI_ECRIT), ligne("post", "", API_ECRIRE))
declarer(
    "api:correspondance-detail",
    ligne("get", "correspondance", QUI_ECRIT, API_ECRIRE_RIEN),
    ligne("patch", "correspondance", API_ECRIRE, API_ECRIRE_RIEN),
)
