"""Colonnes d’export. La liste des personnes ne dit jamais leur critère ni leur pièce (domaine.md §8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from clauses.socle.exports import Colonne, Format
from heures.suivi import fin_de

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

IDENTITE = (Colonne("Identifiant", "identifiant"), Colonne("Nom", "nom"), Colonne("Prénom", "prenom"))
COLONNES_ELIGIBILITES = (
    *IDENTITE,
    Colonne("Employeur du jour", "employeur"),
    Colonne("Entrée le", "entree_le", Format.DATE),
    Colonne("Éligible jusqu’au", "fin", Format.DATE),
)
COLONNES_PIECES = (
    *IDENTITE,
    Colonne("Employeur du jour", "employeur"),
    Colonne("Entrée le", "entree_le", Format.DATE),
    Colonne("Pièce valable jusqu’au", "piece_valable", Format.DATE),
)
COLONNES_VISAS = COLONNES_ELIGIBILITES[:-1]
COLONNES_DEVENIRS = (
    Colonne("Identifiant", "participant__identifiant"),
    Colonne("Nom", "participant__nom"),
    Colonne("Prénom", "participant__prenom"),
    Colonne("Sortie le", "date", Format.DATE),
)


def lignes_eligibilites(objets: Any, colonnes: Sequence[Colonne]) -> Iterator[tuple[Any, ...]]:
    """La fin d’éligibilité se calcule, le reste se lit."""
    for personne in objets.iterator(chunk_size=2000):
        yield (*(getattr(personne, colonne.cle) for colonne in colonnes[:-1]), fin_de(personne))
