"""Codes des personnes, contrats et heures (domaine.md §6)."""

from __future__ import annotations

from django.db import models


class Sexe(models.TextChoices):
    FEMME = "F", "Femme"
    HOMME = "H", "Homme"


class OuiNonInconnu(models.TextChoices):
    OUI = "OUI", "Oui"
    NON = "NON", "Non"
    NR = "NR", "Non renseigné"


class Niveau(models.TextChoices):
    AUCUN = "1_2", "Aucun diplôme (niveaux 1 et 2)"
    CAP_BEP = "3", "CAP, BEP (niveau 3)"
    BAC = "4", "Bac (niveau 4)"
    BAC_2 = "5", "Bac + 2 (niveau 5)"
    BAC_3 = "6", "Bac + 3 et 4 (niveau 6)"
    BAC_5 = "7", "Bac + 5 (niveau 7)"
    DOCTORAT = "8", "Doctorat (niveau 8)"
    ETRANGER_NON_RECONNU = "ETRANGER_NON_RECONNU", "Diplôme étranger non reconnu"
    NR = "NR", "Non renseigné"


class CriterePublic(models.TextChoices):
    RSA = "RSA", "Bénéficiaire du RSA"
    DELD = "DELD", "Demandeur d’emploi de longue durée"
    ASS = "ASS", "Allocation de solidarité spécifique"
    AAH = "AAH", "Allocation aux adultes handicapés"
    ALLOC_INSERTION = "ALLOC_INSERTION", "Allocation temporaire d’attente ou d’insertion"
    INVALIDITE = "INVALIDITE", "Pension d’invalidité"
    BOETH = "BOETH", "Obligation d’emploi des travailleurs handicapés"
    JEUNE_26_SANS_QUALIF = "JEUNE_26_SANS_QUALIF", "Moins de 26 ans sans qualification"
    JEUNE_26_DIPLOME = "JEUNE_26_DIPLOME", "Moins de 26 ans diplômé en recherche"
    SENIOR_50 = "SENIOR_50", "50 ans et plus"
    IAE = "IAE", "Parcours d’insertion par l’activité économique"
    GEIQ = "GEIQ", "Parcours en GEIQ"
    EA_ESAT = "EA_ESAT", "Entreprise adaptée ou ESAT"
    REGIE_QUARTIER = "REGIE_QUARTIER", "Régie de quartier"
    EPIDE = "EPIDE", "Établissement pour l’insertion dans l’emploi"
    E2C = "E2C", "École de la deuxième chance"
    PACEA_CEJ = "PACEA_CEJ", "PACEA ou contrat d’engagement jeune"
    SMA_SMV = "SMA_SMV", "Service militaire adapté ou volontaire"
    REFUGIE = "REFUGIE", "Réfugié ou protection subsidiaire"
    DEMANDEUR_ASILE = "DEMANDEUR_ASILE", "Demandeur d’asile"
    SOUS_MAIN_JUSTICE = "SOUS_MAIN_JUSTICE", "Personne sous main de justice"
    ASE = "ASE", "Aide sociale à l’enfance"
    QPV = "QPV", "Habitant d’un quartier prioritaire"
    AUTRE_AVIS_MOTIVE = "AUTRE_AVIS_MOTIVE", "Autre public, sur avis motivé"


class TypePiece(models.TextChoices):
    ATTESTATION_RSA = "ATTESTATION_RSA", "Attestation RSA"
    ATTESTATION_FRANCE_TRAVAIL = "ATTESTATION_FRANCE_TRAVAIL", "Attestation France Travail"
    ATTESTATION_AAH = "ATTESTATION_AAH", "Attestation AAH"
    RECONNAISSANCE_HANDICAP = "RECONNAISSANCE_HANDICAP", "Reconnaissance BOETH"
    TITRE_SEJOUR = "TITRE_SEJOUR", "Titre de séjour"
    PIECE_IDENTITE = "PIECE_IDENTITE", "Pièce d’identité"
    JUSTIFICATIF_DOMICILE_QPV = "JUSTIFICATIF_DOMICILE_QPV", "Adresse vérifiée en QPV"
    ATTESTATION_JUSTICE = "ATTESTATION_JUSTICE", "Attestation du service de justice"
    ATTESTATION_ASE = "ATTESTATION_ASE", "Attestation ASE"
    PRESCRIPTION_IAE = "PRESCRIPTION_IAE", "PASS IAE ou prescription"
    AUTRE = "AUTRE", "Autre pièce"


