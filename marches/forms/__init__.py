"""Formulaires des marchés, lots, clauses, engagements et acheteurs."""
