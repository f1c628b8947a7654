"""Colonnes d’export des marchés et des acheteurs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from clauses.socle.exports import Colonne, Format
from marches.calculs import taux

COLONNES_MARCHES = (
    Colonne("Référence", "reference"),
    Colonne("Acheteur", "acheteur", largeur=36),
    Colonne("SIRET de l’acheteur", "siret"),
    Colonne("Objet", "objet", largeur=60),
    Colonne("Notification", "notification", Format.DATE),
    Colonne("Début", "debut", Format.DATE),
    Colonne("Fin", "fin", Format.DATE),
    Colonne("Montant HT", "montant", Format.EUROS),
    Colonne("Statut", "statut", largeur=16),
    Colonne("Heures engagées", "engagees", Format.HEURES),
    Colonne("Heures réalisées", "realisees", Format.HEURES),
    Colonne("Taux", "taux", Format.TAUX),
)
COLONNES_ACHETEURS = (
    Colonne("SIRET", "siret"),
    Colonne("Nom", "nom", largeur=40),
    Colonne("Type de donneur d’ordre", "type"),
    Colonne("Commune (INSEE)", "commune_insee"),
    Colonne("Intercommunalité (SIREN)", "epci_siren"),
    Colonne("Marchés suivis", "nombre_marches", Format.ENTIER),
)


def lignes_marches(marches: QuerySet[Any], colonnes: Sequence[Colonne]) -> Iterator[dict[str, Any]]:
    """Une ligne par marché annoté de son avancement, en flux ; le taux est vide sans engagement."""
    for marche in marches.iterator(chunk_size=2000):
        yield {
            "reference": marche.reference,
            "acheteur": str(marche.acheteur),
            "siret": marche.acheteur.siret,
            "objet": marche.objet,
            "notification": marche.date_notification,
            "debut": marche.date_debut,
            "fin": marche.date_fin,
            "montant": marche.montant_ht,
            "statut": marche.get_statut_display(),
            "engagees": marche.heures_engagees,
            "realisees": marche.heures_realisees,
            "taux": taux(marche.heures_realisees, marche.heures_engagees),
        }
