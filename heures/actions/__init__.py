"""Tout ce qui écrit des personnes, contrats et heures : pages, API, imports et commandes passent par ici."""

from heures.actions.demandes import LotDeDemandes, demander, demander_lot, renouveler
from heures.actions.depots import Depot, HeuresDeposees, PersonneDeposee, deposer
from heures.actions.envois import LotDEnvois, preparer, preparer_lot, renvoyer
from heures.actions.liens import ouvrir_lien, revoquer
from heures.actions.lignes import (
    Declaration,
    declarer,
    declarer_neant,
    effacer,
    rectifier,
    refuser,
    valider_mois,
)
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
from heures.actions.reprise import LigneAReprendre, LignesReprises, reprendre_lignes

__all__ = [
    "Declaration",
    "Depot",
    "HeuresDeposees",
    "LigneAReprendre",
    "LignesReprises",
    "LotDEnvois",
    "LotDeDemandes",
    "PersonneDeposee",
    "corriger_entree",
    "creer_contrat",
    "creer_participant",
    "creer_personne_et_contrat",
    "declarer",
    "declarer_neant",
    "demander",
    "demander_lot",
    "deposer",
    "ecrire_modele",
    "effacer",
    "enregistrer_entree",
    "modifier_contrat",
    "modifier_participant",
    "modifier_sortie",
    "noter_sortie",
    "ouvrir_lien",
    "preparer",
    "preparer_lot",
    "prolonger",
    "rectifier",
    "refuser",
    "renouveler",
    "renvoyer",
    "reprendre_lignes",
    "revenir_au_texte_d_origine",
    "revoquer",
    "valider_mois",
    "viser_entree",
]
