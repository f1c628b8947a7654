"""La matrice d’accès de l’API des personnes et des heures : réservée aux agents, sauf les relevés d’une entreprise."""

from __future__ import annotations

from tests.acces.lignes import API_AGENTS, API_AGENTS_RIEN, API_ECRIRE, API_ECRIRE_RIEN, declarer, ligne

EFFACE = "204 204 403 403 403 403 401"
RELEVES = "200 200 200 403 200 403 401"
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
declarer("api:fusion-list", ligne("get", "", API_AGENTS))
declarer("api:fusion-detail", ligne("get", "fusion", API_AGENTS, API_AGENTS_RIEN))

# --- Heures ----------------------------------------------------------------------------------------------------------
for geste in ("lot", "valider-mois"):
    declarer(f"api:ligne-{geste}", ligne("post", "", API_ECRIRE))
for geste in ("valider", "refuser", "rectifier"):
    declarer(f"api:ligne-{geste}", ligne("post", "ligne", API_ECRIRE, API_ECRIRE_RIEN))
# Une entreprise lit l’état des relevés qu’on lui a demandés, et ce qu’on lui répond.
declarer("api:releve-list", ligne("get", "", RELEVES))
declarer("api:releve-detail", ligne("get", "releve", RELEVES, RELEVES_RIEN))
declarer("api:releve-neant", ligne("post", "", API_ECRIRE))
for geste in ("accepter", "completer", "rouvrir"):
    declarer(f"api:releve-{geste}", ligne("post", "releve", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:attente-list", ligne("get", "", API_AGENTS))
declarer("api:attente-detail", ligne("get", "attente", API_AGENTS, API_AGENTS_RIEN))
for geste in ("reprendre", "refuser"):
    declarer(f"api:attente-{geste}", ligne("post", "attente", API_ECRIRE, API_ECRIRE_RIEN))
