"""La matrice d’accès, en données : une ligne par URL nommée et par méthode (formes : `tests/acces/lignes.py`)."""

from __future__ import annotations

from clauses.comptes.acteurs import Role
from tests.acces import matrice_api, matrice_api_bilans, matrice_api_heures, matrice_bilans
from tests.acces.lignes import (
    ECRIRE,
    ECRIT,
    FERME,
    FERME_ECRIRE,
    FERME_ECRIT,
    MATRICE,
    PARTAGE,
    PARTAGE_ECRIRE,
    PARTAGE_ECRIT,
    POUR_CONNECTES,
    PUBLIQUE,
    RENVOI,
    RESPONSABLE,
    RIEN,
    ROLES,
    TOUS_AGENTS,
    Ligne,
    declarer,
    ligne,
)

__all__ = ["MATRICE", "ROLES", "Ligne", "matrice_api", "matrice_api_bilans", "matrice_api_heures", "matrice_bilans"]

# --- Accueil et comptes ----------------------------------------------------------------------------------------------
declarer("accueil", ligne("get", "", POUR_CONNECTES))
declarer(
    "account_login",
    ligne("get", "", "302 302 302 302 302 302 200"),
    ligne("post", "", "302 302 302 302 302 302 200"),
)
declarer("account_logout", ligne("get", "", POUR_CONNECTES), ligne("post", "", RENVOI))
declarer("account_inactive", ligne("get", "", PUBLIQUE))
declarer("account_reauthenticate", ligne("get", "", POUR_CONNECTES), ligne("post", "", POUR_CONNECTES))
declarer("account_change_password", ligne("get", "", POUR_CONNECTES), ligne("post", "", POUR_CONNECTES))
declarer("account_reset_password", ligne("get", "", PUBLIQUE), ligne("post", "", PUBLIQUE))
declarer("account_reset_password_done", ligne("get", "", PUBLIQUE))
LIEN_FAUX = {"uidb36": "1", "key": "faux-lien"}
declarer(
    "account_reset_password_from_key",
    ligne("get", "", PUBLIQUE, parametres=LIEN_FAUX),
    ligne("post", "", PUBLIQUE, parametres=LIEN_FAUX),
)
declarer("account_reset_password_from_key_done", ligne("get", "", PUBLIQUE))
# Chacun ne change que parmi ses propres rattachements : celui d’un collègue est introuvable comme celui d’un étranger.
declarer("agir_pour", ligne("post", "rattachement", RIEN, RIEN))
declarer("journal", ligne("get", "", ECRIRE))
declarer("reglages", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
declarer("entete", ligne("get", "", RESPONSABLE), ligne("post", "", "403 302 403 403 403 403 302"))
declarer("utilisateurs", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
for nom in ("rattachement_retirer", "invitation_renvoyer"):
    declarer(nom, ligne("post", "rattachement", "403 302 403 404 404 404 302", RIEN))
# Chacun ses jetons, et ceux des intégrations pour qui gère la structure : celui d’un collègue est introuvable.
declarer("jetons", ligne("get", "", POUR_CONNECTES), ligne("post", "", POUR_CONNECTES))
declarer("jeton_revoquer", ligne("post", "jeton", RIEN, RIEN))
declarer("integrations", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
declarer("integration_renouveler", ligne("post", "integration", "403 200 403 404 404 404 302", RIEN))
# --- Notifications sortantes -----------------------------------------------------------------------------------------
declarer("crochets:liste", ligne("get", "", RESPONSABLE))
declarer("crochets:creer", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
CROCHET, CROCHET_ECRIT = "403 200 403 404 404 404 302", "403 302 403 404 404 404 302"
declarer("crochets:fiche", ligne("get", "crochet", CROCHET, RIEN))
declarer("crochets:modifier", *(ligne(m, "crochet", CROCHET, RIEN) for m in ("get", "post")))
declarer("crochets:renouveler", ligne("post", "crochet", CROCHET, RIEN))
for nom in ("suspendre", "reprendre", "essayer"):
    declarer(f"crochets:{nom}", ligne("post", "crochet", CROCHET_ECRIT, RIEN))
declarer("crochets:renvoyer", ligne("post", "livraison", CROCHET_ECRIT, RIEN))
# Seul le lien ouvre une invitation : aucun compte n’y change rien.
INVITATION_FAUSSE = {"jeton": "1-fausse.invitation"}
declarer(
    "invitation",
    *(ligne(m, "", "404 404 404 404 404 404 404", parametres=INVITATION_FAUSSE) for m in ("get", "post")),
)

# --- Annuaire : commun à l’instance, ouvert aux agents ; chaque organisation se voit elle-même -----------------------
declarer("entreprises:liste", ligne("get", "", TOUS_AGENTS))
declarer("entreprises:choix", ligne("get", "", TOUS_AGENTS))
declarer("entreprises:creer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer("entreprises:fiche", ligne("get", "entreprise", "200 200 200 404 200 404 302", FERME))
declarer(
    "entreprises:modifier",
    ligne("get", "entreprise", "200 200 403 404 403 404 302", FERME_ECRIRE),
    ligne("post", "entreprise", "200 200 403 404 403 404 302", FERME_ECRIRE),
)
# Le contact appartient à la structure : celui de l’autre est introuvable, même chez une entreprise commune.
declarer(
    "entreprises:contact_creer",
    ligne("get", "entreprise", "200 200 403 404 403 404 302", FERME_ECRIRE),
    ligne("post", "entreprise", "200 200 403 404 403 404 302", FERME_ECRIRE),
)
declarer(
    "entreprises:contact_modifier",
    ligne("get", "contact", FERME_ECRIRE, RIEN),
    ligne("post", "contact", FERME_ECRIRE, RIEN),
)
declarer("entreprises:contact_retirer", ligne("post", "contact", FERME_ECRIT, RIEN))
declarer("marches:acheteurs", ligne("get", "", TOUS_AGENTS))
declarer("marches:acheteurs_choix", ligne("get", "", TOUS_AGENTS))
declarer("marches:acheteur_creer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer(
    "marches:acheteur_inviter",
    ligne("get", "acheteur", "403 200 403 403 404 404 302", "403 200 403 404 404 404 302"),
    ligne("post", "acheteur", "403 200 403 403 404 404 302", "403 200 403 404 404 404 302"),
)
declarer(
    "entreprises:inviter",
    ligne("get", "entreprise", "403 200 403 404 403 404 302", "403 200 403 404 404 404 302"),
    ligne("post", "entreprise", "403 200 403 404 403 404 302", "403 200 403 404 404 404 302"),
)
declarer("marches:acheteur", ligne("get", "acheteur", "200 200 200 200 404 404 302", FERME))
declarer(
    "marches:acheteur_modifier",
    ligne("get", "acheteur", "200 200 403 403 404 404 302", FERME_ECRIRE),
    ligne("post", "acheteur", "200 200 403 403 404 404 302", FERME_ECRIRE),
)

# --- Marchés ---------------------------------------------------------------------------------------------------------
declarer("marches:liste", ligne("get", "", "200 200 200 200 200 403 302"))
declarer("marches:creer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer("marches:creer_seul", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer("marches:decp", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer("marches:regrouper", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer("marches:veille", ligne("get", "", TOUS_AGENTS))
# Un dépôt inconnu, périmé ou d’un autre : la page renvoie au téléversement, avec sa phrase.
SANS_DEPOT = {"jeton": "jeton-inconnu"}
declarer(
    "marches:decp_apercu",
    ligne("get", "", "302 302 403 403 403 403 302", parametres=SANS_DEPOT),
    ligne("post", "", "302 302 403 403 403 403 302", parametres=SANS_DEPOT),
)
declarer("marches:fiche", ligne("get", "marche", PARTAGE, RIEN))
declarer(
    "marches:modifier",
    ligne("get", "marche", PARTAGE_ECRIRE, RIEN),
    ligne("post", "marche", PARTAGE_ECRIRE, RIEN),
)
declarer("marches:statut", ligne("post", "marche", PARTAGE_ECRIT, RIEN))
declarer(
    "marches:lot_creer",
    ligne("get", "marche", PARTAGE_ECRIRE, RIEN),
    ligne("post", "marche", PARTAGE_ECRIRE, RIEN),
)
declarer(
    "marches:lot_modifier",
    ligne("get", "lot", PARTAGE_ECRIRE, RIEN),
    ligne("post", "lot", PARTAGE_ECRIRE, RIEN),
)
declarer(
    "marches:evenement_creer",
    ligne("get", "engagement", PARTAGE_ECRIRE, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIRE, RIEN),
)
declarer("marches:contact_noter", ligne("post", "engagement", PARTAGE_ECRIT, RIEN))
declarer(
    "marches:echeancier",
    ligne("get", "engagement", PARTAGE_ECRIRE, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIT, RIEN),
)
declarer(
    "marches:penalite_proposer",
    ligne("get", "engagement", PARTAGE_ECRIRE, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIRE, RIEN),
)
# L’acheteur décide ; les autres lisent. L’envoi de la matrice n’est pas une décision : la page la redemande.
declarer(
    "marches:proposition",
    ligne("get", "proposition", PARTAGE, RIEN),
    ligne("post", "proposition", "403 403 403 200 403 404 302", RIEN),
)
declarer(
    "marches:decision_recue",
    ligne("get", "proposition", PARTAGE_ECRIRE, RIEN),
    ligne("post", "proposition", PARTAGE_ECRIRE, RIEN),
)
declarer("marches:engagement", ligne("get", "engagement", PARTAGE, RIEN))
declarer("marches:attribuer", ligne("get", "lot", PARTAGE_ECRIRE, RIEN), ligne("post", "lot", PARTAGE_ECRIRE, RIEN))
declarer(
    "marches:clause_creer",
    ligne("get", "lot", PARTAGE_ECRIRE, RIEN),
    ligne("post", "lot", PARTAGE_ECRIRE, RIEN),
)
declarer(
    "marches:clause_modifier",
    ligne("get", "clause", PARTAGE_ECRIRE, RIEN),
    ligne("post", "clause", PARTAGE_ECRIRE, RIEN),
)
declarer(
    "marches:engager", ligne("get", "clause", PARTAGE_ECRIRE, RIEN), ligne("post", "clause", PARTAGE_ECRIRE, RIEN)
)
declarer(
    "marches:mouvement_creer",
    ligne("get", "engagement", PARTAGE_ECRIRE, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIRE, RIEN),
)

declarer("marches:avancement", ligne("get", "", "200 200 200 200 200 403 302"))
declarer("marches:clause_objectif", ligne("get", "clause", PARTAGE, RIEN))
for nom, objet in (
    ("facture_creer", "clause"),
    ("penalite_creer", "clause"),
    ("penalite_modifier", "regle"),
):
    declarer(
        f"marches:{nom}",
        ligne("get", objet, PARTAGE_ECRIRE, RIEN),
        ligne("post", objet, PARTAGE_ECRIRE, RIEN),
    )
declarer(
    "marches:engagement_modifier",
    ligne("get", "engagement", PARTAGE_ECRIRE, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIT, RIEN),
)
declarer("marches:penalite_retirer", ligne("post", "regle", PARTAGE_ECRIT, RIEN))
declarer("marches:grand_livre_export", ligne("get", "engagement", PARTAGE, RIEN))

# --- Outils et journal d’activité ------------------------------------------------------------------------------------
CONNUS = "200 200 200 200 200 403 302"
declarer("marches:outils", ligne("get", "", CONNUS))
declarer("marches:calculateur", ligne("get", "", CONNUS))
declarer("marches:baremes", ligne("get", "", POUR_CONNECTES))
declarer("marches:bareme_creer", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
declarer("marches:reperes", ligne("get", "", TOUS_AGENTS))
declarer("marches:repere_creer", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
DU_RESPONSABLE = "403 200 403 404 404 404 302"
declarer(
    "marches:repere_modifier",
    ligne("get", "repere", DU_RESPONSABLE, RIEN),
    ligne("post", "repere", DU_RESPONSABLE, RIEN),
)
declarer("marches:repere_retirer", ligne("post", "repere", "403 302 403 404 404 404 302", RIEN))
declarer("marches:activites", ligne("get", "", ECRIRE))
declarer("marches:activite_creer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer(
    "marches:activite_modifier",
    ligne("get", "activite", FERME_ECRIRE, RIEN),
    ligne("post", "activite", FERME_ECRIRE, RIEN),
)

# --- Heures et personnes : réservées aux agents de la structure ------------------------------------------------------
declarer("heures:engagements", ligne("get", "", TOUS_AGENTS))
# L’envoi désigne un contrat et un engagement de l’autre structure : introuvables.
declarer("heures:cellule", ligne("post", "", "404 404 403 403 403 403 302"))
# L’engagement est visible de l’acheteur et de l’entreprise, ses heures nominatives non.
declarer("heures:grille", ligne("get", "engagement", "200 200 200 403 403 404 302", RIEN))
declarer("heures:valider_mois", ligne("post", "engagement", PARTAGE_ECRIT, RIEN))
declarer("heures:neant", ligne("post", "engagement", PARTAGE_ECRIT, RIEN))
declarer("heures:mois", ligne("get", "", TOUS_AGENTS))
# L’annuaire est commun : l’entreprise d’un autre s’ouvre, sans aucun engagement. Une entreprise ne voit qu’elle-même.
declarer("heures:grille_entreprise", ligne("get", "entreprise", "200 200 200 404 403 404 302", FERME))
declarer("heures:grille_ajouter", ligne("get", "engagement", PARTAGE_ECRIRE, RIEN))
# Sans htmx, la boîte de dialogue renvoie à la page qui fait de même.
declarer(
    "heures:grille_nouvelle",
    ligne("get", "engagement", PARTAGE_ECRIT, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIRE, RIEN),
)
# La personne n’est pas nommée : introuvable.
SANS_PERSONNE = "404 404 403 403 403 404 302"
declarer(
    "heures:grille_contrat",
    ligne("get", "engagement", SANS_PERSONNE, RIEN),
    ligne("post", "engagement", SANS_PERSONNE, RIEN),
)
declarer("heures:modele_releve", ligne("get", "engagement", "200 200 200 403 403 404 302", RIEN))
declarer("heures:importer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
# Un relevé déposé inconnu, périmé ou d’un autre : la page renvoie au téléversement, avec sa phrase.
for nom, methodes in (("apercu", ("get", "post")), ("colonnes", ("get", "post")), ("rapport", ("get",))):
    declarer(f"heures:import_{nom}", *(ligne(m, "", ECRIT, parametres=SANS_DEPOT) for m in methodes))
declarer("heures:refuser_ligne", ligne("get", "ligne", FERME_ECRIRE, RIEN), ligne("post", "ligne", FERME_ECRIT, RIEN))
# L’acheteur et l’entreprise voient l’engagement, jamais son relevé nominatif ni ses lignes.
declarer("heures:reception", ligne("get", "", TOUS_AGENTS))
declarer("heures:reception_accepter", ligne("post", "", ECRIT))
# Une entreprise a ses relevés, par sa propre page ; celles du facilitateur lui sont fermées.
DU_RELEVE, DU_RELEVE_ECRIRE = "200 200 200 404 403 404 302", "200 200 403 404 403 404 302"
declarer("heures:releve", ligne("get", "releve", DU_RELEVE, RIEN))
for nom in ("releve_accepter", "releve_rouvrir"):
    declarer(f"heures:{nom}", ligne("post", "releve", "302 302 403 404 403 404 302", RIEN))
declarer("heures:releve_completer", *(ligne(m, "releve", DU_RELEVE_ECRIRE, RIEN) for m in ("get", "post")))
declarer("heures:mes_releves", ligne("get", "", "403 403 403 403 200 403 302"))
SON_RELEVE = "403 403 403 404 200 404 302"
declarer("heures:mon_releve", *(ligne(m, "releve", SON_RELEVE, RIEN, nomme=Role.ENTREPRISE) for m in ("get", "post")))
# Rien n’y est encore déposé : le reçu renvoie au relevé.
declarer("heures:mon_recu", ligne("get", "releve", "403 403 403 404 302 404 302", RIEN))
declarer("heures:accepter_ligne", ligne("post", "ligne", FERME_ECRIT, RIEN))
declarer("heures:renvoyer_ligne", ligne("get", "ligne", FERME_ECRIRE, RIEN), ligne("post", "ligne", FERME_ECRIT, RIEN))
declarer("heures:attente", ligne("get", "attente", FERME_ECRIRE, RIEN))
declarer("heures:attente_reprendre", ligne("post", "attente", FERME_ECRIT, RIEN))
declarer(
    "heures:attente_ouvrir", ligne("get", "attente", FERME_ECRIRE, RIEN), ligne("post", "attente", FERME_ECRIRE, RIEN)
)
declarer(
    "heures:attente_refuser", ligne("get", "attente", FERME_ECRIRE, RIEN), ligne("post", "attente", FERME_ECRIT, RIEN)
)
declarer(
    "heures:rectifier_ligne",
    ligne("get", "ligne_validee", FERME_ECRIRE, RIEN),
    ligne("post", "ligne_validee", FERME_ECRIT, RIEN),
)
declarer("heures:participants", ligne("get", "", TOUS_AGENTS))
declarer("heures:participant_creer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer("heures:participant", ligne("get", "participant", FERME, RIEN))
for nom in ("participant_modifier", "entree_creer", "prolonger", "sortie_creer", "contrat_creer"):
    declarer(
        f"heures:{nom}",
        ligne("get", "participant", FERME_ECRIRE, RIEN),
        ligne("post", "participant", FERME_ECRIRE, RIEN),
    )
declarer(
    "heures:entree_corriger", ligne("get", "entree", FERME_ECRIRE, RIEN), ligne("post", "entree", FERME_ECRIRE, RIEN)
)
declarer("heures:viser", ligne("post", "entree", FERME_ECRIT, RIEN))
declarer("heures:employeurs_choix", ligne("get", "", ECRIRE))
declarer(
    "heures:contrat_modifier",
    ligne("get", "contrat", FERME_ECRIRE, RIEN),
    ligne("post", "contrat", FERME_ECRIRE, RIEN),
)

declarer(
    "heures:sortie_modifier",
    ligne("get", "sortie", FERME_ECRIRE, RIEN),
    ligne("post", "sortie", FERME_ECRIRE, RIEN),
)

# --- Demandes de relevé et courriels ---------------------------------------------------------------------------------
declarer("heures:demandes", ligne("get", "", TOUS_AGENTS))
declarer("heures:demandes_envoyer", ligne("post", "", "302 302 403 403 403 403 302", donnees={"nature": "DEMANDE"}))
declarer("heures:demandes_renvoyer", ligne("post", "", "302 302 403 403 403 403 302", donnees={"mois": "2025-03"}))
declarer("heures:modeles_du_mois", ligne("get", "", TOUS_AGENTS))
declarer("heures:envois", ligne("get", "engagement", "200 200 200 403 403 404 302", RIEN))
declarer("heures:demande_revoquer", ligne("post", "demande", FERME_ECRIT, RIEN))
declarer("heures:demande_renouveler", ligne("post", "demande", FERME_ECRIT, RIEN))
declarer("heures:envoi_renvoyer", ligne("post", "envoi", FERME_ECRIT, RIEN))
COURRIEL = {"nature": "DEMANDE"}
declarer("heures:modeles", ligne("get", "", RESPONSABLE))
declarer(
    "heures:modele",
    ligne("get", "", RESPONSABLE, parametres=COURRIEL),
    ligne("post", "", RESPONSABLE, parametres=COURRIEL),
)
declarer("heures:modele_origine", ligne("post", "", "403 302 403 403 403 403 302", parametres=COURRIEL))

# --- Dépôt par lien : aucun compte n’y change rien, seul le jeton ouvre ----------------------------------------------
JETON_FAUX = {"jeton": "1-faux.jeton"}
declarer(
    "lien:releve",
    ligne("get", "", "404 404 404 404 404 404 404", parametres=JETON_FAUX),
    ligne("post", "", "404 404 404 404 404 404 404", parametres=JETON_FAUX),
)
declarer("lien:recu", ligne("get", "", "404 404 404 404 404 404 404", parametres=JETON_FAUX))
declarer(
    "heures:sortie_retirer",
    ligne("get", "sortie", FERME_ECRIRE, RIEN),
    ligne("post", "sortie", FERME_ECRIT, RIEN),
)
for nom in ("suivi_eligibilites", "suivi_pieces", "suivi_visas", "suivi_devenirs"):
    declarer(f"heures:{nom}", ligne("get", "", TOUS_AGENTS))
declarer("heures:devenir", ligne("post", "sortie", FERME_ECRIT, RIEN))
declarer("heures:conventions", ligne("get", "", TOUS_AGENTS))
# Sans entreprise choisie, la page demande de la choisir.
declarer("heures:convention_creer", ligne("get", "", ECRIRE), ligne("post", "", ECRIRE))
declarer(
    "heures:convention_modifier",
    ligne("get", "convention", FERME_ECRIRE, RIEN),
    ligne("post", "convention", FERME_ECRIRE, RIEN),
)
declarer("heures:doublons", ligne("get", "", TOUS_AGENTS))
# Sans la seconde fiche, la page demande de la choisir.
declarer(
    "heures:fusionner",
    ligne("get", "participant", FERME_ECRIRE, RIEN),
    ligne("post", "participant", FERME_ECRIRE, RIEN),
)
declarer("heures:deux_personnes", ligne("post", "participant", FERME_ECRIT, RIEN))
declarer("heures:fusion_defaire", ligne("post", "fusion", FERME_ECRIT, RIEN))

# --- Vérification publique ------------------------------------------------------------------------------------
declarer("verifier", ligne("get", "", PUBLIQUE), ligne("post", "", PUBLIQUE))
