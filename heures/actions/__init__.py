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
    enregistrer_entree,
    modifier_contrat,
    modifier_participant,
    noter_sortie,
    prolonger,
    viser_entree,
)

__all__ = [
    "Declaration",
    "corriger_entree",
    "creer_contrat",
    "creer_participant",
    "declarer",
    "declarer_neant",
    "effacer",
    "enregistrer_entree",
    "modifier_contrat",
    "modifier_participant",
    "noter_sortie",
    "prolonger",
    "rectifier",
    "refuser",
    "valider_mois",
    "viser_entree",
]
