"""La matrice d’accès de l’API : même forme, corps en JSON (`tests/acces/moteur.py`)."""

from __future__ import annotations

from clauses.comptes.acteurs import Role
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

# --- La structure de l’appelant, et le référentiel public ------------------------------------------------------------
RESPONSABLE_SEUL = "403 400 403 403 403 403 401"
RESPONSABLE_RIEN = "403 404 403 403 403 403 401"
JOURNAL = "200 200 403 403 403 403 401"
JOURNAL_RIEN = "404 404 403 403 403 403 401"
NULLE_FICHE = "404 404 404 404 404 404 401"
RETIRE = "204 204 403 403 403 403 401"
declarer("api:structure-list", ligne("get", "", TOUS))
declarer(
    "api:structure-detail",
    ligne("get", "structure", TOUS, NULLE_FICHE),
    ligne("patch", "structure", RESPONSABLE_SEUL, RESPONSABLE_RIEN),
)
declarer("api:structure-logo", ligne("get", "structure", "403 200 403 403 403 403 401", RESPONSABLE_RIEN))
declarer("api:utilisateur-list", ligne("get", "", API_AGENTS))
declarer("api:utilisateur-detail", ligne("get", "utilisateur", API_AGENTS, API_AGENTS_RIEN))
declarer("api:ecriture-list", ligne("get", "", JOURNAL))
declarer("api:ecriture-detail", ligne("get", "ecriture", JOURNAL, JOURNAL_RIEN))
declarer("api:commune-list", ligne("get", "", TOUS))
declarer("api:commune-detail", ligne("get", "", TOUS, parametres={"pk": "62041"}))
declarer("api:epci-list", ligne("get", "", TOUS))
declarer("api:epci-detail", ligne("get", "", TOUS, parametres={"pk": "200033579"}))

# --- Accès, jetons et notifications : une session, et qui gère la structure ------------------------------------------
LUS_DU_RESPONSABLE = "403 200 403 403 403 403 401"
CORPS_REFUSE = "400 400 400 400 400 400 401"
declarer("api:acces-list", ligne("get", "", LUS_DU_RESPONSABLE))
declarer("api:acces-detail", ligne("get", "rattachement", LUS_DU_RESPONSABLE, RESPONSABLE_RIEN))
for geste in ("retirer", "renvoyer"):
    declarer(f"api:acces-{geste}", ligne("post", "rattachement", RESPONSABLE_SEUL, RESPONSABLE_RIEN))
declarer("api:invitation-list", ligne("get", "", LUS_DU_RESPONSABLE), ligne("post", "", RESPONSABLE_SEUL))
declarer("api:invitation-detail", ligne("get", "invitation", LUS_DU_RESPONSABLE, RESPONSABLE_RIEN))
# Chacun lit ses jetons ; celui du monde est à une autre personne.
declarer("api:jeton-list", ligne("get", "", TOUS), ligne("post", "", CORPS_REFUSE))
declarer("api:jeton-detail", ligne("get", "jeton", NULLE_FICHE))
declarer("api:jeton-revoquer", ligne("post", "jeton", NULLE_FICHE))
declarer("api:integration-list", ligne("get", "", LUS_DU_RESPONSABLE), ligne("post", "", RESPONSABLE_SEUL))
declarer("api:integration-detail", ligne("get", "integration", LUS_DU_RESPONSABLE, RESPONSABLE_RIEN))
for geste in ("renouveler", "revoquer"):
    declarer(f"api:integration-{geste}", ligne("post", "integration", RESPONSABLE_SEUL, RESPONSABLE_RIEN))
declarer("api:crochet-list", ligne("get", "", LUS_DU_RESPONSABLE), ligne("post", "", RESPONSABLE_SEUL))
declarer(
    "api:crochet-detail",
    ligne("get", "crochet", LUS_DU_RESPONSABLE, RESPONSABLE_RIEN),
    ligne("patch", "crochet", RESPONSABLE_SEUL, RESPONSABLE_RIEN),
)
for geste in ("suspendre", "reprendre", "secret", "essayer"):
    declarer(f"api:crochet-{geste}", ligne("post", "crochet", RESPONSABLE_SEUL, RESPONSABLE_RIEN))
declarer("api:livraison-list", ligne("get", "", LUS_DU_RESPONSABLE))
declarer("api:livraison-detail", ligne("get", "livraison", LUS_DU_RESPONSABLE, RESPONSABLE_RIEN))
declarer("api:livraison-renvoyer", ligne("post", "livraison", RESPONSABLE_SEUL, RESPONSABLE_RIEN))

