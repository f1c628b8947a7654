"""Acheteurs, marchés, lots, clauses, engagements, objectifs et manquements (domaine.md §2, §4, §5)."""

from marches.models.acheteurs import Acheteur, Operation
from marches.models.activites import Activite
from marches.models.clauses import Clause, Engagement, JalonEngagement, MouvementEngagement
from marches.models.manquements import Bareme, Evenement, PropositionPenalite, ReglePenalite
from marches.models.marches import Attribution, Lot, Marche
from marches.models.objectifs import Facture, RepereMetier
from marches.models.publications import ContratAVeiller, ModificationMarche, PublicationDecp
from marches.models.retards import RetardConstate

__all__ = [
    "Acheteur",
    "Activite",
    "Attribution",
    "Bareme",
    "Clause",
    "ContratAVeiller",
    "Engagement",
    "Evenement",
    "Facture",
    "JalonEngagement",
    "Lot",
    "Marche",
    "ModificationMarche",
    "MouvementEngagement",
    "Operation",
    "PropositionPenalite",
    "PublicationDecp",
    "ReglePenalite",
    "RepereMetier",
    "RetardConstate",
]
