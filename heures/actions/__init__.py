"""Tout ce qui écrit des personnes, contrats et heures : pages, API, imports et commandes passent par ici."""

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
    "LigneAReprendre",
    "LignesReprises",
    "corriger_entree",
    "creer_contrat",
    "creer_participant",
    "creer_personne_et_contrat",
    "declarer",
    "declarer_neant",
    "effacer",
    "enregistrer_entree",
    "modifier_contrat",
    "modifier_participant",
    "modifier_sortie",
    "noter_sortie",
    "prolonger",
    "rectifier",
    "refuser",
    "reprendre_lignes",
    "valider_mois",
    "viser_entree",
]
