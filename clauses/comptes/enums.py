"""Listes de codes des comptes et du journal."""

from __future__ import annotations

from django.db import models


class NatureEcriture(models.TextChoices):
    ECRITURE = "ECRITURE", "Écriture"
    LECTURE = "LECTURE", "Consultation"


class Sensibilite(models.TextChoices):
    """Classement d’un champ : ce qui identifie ou révèle ne sort pas du journal ni des exports sans droit."""

    PUBLIC = "public", "Public"
    INTERNE = "interne", "Interne"
    IDENTIFIANT = "identifiant", "Identifiant"
    SENSIBLE9 = "sensible9", "Sensible (article 9)"
