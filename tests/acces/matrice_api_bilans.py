"""La matrice d’accès de l’API : ce que l’on émet, et ce que le responsable règle des bilans."""

from __future__ import annotations

from tests.acces.lignes import API_AGENTS, API_AGENTS_RIEN, API_ECRIRE, API_ECRIRE_RIEN, declarer, ligne

DEPARTEMENT = {"nom": "departement"}
ANNEE = {"du": "2025-01-01", "au": "2025-12-31"}

# --- Documents d’un engagement, versions d’un bilan émis -------------------------------------------------------------
declarer("api:document-list", ligne("post", "", API_ECRIRE))
declarer("api:document-lettre", ligne("post", "", API_ECRIRE))
# L’engagement qu’un partenaire voit ne lui ouvre pas le projet de ce qui lui sera adressé.
A_LA_FIN_DE_2025 = {"nature": "RELANCE_1", "au": "2025-12-31"}
declarer(
    "api:projet-document",
    ligne("get", "engagement", "200 200 403 403 403 403 401", API_ECRIRE_RIEN, donnees=A_LA_FIN_DE_2025),
)
for geste in ("versions", "fichier"):
    declarer(f"api:bilan-emis-{geste}", ligne("get", "bilan_emis", API_AGENTS, API_AGENTS_RIEN))
declarer("api:bilan-fichier", ligne("get", "", API_AGENTS, parametres=DEPARTEMENT, donnees=ANNEE))

# --- Ce que le responsable règle -------------------------------------------------------------------------------------
LIT_SEUL = "403 200 403 403 403 403 401"
RESPONSABLE = "403 400 403 403 403 403 401"
RESPONSABLE_RIEN = "403 404 403 403 403 403 401"
# Le canari d’une personne est dans ce classeur, et dans lui seul : il ne sort que vers le responsable.
declarer("api:bilan-annexe", ligne("get", "", LIT_SEUL, parametres=DEPARTEMENT, donnees=ANNEE))
UNE_ANNEE = {"annee": 2025}
declarer(
    "api:parametres-bilan-detail",
    ligne("get", "", LIT_SEUL, parametres=UNE_ANNEE),
    ligne("patch", "", RESPONSABLE, parametres=UNE_ANNEE),
)
declarer("api:analyse-list", ligne("get", "", API_AGENTS), ligne("post", "", RESPONSABLE))
declarer(
    "api:analyse-detail",
    ligne("get", "analyse", API_AGENTS, API_AGENTS_RIEN),
    ligne("patch", "analyse", RESPONSABLE, RESPONSABLE_RIEN),
)
AVE, UN_TABLEAU = {"grille": "ave-2025"}, {"grille": "ave-2025", "cle": "secteurs"}
declarer("api:grille-list", ligne("get", "", LIT_SEUL))
declarer("api:grille-detail", ligne("get", "", LIT_SEUL, parametres=AVE))
declarer(
    "api:grille-tableau",
    ligne("get", "", LIT_SEUL, parametres=UN_TABLEAU),
    ligne("patch", "", RESPONSABLE, parametres=UN_TABLEAU),
)
declarer("api:grille-origine", ligne("post", "", RESPONSABLE, parametres=UN_TABLEAU))
