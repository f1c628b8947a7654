"""Colonnes d’export. La liste des personnes ne dit jamais leur critère ni leur pièce (domaine.md §8)."""

from __future__ import annotations

from clauses.socle.exports import Colonne, Format

COLONNES_ENGAGEMENTS = (
    Colonne("Entreprise", "entreprise__raison_sociale"),
    Colonne("SIRET", "entreprise__siret"),
    Colonne("Marché", "clause__lot__marche__reference"),
    Colonne("Lot", "clause__lot__numero"),
    Colonne("Acheteur", "clause__lot__marche__acheteur__nom"),
    Colonne("Heures engagées", "heures_engagees", Format.HEURES),
    Colonne("Heures validées", "heures_realisees", Format.HEURES),
    Colonne("Heures à valider", "a_valider", Format.HEURES),
)

COLONNES_PARTICIPANTS = (
    Colonne("Identifiant", "identifiant"),
    Colonne("Nom", "nom"),
    Colonne("Prénom", "prenom"),
    Colonne("Sexe", "sexe"),
    Colonne("Date de naissance", "date_naissance", Format.DATE),
    Colonne("Commune (INSEE)", "commune_insee"),
    Colonne("Participant PLIE", "est_participant_plie"),
    Colonne("Entrée le", "entree_le", Format.DATE),
    Colonne("Prolongée jusqu’au", "prolongee_au", Format.DATE),
)
