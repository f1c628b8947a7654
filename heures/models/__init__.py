"""Participants, entrées en clause, contrats, relevés et lignes d’heures (domaine.md §2)."""

from heures.models.contrats import ContratTravail, Releve
from heures.models.lignes import LigneHeures
from heures.models.participants import CritereEntree, EntreeClause, Participant, Prolongation, Sortie

__all__ = [
    "ContratTravail",
    "CritereEntree",
    "EntreeClause",
    "LigneHeures",
    "Participant",
    "Prolongation",
    "Releve",
    "Sortie",
]
