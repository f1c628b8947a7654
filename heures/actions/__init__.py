"""Tout ce qui écrit des personnes, contrats et heures : pages, API, imports et commandes passent par ici."""

from heures.actions.attentes import (
    embaucher_et_reprendre,
    ouvrir_et_reprendre,
    refuser_attente,
    reprendre_attente,
)
from heures.actions.conventions import creer_convention, modifier_convention
from heures.actions.demandes import LotDeDemandes, demander, demander_lot, renouveler
from heures.actions.depots import Depot, HeuresDeposees, PersonneDeposee, deposer, deposer_depuis_un_compte
from heures.actions.envois import LotDEnvois, preparer, preparer_lot, renvoyer, renvoyer_lot
from heures.actions.fusions import (
    DELAI_JOURS,
    annulable_jusqu_au,
    defaire_fusion,
    ecarter_doublon,
    fusionner,
    retirer_sortie,
)
from heures.actions.importation import enregistrer_correspondance
from heures.actions.liens import ouvrir_lien, revoquer
from heures.actions.lignes import (
    Declaration,
    declarer,
    declarer_neant,
    effacer,
    rectifier,
    refuser,
    valider_ligne,
    valider_mois,
)
from heures.actions.lots import HeuresDuLot, LotRefuse, declarer_lot
from heures.actions.modeles import ecrire_modele, revenir_au_texte_d_origine
from heures.actions.personnes import (
    corriger_entree,
    creer_contrat,
    creer_participant,
    creer_personne_et_contrat,
    enregistrer_entree,
    modifier_contrat,
    modifier_participant,
    modifier_sortie,
    noter_sortie,
    prolonger,
    viser_entree,
)
from heures.actions.releves import Acceptation, accepter_releve, demander_complement, rouvrir, valider_releves
from heures.actions.reprise import LigneAReprendre, LignesReprises, reprendre_lignes
from heures.actions.reprise_attentes import reprendre_ligne_a_verifier
from heures.actions.reprise_entrees import reprendre_entree
from heures.actions.reprise_releves import reprendre_releves

__all__ = [
    "DELAI_JOURS",
    "Acceptation",
    "Declaration",
    "Depot",
    "HeuresDeposees",
    "HeuresDuLot",
    "LigneAReprendre",
    "LignesReprises",
    "LotDEnvois",
    "LotDeDemandes",
    "LotRefuse",
    "PersonneDeposee",
    "accepter_releve",
    "annulable_jusqu_au",
    "corriger_entree",
    "creer_contrat",
    "creer_convention",
    "creer_participant",
    "creer_personne_et_contrat",
    "declarer",
    "declarer_lot",
    "declarer_neant",
    "defaire_fusion",
    "demander",
    "demander_complement",
    "demander_lot",
    "deposer",
    "deposer_depuis_un_compte",
    "ecarter_doublon",
    "ecrire_modele",
    "effacer",
    "embaucher_et_reprendre",
    "enregistrer_correspondance",
    "enregistrer_entree",
    "fusionner",
    "modifier_contrat",
    "modifier_convention",
    "modifier_participant",
    "modifier_sortie",
    "noter_sortie",
    "ouvrir_et_reprendre",
    "ouvrir_lien",
    "preparer",
    "preparer_lot",
    "prolonger",
    "rectifier",
    "refuser",
    "refuser_attente",
    "renouveler",
    "renvoyer",
    "renvoyer_lot",
    "reprendre_attente",
    "reprendre_entree",
    "reprendre_ligne_a_verifier",
    "reprendre_lignes",
    "reprendre_releves",
    "retirer_sortie",
    "revenir_au_texte_d_origine",
    "revoquer",
    "rouvrir",
    "valider_ligne",
    "valider_mois",
    "valider_releves",
    "viser_entree",
]
