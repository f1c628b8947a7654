"""Tout ce qui écrit des personnes, contrats et heures : pages, API, imports et commandes passent par ici."""

from heures.actions.conventions import creer_convention, modifier_convention
from heures.actions.fusions import (
    DELAI_JOURS,
    annulable_jusqu_au,
    defaire_fusion,
    ecarter_doublon,
    fusionner,
    retirer_sortie,
)
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
    "DELAI_JOURS",
    "Declaration",
    "LigneAReprendre",
    "LignesReprises",
    "annulable_jusqu_au",
    "corriger_entree",
    "creer_contrat",
    "creer_convention",
    "creer_participant",
    "declarer",
    "declarer_neant",
    "defaire_fusion",
    "ecarter_doublon",
    "effacer",
    "enregistrer_entree",
    "fusionner",
    "modifier_contrat",
    "modifier_convention",
    "modifier_participant",
    "modifier_sortie",
    "noter_sortie",
    "prolonger",
    "rectifier",
    "refuser",
    "reprendre_lignes",
    "retirer_sortie",
    "valider_mois",
    "viser_entree",
]
