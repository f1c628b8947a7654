"""Les feuilles facultatives du classeur de reprise : ce qu’il faut, outre les dix, pour qu’une structure revienne.

Un classeur d’avant, ou rempli à la main, n’en a aucune : il entre comme avant.
"""

from __future__ import annotations

from functools import partial

from clauses.socle.conversions import vers_mois
from entreprises.models import Contact
from heures.enums import (
    DureeInscription,
    NatureEnvoi,
    Niveau,
    StatutReleve,
    TypeHeures,
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
    vers_criteres,
    vers_date_passee,
    vers_sirens,
    vers_termes,
)
from heures.imports.reprise.feuilles import CLE_ENGAGEMENT, ENGAGEMENT, MARCHE, RANG
from marches.enums import (
    FormulePenalite,
    NatureActivite,
    NatureClause,
    NatureEvenement,
    Periodicite,
    RoleEntreprise,
    StatutPenalite,
    TypeObjectif,
)

CLE_LOT = (*CLE_ENGAGEMENT[:2], "lot_numero")
CLE_CLAUSE = (*CLE_LOT, "nature_clause")
LOT = (*MARCHE, texte("lot_numero", 20, obligatoire=True))
CLAUSE = (*LOT, choix("nature_clause", NatureClause, obligatoire=True))
facultative = partial(Feuille, est_facultative=True)
jours = partial(entier, maximum=365)

