"""Participants, entrées en clause, contrats, relevés et lignes d’heures (domaine.md §2)."""

from heures.models.contrats import ContratTravail, Releve
from heures.models.conventions import ConventionGlobalisation
from heures.models.courriels import Envoi, ModeleCourriel
from heures.models.doublons import DoublonEcarte, Fusion
from heures.models.imports import Correspondance, ImportHeures
from heures.models.lignes import LigneHeures
from heures.models.participants import CritereEntree, EntreeClause, Participant, Prolongation, Sortie
from heures.models.receptions import DemandeReleve, LigneEnAttente

__all__ = [
    "ContratTravail",
    "ConventionGlobalisation",
    "Correspondance",
    "CritereEntree",
    "DemandeReleve",
    "DoublonEcarte",
    "EntreeClause",
    "Envoi",
    "Fusion",
    "ImportHeures",
    "LigneEnAttente",
    "LigneHeures",
    "ModeleCourriel",
    "Participant",
    "Prolongation",
    "Releve",
    "Sortie",
]
