"""Les dix feuilles du classeur de reprise et leurs colonnes : le contrat de formats.md §2, en données.

Ajouter une colonne est libre ; en renommer ou en retirer une casse les classeurs déjà remplis.
"""

from __future__ import annotations

from clauses.socle.conversions import vers_mois
from entreprises.enums import TypeEmployeur
from heures.enums import (
    DureeInscription,
    Modalite,
    Niveau,
    Sexe,
    SituationSortie,
    StatutLigne,
    TypeContrat,
    TypePiece,
)
from heures.imports.reprise.colonnes import (
    Colonne,
    Feuille,
    choix,
    commune,
    critere_principal,
    date,
    entier,
    heures,
    libre,
    montant,
    oui_non,
    oui_non_inconnu,
    personnel,
    siret,
    texte,
    vers_commune_ou_inconnue,
    vers_criteres,
    vers_date_passee,
    vers_siren,
)
from marches.enums import (
    Ccag,
    FormulePenalite,
    NatureClause,
    NatureMarche,
    NatureMouvement,
    Origine,
    PositionArt35,
    Procedure,
    Secteur,
    StatutMarche,
    Technique,
    TypeDonneurOrdre,
    TypeObjectif,
)

MARCHE = (texte("marche_reference", 60, obligatoire=True), siret("acheteur_siret"))
ENGAGEMENT = (*MARCHE, texte("lot_numero", 20, obligatoire=True), siret("titulaire_siret"))
# Le rang d’une ligne parmi d’autres en tout pareilles : 2 pour la deuxième ; vide pour la première.
RANG = entier("rang", 1_000)
CLE_ENGAGEMENT = ("marche_reference", "acheteur_siret", "lot_numero", "titulaire_siret")

