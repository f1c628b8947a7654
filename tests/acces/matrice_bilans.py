"""La matrice d’accès de « bilans » : une ligne par URL nommée et par méthode (formes : `tests/acces/lignes.py`)."""

from __future__ import annotations

from tests.acces.lignes import (
    ECRIRE,
    ECRIT,
    FERME,
    PARTAGE,
    PARTAGE_ECRIRE,
    PARTAGE_ECRIT,
    RESPONSABLE,
    RESPONSABLE_ECRIT,
    RIEN,
    TOUS_AGENTS,
    declarer,
    ligne,
)
from tests.acces.monde import SIRET_COMMUN

ANNEE = {"du": "2025-01-01", "au": "2025-12-31"}
declarer("bilans:choisir", ligne("get", "", TOUS_AGENTS))
declarer("bilans:departement", ligne("get", "", TOUS_AGENTS, donnees=ANNEE))
declarer("bilans:departement_export", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"format": "xlsx"}))
declarer("bilans:copil", ligne("get", "", TOUS_AGENTS, donnees=ANNEE))
declarer("bilans:copil_export", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"format": "xlsx"}))
declarer("bilans:ave", ligne("get", "", TOUS_AGENTS, donnees=ANNEE))
declarer("bilans:ave_export", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"format": "csv"}))
declarer("bilans:grilles", ligne("get", "", RESPONSABLE, parametres={"nom": "ave-2025"}))
UN_TABLEAU = {"nom": "ave-2025", "cle": "secteurs"}
declarer(
    "bilans:grille",
    ligne("get", "", RESPONSABLE, parametres=UN_TABLEAU),
    ligne("post", "", RESPONSABLE, parametres=UN_TABLEAU),
)
declarer("bilans:grille_origine", ligne("post", "", "403 302 403 403 403 403 302", parametres=UN_TABLEAU))
# Ce que voit un financeur, et la structure avec lui ; un semestre sans cinq bénéficiaires le dit, en 200 comme en 400.
POUR_FINANCEUR = "200 200 200 403 403 200 302"
REFUSE = "400 400 400 403 403 400 302"
declarer("bilans:agregats", ligne("get", "", POUR_FINANCEUR))
declarer("bilans:agregats_export", ligne("get", "", REFUSE, donnees={"format": "csv"}))
# Sans acheteur choisi, le formulaire et sa phrase ; avec celui du monde, tout le bilan.
DU_MONDE = ANNEE | {"acheteur": SIRET_COMMUN}
declarer("bilans:acheteur", ligne("get", "", TOUS_AGENTS, donnees=DU_MONDE))
declarer("bilans:acheteur_export", ligne("get", "", TOUS_AGENTS, donnees=DU_MONDE | {"format": "json"}))
# L’acheteur seul, et le sien seul : aucun paramètre ne désigne un acheteur.
SON_BILAN = "403 403 403 200 403 403 302"
declarer("bilans:votre_bilan", ligne("get", "", SON_BILAN, donnees={"annee": "2025"}))
declarer("bilans:votre_bilan_export", ligne("get", "", SON_BILAN, donnees={"annee": "2025", "format": "json"}))
PERIODE = ANNEE | {"arrete_au": "2025-12-31"}
REGLAGES = {"annee": "2025", "version": "1", "base_etp": "1820", "definition_brsa": "A_L_ENTREE"}
declarer(
    "bilans:departement_parametres",
    ligne("get", "", RESPONSABLE),
    ligne("post", "", RESPONSABLE_ECRIT, donnees=REGLAGES),
)
declarer(
    "bilans:departement_analyse",
    ligne("get", "", RESPONSABLE, donnees=ANNEE),
    ligne("post", "", RESPONSABLE_ECRIT, donnees={"perspectives": "Texte", "version": "0"}),
)
# Le canari d’une personne est dans ce classeur, et dans lui seul : il ne sort que vers le responsable.
declarer("bilans:departement_annexe", ligne("get", "", RESPONSABLE, donnees=PERIODE))
declarer("bilans:npnru", ligne("get", "", TOUS_AGENTS, donnees=ANNEE))
declarer("bilans:npnru_export", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"format": "xlsx"}))
declarer("bilans:fse", ligne("get", "", TOUS_AGENTS, donnees=ANNEE))
declarer("bilans:fse_export", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"format": "csv"}))
# Un monde sous cinq bénéficiaires ne se publie pas : la phrase, en 400, à qui a le droit.
REFUSE_AUX_AGENTS = "400 400 400 403 403 403 302"
declarer("bilans:ouvertes", ligne("get", "", REFUSE_AUX_AGENTS, donnees=ANNEE))
declarer("bilans:ouvertes_export", ligne("get", "", REFUSE_AUX_AGENTS, donnees=ANNEE | {"format": "csv"}))
declarer("bilans:ouvertes_schema", ligne("get", "", TOUS_AGENTS))
declarer("bilans:lignes", ligne("get", "", TOUS_AGENTS, donnees=ANNEE))
declarer("bilans:qualite", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"defaut": "sans_critere"}))
declarer("bilans:qualite_export", ligne("get", "", TOUS_AGENTS, donnees=ANNEE | {"format": "xlsx"}))
DEPARTEMENT = {"nom": "departement"}
declarer(
    "bilans:emettre_bilan",
    ligne("get", "", ECRIRE, parametres=DEPARTEMENT, donnees=ANNEE),
    ligne("post", "", ECRIT, parametres=DEPARTEMENT, donnees=ANNEE | {"nature": "INTERMEDIAIRE"}),
)
declarer("bilans:bilans_emis", ligne("get", "", TOUS_AGENTS))
declarer("bilans:bilan_emis", ligne("get", "bilan_emis", FERME, RIEN))
declarer("bilans:bilan_emis_export", ligne("get", "bilan_emis", FERME, RIEN, donnees={"format": "json"}))
declarer("bilans:versions", ligne("get", "bilan_emis", FERME, RIEN))
declarer("bilans:versions_export", ligne("get", "bilan_emis", FERME, RIEN))
A_LA_FIN_DE_2025 = {"nature": "RELANCE_1", "au": "2025-12-31", "format": "pdf"}
declarer("bilans:documents", ligne("get", "engagement", PARTAGE, RIEN))
declarer(
    "bilans:emettre",
    ligne("get", "engagement", PARTAGE_ECRIRE, RIEN),
    ligne("post", "engagement", PARTAGE_ECRIT, RIEN, donnees=A_LA_FIN_DE_2025),
)
declarer("bilans:lettre", ligne("post", "engagement", PARTAGE_ECRIT, RIEN, donnees={"nature": "RELANCE_1"}))
declarer("bilans:projet", ligne("get", "engagement", PARTAGE_ECRIRE, RIEN, donnees=A_LA_FIN_DE_2025))
# L’attestation et le DOCX, que l’acheteur ou l’entreprise ne reçoivent pas : tests/bilans/test_documents_acces.py.
declarer("bilans:document", ligne("get", "document", PARTAGE, RIEN))
declarer(
    "bilans:document_annuler",
    ligne("get", "document", PARTAGE_ECRIRE, RIEN),
    ligne("post", "document", PARTAGE_ECRIT, RIEN),
)
declarer("bilans:articles", ligne("get", "", TOUS_AGENTS))
# Reprendre ou emporter une structure : au responsable seul. Un classeur déposé inconnu ou périmé renvoie au dépôt.
SANS_DEPOT = {"jeton": "jeton-inconnu"}
declarer("reprise:deposer", ligne("get", "", RESPONSABLE), ligne("post", "", RESPONSABLE))
declarer("reprise:vierge", ligne("get", "", RESPONSABLE))
declarer("reprise:export", ligne("get", "", RESPONSABLE))
declarer("reprise:apercu", *(ligne(m, "", RESPONSABLE_ECRIT, parametres=SANS_DEPOT) for m in ("get", "post")))
declarer("reprise:rapport", ligne("get", "", RESPONSABLE_ECRIT, parametres=SANS_DEPOT))