# Durée de validité à compter de la date de la pièce (domaine.md §6, table IAE). Absente : durée portée par la pièce.
VALIDITE_PIECE_MOIS = {
    TypePiece.ATTESTATION_RSA: 3,
    TypePiece.ATTESTATION_FRANCE_TRAVAIL: 3,
    TypePiece.ATTESTATION_AAH: 3,
    TypePiece.JUSTIFICATIF_DOMICILE_QPV: 6,
    TypePiece.ATTESTATION_JUSTICE: 6,
    TypePiece.ATTESTATION_ASE: 12,
}


class DureeInscription(models.TextChoices):
    MOINS_6 = "MOINS_6", "Moins de 6 mois"
    DE_6_A_11 = "DE_6_A_11", "6 à 11 mois"
    DE_12_A_23 = "DE_12_A_23", "12 à 23 mois"
    PLUS_24 = "PLUS_24", "24 mois et plus"
    NON_INSCRIT = "NON_INSCRIT", "Non inscrit"
    NR = "NR", "Non renseigné"


class Modalite(models.TextChoices):
    EMBAUCHE_DIRECTE = "EMBAUCHE_DIRECTE", "Embauche directe"
    MISE_A_DISPOSITION = "MISE_A_DISPOSITION", "Mise à disposition"
    SOUS_TRAITANCE = "SOUS_TRAITANCE", "Sous-traitance"
    COTRAITANCE = "COTRAITANCE", "Cotraitance"
    FORMATION = "FORMATION", "Formation"


class TypeContrat(models.TextChoices):
    CDI = "CDI", "CDI"
    CDI_INCLUSION = "CDI_INCLUSION", "CDI inclusion"
    CDD = "CDD", "CDD"
    CDDU = "CDDU", "CDD d’usage"
    CDDI = "CDDI", "CDD d’insertion"
    CDD_TREMPLIN = "CDD_TREMPLIN", "CDD tremplin"
    INTERIM = "INTERIM", "Intérim"
    INTERIM_INSERTION = "INTERIM_INSERTION", "Intérim d’insertion"
    CDI_INTERIMAIRE = "CDI_INTERIMAIRE", "CDI intérimaire"
    APPRENTISSAGE = "APPRENTISSAGE", "Apprentissage"
    PROFESSIONNALISATION = "PROFESSIONNALISATION", "Professionnalisation"
    STAGE = "STAGE", "Stage"
    CONTRAT_SOUTIEN_ESAT = "CONTRAT_SOUTIEN_ESAT", "Contrat de soutien (ESAT)"
    AUTRE = "AUTRE", "Autre contrat"


INTERIMS = frozenset({TypeContrat.INTERIM, TypeContrat.INTERIM_INSERTION})


class TypeHeures(models.TextChoices):
    TRAVAIL = "TRAVAIL", "Travail"
    FORMATION = "FORMATION", "Formation"


class StatutLigne(models.TextChoices):
    DECLAREE = "DECLAREE", "Déclarée"
    VALIDEE = "VALIDEE", "Validée"
    REFUSEE = "REFUSEE", "Refusée"


class OrigineLigne(models.TextChoices):
    SAISIE = "SAISIE", "Saisie"
    IMPORT = "IMPORT", "Import d’un relevé"
    ENTREPRISE = "ENTREPRISE", "Déclaration de l’entreprise"
    REPRISE = "REPRISE", "Reprise d’un tableur"


