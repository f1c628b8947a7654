"""Acheteurs, marchés, lots, clauses, engagements et leur grand livre (domaine.md §2)."""

from marches.models.acheteurs import Acheteur, Operation
from marches.models.clauses import Clause, Engagement, MouvementEngagement
from marches.models.marches import Attribution, Lot, Marche

__all__ = ["Acheteur", "Attribution", "Clause", "Engagement", "Lot", "Marche", "MouvementEngagement", "Operation"]
