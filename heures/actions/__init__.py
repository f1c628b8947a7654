"""Tout ce qui écrit des personnes, contrats et heures : pages, API, imports et commandes passent par ici."""

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
from heures.actions.personnes import (
    corriger_entree,
    creer_contrat,
    creer_participant,
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
    "PersonneDeposee",
    "corriger_entree",
    "creer_contrat",
    "creer_participant",
    "declarer",
    "declarer_neant",
    "deposer",
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
    "renvoyer",
    "reprendre_lignes",
    "revoquer",
    "valider_mois",
    "viser_entree",
]