STRUCTURE = facultative(
    "structure",
    "Les réglages de la structure, sur une ligne ; seuls ceux restés à leur valeur d’origine sont repris.",
    (
        entier("base_etp", 4_000, obligatoire=True),
        entier("duree_eligibilite_mois", 120),
        entier("delai_sortie_mois", 60, minimum=0),
        heures("seuil_avertissement_heures"),
        heures("seuil_refus_heures"),
        entier("jour_echeance_releve", 28),
        *(jours(nom) for nom in ("relance_1_apres_jours", "relance_2_apres_jours", "duree_lien_jours")),
        entier("seuil_retard_points", 99),
        entier("alerte_fin_mois", 24),
        entier("taux_risque_pourcent", 100),
        jours("delai_reponse_jours"),
        entier("alerte_fin_marche_mois", 24),
        jours("alerte_eligibilite_jours"),
        entier("seuil_completude_pourcent", 100, minimum=0),
        heures("etp_facilitateurs"),
        libre("adresse", 400),
        texte("signataire_nom", 120),
        texte("signataire_fonction", 120),
        texte("departement", 3),
        Colonne("territoire", vers_sirens),
    ),
    ("base_etp",),
)
OPERATIONS = facultative(
    "operations",
    "Une opération par ligne : un chantier, un programme qui réunit des marchés.",
    (texte("nom", 200, obligatoire=True), oui_non("est_npnru")),
    ("nom",),
)
ATTRIBUTIONS = facultative(
    "attributions",
    "Une entreprise attributaire d’un lot par ligne, avec son rôle dans le groupement.",
    (*LOT, siret("entreprise_siret"), choix("role", RoleEntreprise, obligatoire=True)),
    (*CLE_LOT, "entreprise_siret"),
)
CONDITIONS = facultative(
    "conditions",
    "Une clause par ligne, telle que le contrat l’écrit : objectif, publics, formation, relevés.",
    (
        *CLAUSE,
        choix("type_objectif", TypeObjectif),
        *(montant(f"objectif_{nom}") for nom in ("montant", "exclu", "part", "taux", "cout_horaire", "tranche")),
        heures("objectif_heures_totales"),
        montant("objectif_part_heures"),
        entier("objectif_personnes", 32_000),
        montant("objectif_etp"),
        heures("objectif_plancher"),
        heures("objectif_offre"),
        *(libre(nom, 10_000) for nom in ("objectif_texte", "perimetre", "publics_admis")),
        oui_non("nomme_facilitateur"),
        entier("duree_eligibilite_mois", 120),
        montant("coefficient_formation"),
        heures("plafond_formation"),
        choix("periodicite", Periodicite),
    ),
    CLE_CLAUSE,
)
PENALITES = facultative(
    "penalites",
    "Une règle de pénalité par ligne ; la clause est celle de la feuille « conditions », ou de la base.",
    (
        *CLAUSE,
        choix("formule", FormulePenalite, obligatoire=True),
        montant("valeur", obligatoire=True),
        montant("plafond_euros"),
        montant("plafond_pourcent"),
        oui_non("exige_mise_en_demeure"),
        entier("delai_jours", 32_000, minimum=0),
        texte("article", 60),
    ),
    (*CLE_CLAUSE, "formule"),
)
ECHEANCIERS = facultative(
    "echeanciers",
    "Un jalon par ligne : la part de l’engagement attendue à une date, en pour cent.",
    (*ENGAGEMENT, date("date", obligatoire=True), entier("part", 100, minimum=0, obligatoire=True)),
    (*CLE_ENGAGEMENT, "date"),
)
FACTURES = facultative(
    "factures",
    "Un montant facturé ou commandé par ligne ; les heures qu’il rend dues sont dans « mouvements ».",
    (
        *ENGAGEMENT,
        texte("reference", 60, obligatoire=True),
        date("date", obligatoire=True),
        montant("montant_ht", obligatoire=True, negatif=True),
    ),
    (*CLE_ENGAGEMENT, "reference"),
)
EVENEMENTS = facultative(
    "evenements",
    "Une étape de la suite graduée par ligne : échange, relance, mise en demeure, proposition, décision.",
    (
        *ENGAGEMENT,
        choix("nature", NatureEvenement, obligatoire=True),
        date("date", obligatoire=True, lire=vers_date_passee),
        date("echeance"),
        libre("texte", 10_000),
        RANG,
    ),
    (*CLE_ENGAGEMENT, "nature", "date", "echeance", "texte", "rang"),
)
PROPOSITIONS = facultative(
    "propositions",
    "Une pénalité proposée par ligne, ses termes tels que calculés, et la décision de l’acheteur.",
    (
        *ENGAGEMENT,
        date("date_proposition", obligatoire=True, lire=vers_date_passee),
        date("arretee_au", obligatoire=True),
        montant("montant", obligatoire=True),
        Colonne("calcul", vers_termes, obligatoire=True),
        choix("statut", StatutPenalite, obligatoire=True),
        montant("montant_decide"),
        libre("motif", 10_000),
        date("date_decision", lire=vers_date_passee),
        date("courrier_date", lire=vers_date_passee),
        texte("courrier_reference", 120),
        RANG,
    ),
    (*CLE_ENGAGEMENT, "date_proposition", "arretee_au", "rang"),
)
CONVENTIONS = facultative(
    "conventions",
    "Un engagement d’une convention de globalisation par ligne, et si son acheteur l’a signée.",
    (
        *ENGAGEMENT,
        texte("reference", 60, obligatoire=True),
        date("date_debut", obligatoire=True),
        date("date_fin", obligatoire=True),
        oui_non("acheteur_signataire"),
    ),
    (*CLE_ENGAGEMENT, "reference"),
)
ENTREES = facultative(
    "entrees",
    "Les entrées en clause que « participants » ne dit pas : les suivantes, et les versions corrigées.",
    (
        personnel("participant_identifiant", 40, obligatoire=True),
        entier("numero", 1_000, obligatoire=True),
        entier("version", 1_000, obligatoire=True),
        oui_non("est_courante"),
        date("date_entree", obligatoire=True, lire=vers_date_passee),
        date("date_constat"),
        commune("commune_insee"),
        oui_non_inconnu("qpv"),
        choix("niveau", Niveau),
        choix("duree_inscription", DureeInscription),
        oui_non_inconnu("brsa"),
        oui_non("participant_plie"),
        critere_principal(obligatoire=True),
        Colonne("autres_criteres", vers_criteres),
        personnel("prescripteur", 120),
        choix("piece_type", TypePiece),
        date("piece_date"),
        date("piece_valable_jusqu_au"),
        date("piece_vue_le", lire=vers_date_passee),
        texte("piece_vue_par", 254),
        libre("motif", 2_000),
        date("visa_le", lire=vers_date_passee),
        texte("visa_par", 254),
    ),
    ("participant_identifiant", "numero", "version"),
)
PROLONGATIONS = facultative(
    "prolongations",
    "Une prolongation d’éligibilité par ligne, avec son motif.",
    (
        personnel("participant_identifiant", 40, obligatoire=True),
        date("jusqu_au", obligatoire=True),
        libre("motif", 500, obligatoire=True),
        RANG,
    ),
    ("participant_identifiant", "jusqu_au", "motif", "rang"),
)
RECTIFICATIONS = facultative(
    "rectifications",
    "Des heures validées puis annulées, par ligne ; « heures » porte la valeur en vigueur, et son rang.",
    (
        personnel("contrat_identifiant", 40, obligatoire=True),
        *ENGAGEMENT,
        Colonne("mois", vers_mois, True),
        choix("type_heures", TypeHeures, obligatoire=True),
        entier("rang", 32_000, minimum=0, obligatoire=True),
        heures("heures", obligatoire=True),
        libre("motif", 500),
        libre("motif_annulation", 500, obligatoire=True),
        date("date_declaration", obligatoire=True, lire=vers_date_passee),
        date("date_validation", obligatoire=True, lire=vers_date_passee),
        date("date_annulation", obligatoire=True, lire=vers_date_passee),
    ),
    ("contrat_identifiant", *CLE_ENGAGEMENT, "mois", "type_heures", "rang"),
)
RELEVES = facultative(
    "releves",
    "L’état d’un engagement pour un mois : attendu, néant, à compléter… et ce qui a été dit à l’entreprise.",
    (
        *ENGAGEMENT,
        Colonne("mois", vers_mois, True),
        choix("statut", StatutReleve, obligatoire=True),
        date("echeance"),
        entier("nombre_relances", 32_000, minimum=0),
        libre("commentaire", 10_000),
        libre("message", 10_000),
    ),
    (*CLE_ENGAGEMENT, "mois"),
)
DOUBLONS = facultative(
    "doublons_ecartes",
    "Deux fiches qui se ressemblent et sont bien deux personnes.",
    (personnel("identifiant", 40, obligatoire=True), personnel("autre_identifiant", 40, obligatoire=True)),
    ("identifiant", "autre_identifiant"),
)
CONTACTS = facultative(
    "contacts",
    "Une personne à joindre dans une entreprise par ligne.",
    (
        siret("entreprise_siret"),
        personnel("nom", 120, obligatoire=True),
        personnel("fonction", 120),
        texte("courriel", Contact._meta.get_field("courriel").max_length or 254),
        texte("telephone", 30),
        oui_non("recoit_demandes"),
        oui_non("est_actif"),
        RANG,
    ),
    ("entreprise_siret", "nom", "courriel", "rang"),
)
ACTIVITES = facultative(
    "activites",
    "Une activité du facilitateur par ligne : réunion, conseil, marché étudié.",
    (
        date("date", obligatoire=True),
        choix("nature", NatureActivite, obligatoire=True),
        libre("objet", 200, obligatoire=True),
        siret("acheteur_siret", obligatoire=False),
        siret("entreprise_siret", obligatoire=False),
        texte("marche_reference", 60),
        siret("marche_acheteur_siret", obligatoire=False),
        texte("facilitateur_courriel", 254),
        RANG,
    ),
    ("date", "nature", "objet", "acheteur_siret", "entreprise_siret", "marche_reference", "marche_acheteur_siret",
     "facilitateur_courriel", "rang"),
)  # fmt: skip
REPERES = facultative(
    "reperes",
    "La part de main-d’œuvre d’un métier par ligne, en pour cent : les repères propres à la structure.",
    (texte("metier", 80, obligatoire=True), montant("part", obligatoire=True), texte("source", 200)),
    ("metier",),
)
MODELES = facultative(
    "modeles_courriel",
    "Un courriel réécrit par la structure par ligne.",
    (
        choix("nature", NatureEnvoi, obligatoire=True),
        libre("objet", 150, obligatoire=True),
        libre("corps", 5_000, obligatoire=True),
    ),
    ("nature",),
)