# --- Annuaires -------------------------------------------------------------------------------------------------------
declarer("api:acheteur-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
# L’annuaire est commun à l’instance : il n’y a pas de dehors.
declarer(
    "api:acheteur-detail",
    ligne("get", "acheteur", API_AGENTS, API_AGENTS),
    ligne("patch", "acheteur", API_ECRIRE, API_ECRIRE),
)
declarer("api:entreprise-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
declarer(
    "api:entreprise-detail",
    ligne("get", "entreprise", API_AGENTS, API_AGENTS),
    ligne("patch", "entreprise", API_ECRIRE, API_ECRIRE),
)
declarer("api:contact-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
declarer(
    "api:contact-detail",
    ligne("get", "contact", API_AGENTS, API_AGENTS_RIEN),
    ligne("patch", "contact", API_ECRIRE, API_ECRIRE_RIEN),
    ligne("delete", "contact", RETIRE, API_ECRIRE_RIEN),
)

# --- Marchés ---------------------------------------------------------------------------------------------------------
declarer("api:marche-list", ligne("get", "", API), ligne("post", "", API_ECRIRE))
declarer(
    "api:marche-detail",
    ligne("get", "marche", API_PARTAGE, API_RIEN),
    ligne("patch", "marche", API_ECRIRE, API_ECRIRE_RIEN),
)
for nom in ("marche-ouvrir", "marche-ouvrir-seul", "marche-regrouper"):
    declarer(f"api:{nom}", ligne("post", "", API_ECRIRE))
# Un fichier s’envoie en formulaire : qui a le droit d’importer se voit refuser le JSON de la matrice.
declarer("api:publication-importer", ligne("post", "", "415 415 403 403 403 403 401"))
declarer("api:marche-regroupements", ligne("get", "", JOURNAL))
declarer("api:marche-statut", ligne("post", "marche", API_ECRIRE, API_ECRIRE_RIEN))
for nom, objet in (("lot", "lot"), ("clause", "clause"), ("engagement", "engagement"), ("regle", "regle")):
    declarer(f"api:{nom}-list", ligne("get", "", API), ligne("post", "", API_ECRIRE))
    declarer(
        f"api:{nom}-detail",
        ligne("get", objet, API_PARTAGE, API_RIEN),
        ligne("patch", objet, API_ECRIRE, API_ECRIRE_RIEN),
    )
declarer("api:regle-detail", ligne("delete", "regle", RETIRE, API_ECRIRE_RIEN))
declarer("api:engagement-echeancier", ligne("post", "engagement", API_ECRIRE, API_ECRIRE_RIEN))
declarer("api:jalon-list", ligne("get", "", API))
declarer("api:jalon-detail", ligne("get", "jalon", API_PARTAGE, API_RIEN))
declarer("api:retard-list", ligne("get", "", API_AGENTS))
declarer("api:retard-detail", ligne("get", "retard", API_AGENTS, API_AGENTS_RIEN))
TERMES = {"montant": "100000", "part": "30", "taux": "5", "cout_horaire": "40"}
declarer("api:calcul-objectif", ligne("get", "", API, donnees=TERMES))
# Ce qui ne change plus une fois écrit.
for nom in ("attribution", "mouvement", "facture", "proposition"):
    declarer(f"api:{nom}-list", ligne("get", "", API), ligne("post", "", API_ECRIRE))
    declarer(f"api:{nom}-detail", ligne("get", nom, API_PARTAGE, API_RIEN))
declarer(
    "api:proposition-decider",
    ligne("post", "proposition", "403 403 403 400 403 403 401", "403 403 403 404 403 403 401"),
)
declarer("api:proposition-decision-recue", ligne("post", "proposition", API_ECRIRE, API_ECRIRE_RIEN))

# --- Ce que les agents seuls lisent ----------------------------------------------------------------------------------
for nom in ("evenement", "operation"):
    declarer(f"api:{nom}-list", ligne("get", "", API_AGENTS), ligne("post", "", API_ECRIRE))
    declarer(f"api:{nom}-detail", ligne("get", nom, API_AGENTS, API_AGENTS_RIEN))
declarer("api:repere-en-vigueur", ligne("get", "", API_AGENTS))
declarer("api:repere-list", ligne("get", "", API_AGENTS), ligne("post", "", RESPONSABLE_SEUL))
declarer(
    "api:repere-detail",
    ligne("get", "repere", API_AGENTS, API_AGENTS_RIEN),
    ligne("patch", "repere", RESPONSABLE_SEUL, RESPONSABLE_RIEN),
    ligne("delete", "repere", "403 204 403 403 403 403 401", RESPONSABLE_RIEN),
)
declarer("api:activite-list", ligne("get", "", JOURNAL), ligne("post", "", API_ECRIRE))
declarer(
    "api:activite-detail",
    ligne("get", "activite", JOURNAL, JOURNAL_RIEN),
    ligne("patch", "activite", API_ECRIRE, API_ECRIRE_RIEN),
)
for nom in ("publication", "modification", "contrat-a-veiller"):
    declarer(f"api:{nom}-list", ligne("get", "", API_AGENTS))
    declarer(f"api:{nom}-detail", ligne("get", nom, API_AGENTS, API_AGENTS_RIEN))
# Valeurs publiques, communes à l’instance : il n’y a pas de dehors.
declarer("api:bareme-list", ligne("get", "", TOUS), ligne("post", "", RESPONSABLE_SEUL))
declarer("api:bareme-detail", ligne("get", "bareme", TOUS, TOUS))

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
declarer("api:document-list", ligne("get", "", API))
declarer("api:document-detail", ligne("get", "document", "200 200 200 200 200 403 401", API_RIEN))
declarer("api:document-fichier", ligne("get", "document", "200 200 200 200 200 403 401", API_RIEN))
declarer("api:document-annuler", ligne("post", "document", API_ECRIRE, API_ECRIRE_RIEN))
# Une entreprise remplit les relevés qu’on lui a demandés, et y lit ses propres salariés.
SON_RELEVE, PAS_LE_SIEN = "403 403 403 403 200 403 401", "403 403 403 403 404 403 401"
declarer("api:releve-a-remplir", ligne("get", "releve", SON_RELEVE, PAS_LE_SIEN, nomme=Role.ENTREPRISE))
declarer("api:releve-deposer", ligne("post", "releve", "403 403 403 403 400 403 401", PAS_LE_SIEN))
