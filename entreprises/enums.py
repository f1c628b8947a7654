"""Codes de l’annuaire des entreprises (domaine.md §6)."""

from __future__ import annotations

from django.db import models


class TypeEmployeur(models.TextChoices):
    ENTREPRISE = "ENTREPRISE", "Entreprise"
    ETT = "ETT", "Entreprise de travail temporaire"
    ETTI = "ETTI", "Entreprise de travail temporaire d’insertion"
    AI = "AI", "Association intermédiaire"
    GEIQ = "GEIQ", "Groupement d’employeurs pour l’insertion et la qualification"
    EATT = "EATT", "Entreprise adaptée de travail temporaire"
    EI = "EI", "Entreprise d’insertion"
    ACI = "ACI", "Atelier et chantier d’insertion"
    EITI = "EITI", "Entreprise d’insertion par le travail indépendant"
    EA = "EA", "Entreprise adaptée"
    ESAT = "ESAT", "Établissement et service d’aide par le travail"
    REGIE_QUARTIER = "REGIE_QUARTIER", "Régie de quartier"
    SEP = "SEP", "Structure d’emploi pénitentiaire"
    AUTRE = "AUTRE", "Autre employeur"


SIAE = frozenset({TypeEmployeur.EI, TypeEmployeur.ETTI, TypeEmployeur.AI, TypeEmployeur.ACI, TypeEmployeur.EITI})