ACHETEURS = Feuille(
    "acheteurs",
    "Un donneur d’ordre par ligne, reconnu par son SIRET.",
    (
        siret("siret"),
        texte("nom", 255, obligatoire=True),
        choix("type", TypeDonneurOrdre, obligatoire=True),
        commune("commune_insee"),
        Colonne("epci_siren", vers_siren),
    ),
    ("siret",),
)
ENTREPRISES = Feuille(
    "entreprises",
    "Une entreprise par ligne : titulaires et employeurs, reconnus par leur SIRET.",
    (
        siret("siret"),
        texte("raison_sociale", 255, obligatoire=True),
        choix("type_employeur", TypeEmployeur, obligatoire=True),
        texte("naf", 6),
        commune("commune_insee"),
    ),
    ("siret",),
)
MARCHES = Feuille(
    "marches",
    "Un marché par ligne, désigné par son acheteur et sa référence.",
    (
        texte("reference", 60, obligatoire=True),
        siret("acheteur_siret"),
        texte("objet", 1000, obligatoire=True),
        date("date_notification"),
        date("date_debut"),
        date("date_fin"),
        entier("duree_mois", 600),
        montant("montant_ht"),
        choix("procedure", Procedure),
        texte("cpv", 10),
        commune("commune_execution_insee"),
        choix("statut", StatutMarche),
        texte("facilitateur_courriel", 254),
        choix("nature", NatureMarche),
        choix("technique", Technique),
        choix("ccag", Ccag),
        oui_non("a_clause_sociale"),
        oui_non("a_critere_social"),
        oui_non("est_reserve"),
        choix("position_art35", PositionArt35),
        libre("motif_art35", 2000),
        texte("operation", 200),
        choix("origine", Origine),
        texte("source_identifiant", 120),
    ),
    ("reference", "acheteur_siret"),
)
LOTS = Feuille(
    "lots",
    "Un lot par ligne ; inutile pour un marché non alloti, dont le lot unique porte le numéro 1.",
    (*MARCHE, texte("numero", 20, obligatoire=True), texte("intitule", 500), montant("montant_ht"),
     choix("secteur", Secteur)),
    ("marche_reference", "acheteur_siret", "numero"),
)  # fmt: skip
CLAUSES = Feuille(
    "clauses",
    "Une entreprise redevable par ligne : la clause du lot, et les heures dues à l’origine.",
    (
        *ENGAGEMENT,
        choix("nature_clause", NatureClause, obligatoire=True),
        choix("type_objectif", TypeObjectif),
        heures("heures_initiales", obligatoire=True),
        date("date_engagement", obligatoire=True),
        choix("penalite_formule", FormulePenalite),
        montant("penalite_valeur"),
        entier("duree_eligibilite_mois", 120),
        date("date_debut"),
        date("date_fin"),
        montant("part_groupement"),
    ),
    CLE_ENGAGEMENT,
)
MOUVEMENTS = Feuille(
    "mouvements",
    "Ce qui a changé depuis : avenants, tranches, bons de commande… ; heures positives ou négatives.",
    (
        *ENGAGEMENT,
        date("date", obligatoire=True),
        choix("nature", NatureMouvement, obligatoire=True),
        heures("heures", obligatoire=True, negatif=True),
        libre("motif", 500),
        texte("piece", 200),
        RANG,
    ),
    (*CLE_ENGAGEMENT, "date", "nature", "heures", "motif", "piece", "rang"),
)
PARTICIPANTS = Feuille(
    "participants",
    "Une personne par ligne, avec son profil à l’entrée. Ni numéro de sécurité sociale, ni pièce.",
    (
        personnel("identifiant", 40, obligatoire=True),
        personnel("nom", 100, obligatoire=True),
        personnel("prenom", 100, obligatoire=True),
        date("date_naissance", lire=vers_date_passee),
        choix("sexe", Sexe, obligatoire=True),
        commune("commune_insee"),
        oui_non_inconnu("qpv"),
        choix("niveau", Niveau),
        critere_principal(obligatoire=True),
        Colonne("autres_criteres", vers_criteres),
        date("date_constat"),
        oui_non("participant_plie"),
        personnel("prescripteur", 120),
        date("date_entree", lire=vers_date_passee),
        choix("duree_inscription", DureeInscription),
        oui_non_inconnu("brsa"),
        choix("piece_type", TypePiece),
        date("piece_date"),
        date("piece_valable_jusqu_au"),
        date("piece_vue_le", lire=vers_date_passee),
        texte("piece_vue_par", 254),
        libre("motif", 2000),
        date("visa_le", lire=vers_date_passee),
        texte("visa_par", 254),
        entier("version_entree", 1_000),
        Colonne("commune_actuelle_insee", vers_commune_ou_inconnue),
        oui_non("plie_actuel"),
    ),
    ("identifiant",),
)
CONTRATS = Feuille(
    "contrats",
    "Un contrat de travail par ligne ; les missions d’intérim chez un même employeur n’en font qu’un.",
    (
        personnel("identifiant", 40, obligatoire=True),
        personnel("participant_identifiant", 40, obligatoire=True),
        siret("employeur_siret"),
        choix("type_contrat", TypeContrat, obligatoire=True),
        choix("modalite", Modalite, obligatoire=True),
        date("date_debut", obligatoire=True),
        date("date_fin"),
        montant("quotite"),
        entier("nombre_missions", 1_000),
    ),
    ("identifiant",),
)
HEURES = Feuille(
    "heures",
    "Les heures d’un contrat pour un engagement et un mois travaillé. Une case vide n’est pas zéro.",
    (
        personnel("contrat_identifiant", 40, obligatoire=True),
        *ENGAGEMENT,
        Colonne("mois", vers_mois, True),
        heures("heures_travail"),
        heures("heures_formation"),
        choix("statut", StatutLigne, obligatoire=True),
        date("date_validation", lire=vers_date_passee),
        libre("motif", 500),
        date("date_declaration", lire=vers_date_passee),
        entier("rang", 32_000),
    ),
    ("contrat_identifiant", *CLE_ENGAGEMENT, "mois"),
)
SORTIES = Feuille(
    "sorties",
    "Une sortie par ligne, et ce que la personne est devenue à 6 et à 12 mois.",
    (
        personnel("participant_identifiant", 40, obligatoire=True),
        date("date", obligatoire=True, lire=vers_date_passee),
        choix("situation", SituationSortie, obligatoire=True),
        choix("situation_6_mois", SituationSortie),
        choix("situation_12_mois", SituationSortie),
    ),
    ("participant_identifiant", "date"),
)
FEUILLES = (
    ACHETEURS, ENTREPRISES, MARCHES, LOTS, CLAUSES, MOUVEMENTS, PARTICIPANTS, CONTRATS, HEURES, SORTIES,
)  # fmt: skip
