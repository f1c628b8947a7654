"""Colonnes d’export des marchés et des acheteurs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from clauses.socle.exports import Colonne, Format
from marches.avancements import lire
from marches.calculs import taux
from marches.encourues import Encourues

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

COLONNES_GRAND_LIVRE = (
    Colonne("Date", "date", Format.DATE),
    Colonne("Nature", "nature"),
    Colonne("Heures", "heures", Format.HEURES),
    Colonne("Total engagé", "total", Format.HEURES),
    Colonne("Motif", "motif", largeur=50),
    Colonne("Pièce", "piece", largeur=30),
    Colonne("Inscrit le", "inscrit_le", Format.INSTANT),
    Colonne("Inscrit par", "inscrit_par"),
)
COLONNES_AVANCEMENT = (
    Colonne("Marché", "reference"),
    Colonne("Lot", "lot", largeur=8),
    Colonne("Objet", "objet", largeur=50),
    Colonne("Acheteur", "acheteur", largeur=36),
    Colonne("Entreprise", "entreprise", largeur=36),
    Colonne("SIRET", "siret"),
    Colonne("Début", "debut", Format.DATE),
    Colonne("Fin", "fin", Format.DATE),
    Colonne("Engagées (h)", "engagees", Format.HEURES),
    Colonne("Réalisées (h)", "realisees", Format.HEURES),
    Colonne("Taux", "taux", Format.TAUX),
    Colonne("Attendues (h)", "attendues", Format.HEURES),
    Colonne("Écart (h)", "ecart", Format.HEURES),
    Colonne("Projection (h)", "projection", Format.HEURES),
    Colonne("À faire par mois (h)", "par_mois", Format.HEURES),
    Colonne("Situation", "situation"),
    Colonne("Pénalité encourue", "penalite", Format.EUROS),
    Colonne("Pénalité si le rythme continue", "penalite_projetee", Format.EUROS),
    Colonne("À la date du", "au", Format.DATE),
)
COLONNES_ACTIVITES = (
    Colonne("Date", "date", Format.DATE),
    Colonne("Nature", "nature"),
    Colonne("Objet", "objet", largeur=60),
    Colonne("Acheteur", "acheteur__nom", largeur=36),
    Colonne("Entreprise", "entreprise__raison_sociale", largeur=36),
    Colonne("Marché", "marche__reference"),
    Colonne("Facilitateur", "facilitateur__nom"),
)


def lignes_grand_livre(livre: Sequence[tuple[Any, Any]], colonnes: Sequence[Colonne]) -> Iterator[dict[str, Any]]:
    """Une ligne par mouvement, avec le total engagé après lui."""
    for mouvement, total in livre:
        ligne = {
            "date": mouvement.date,
            "nature": mouvement.get_nature_display(),
            "heures": mouvement.heures,
            "total": total,
            "motif": mouvement.motif,
            "piece": mouvement.piece,
            "inscrit_le": mouvement.inscrit_le,
            "inscrit_par": str(mouvement.inscrit_par),
        }
        yield {colonne.cle: ligne[colonne.cle] for colonne in colonnes}


def lignes_avancement(
    engagements: QuerySet[Any], *, penalites: Encourues, au: datetime.date
) -> Iterator[dict[str, Any]]:
    """Une ligne par engagement annoté de sa prévision, en flux ; vide là où une date ou un engagement manque."""
    for engagement in engagements.iterator(chunk_size=2000):
        lue, marche = lire(engagement, penalites=penalites, au=au), engagement.clause.lot.marche
        yield {
            "reference": marche.reference,
            "lot": engagement.clause.lot.numero,
            "objet": marche.objet,
            "acheteur": str(marche.acheteur),
            "entreprise": str(engagement.entreprise),
            "siret": engagement.entreprise.siret,
            "debut": engagement.debut,
            "fin": engagement.fin,
            "engagees": lue.avancement.engage,
            "realisees": lue.avancement.realise,
            "taux": lue.avancement.taux,
            "attendues": lue.attendu,
            "ecart": lue.ecart,
            "projection": lue.projection,
            "par_mois": lue.par_mois,
            "situation": lue.avancement.situation.label,
            "penalite": lue.penalite.total,
            "penalite_projetee": lue.penalite_projetee.total if lue.penalite_projetee else None,
            "au": au,
        }


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