class NatureLigne(models.TextChoices):
    ORDINAIRE = "ORDINAIRE", "Ordinaire"
    ANNULATION = "ANNULATION", "Annulation"


class StatutReleve(models.TextChoices):
    ATTENDU = "ATTENDU", "Attendu"
    RECU = "RECU", "Reçu"
    A_COMPLETER = "A_COMPLETER", "À compléter"
    VALIDE = "VALIDE", "Validé"
    REFUSE = "REFUSE", "Refusé"
    NEANT = "NEANT", "Néant"


class StatutAttente(models.TextChoices):
    EN_ATTENTE = "EN_ATTENTE", "À vérifier"
    REPRISE = "REPRISE", "Reprise en heures déclarées"
    REFUSEE = "REFUSEE", "Refusée"


class NatureEnvoi(models.TextChoices):
    DEMANDE = "DEMANDE", "Demande de relevé"
    RELANCE_1 = "RELANCE_1", "Relance 1"
    RELANCE_2 = "RELANCE_2", "Relance 2"
    COMPLEMENT = "COMPLEMENT", "Demande de complément"
    REFUS = "REFUS", "Refus d’une ligne"


class StatutEnvoi(models.TextChoices):
    A_ENVOYER = "A_ENVOYER", "À envoyer"
    ENVOYE = "ENVOYE", "Envoyé"
    ECHEC = "ECHEC", "Échec"


class SituationSortie(models.TextChoices):
    CDI = "CDI", "CDI"
    CDD = "CDD", "CDD"
    INTERIM_LD = "INTERIM_LD", "Intérim de longue durée"
    AIDE_MARCHAND = "AIDE_MARCHAND", "Contrat aidé, secteur marchand"
    AIDE_NON_MARCHAND = "AIDE_NON_MARCHAND", "Contrat aidé, secteur non marchand"
    ALTERNANCE = "ALTERNANCE", "Alternance"
    CREATION = "CREATION", "Création d’activité"
    FORMATION_QUALIFIANTE = "FORMATION_QUALIFIANTE", "Formation qualifiante"
    N_ADHERE_PAS = "N_ADHERE_PAS", "N’adhère pas"
    ABANDON = "ABANDON", "Abandon"
    DISPOSITIF_PLUS_ADAPTE = "DISPOSITIF_PLUS_ADAPTE", "Dispositif plus adapté"
    AI_LONGUE_DUREE = "AI_LONGUE_DUREE", "Association intermédiaire de longue durée"
    INDISPONIBLE = "INDISPONIBLE", "Indisponible"
    DECES = "DECES", "Décès"
    DEMENAGEMENT = "DEMENAGEMENT", "Déménagement"
    RETRAITE = "RETRAITE", "Retraite"
    INAPTITUDE = "INAPTITUDE", "Inaptitude"
    MALADIE = "MALADIE", "Maladie"
    PARENTAL = "PARENTAL", "Congé parental"
    RECHERCHE = "RECHERCHE", "En recherche d’emploi"
    NON_RENSEIGNE = "NON_RENSEIGNE", "Non renseigné"
    INJOIGNABLE = "INJOIGNABLE", "Injoignable"


POSITIVES = frozenset(
    {
        SituationSortie.CDI,
        SituationSortie.CDD,
        SituationSortie.INTERIM_LD,
        SituationSortie.AIDE_MARCHAND,
        SituationSortie.AIDE_NON_MARCHAND,
        SituationSortie.ALTERNANCE,
        SituationSortie.CREATION,
        SituationSortie.FORMATION_QUALIFIANTE,
    }
)
ADMINISTRATIVES = frozenset(
    {
        SituationSortie.AI_LONGUE_DUREE,
        SituationSortie.INDISPONIBLE,
        SituationSortie.DECES,
        SituationSortie.DEMENAGEMENT,
        SituationSortie.RETRAITE,
        SituationSortie.INAPTITUDE,
        SituationSortie.MALADIE,
        SituationSortie.PARENTAL,
    }
)
