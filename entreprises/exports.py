"""Colonnes d’export de l’annuaire des entreprises."""

from __future__ import annotations

from clauses.socle.exports import Colonne

COLONNES_ENTREPRISES = (
    Colonne("SIRET", "siret"),
    Colonne("Raison sociale", "raison_sociale"),
    Colonne("Type d’employeur", "type_employeur"),
    Colonne("NAF", "naf"),
    Colonne("Commune (INSEE)", "commune_insee"),
)
