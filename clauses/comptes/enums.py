"""Listes de codes des comptes et du journal."""

from __future__ import annotations

from django.db import models


class NatureEcriture(models.TextChoices):
    ECRITURE = "ECRITURE", "Écriture"
    LECTURE = "LECTURE", "Consultation"


class EtatAcces(models.TextChoices):
    """Où en est un accès : invité, ouvert, échu, fermé."""

    OUVERT = "OUVERT", "Ouvert"
    INVITE = "INVITE", "Invité"
    EXPIREE = "EXPIREE", "Invitation expirée"
    ANNULEE = "ANNULEE", "Invitation annulée"
    FERME = "FERME", "Fermé"
    DESACTIVE = "DESACTIVE", "Compte désactivé"

    @property
    def couleur(self) -> str:
        match self:
            case EtatAcces.OUVERT:
                return "vert"
            case EtatAcces.INVITE:
                return "orange"
            case EtatAcces.EXPIREE:
                return "rouge"
            case _:
                return "gris"


class EtatJeton(models.TextChoices):
    """Un jeton sert encore, ou pourquoi il ne sert plus."""

    EN_COURS = "EN_COURS", "En cours"
    EXPIRE = "EXPIRE", "Expiré"
    REVOQUE = "REVOQUE", "Révoqué"
    ACCES_FERME = "ACCES_FERME", "Accès fermé"

    @property
    def couleur(self) -> str:
        match self:
            case EtatJeton.EN_COURS:
                return "vert"
            case EtatJeton.EXPIRE:
                return "rouge"
            case _:
                return "gris"


class Sensibilite(models.TextChoices):
    """Classement d’un champ : ce qui identifie ou révèle ne sort pas du journal ni des exports sans droit."""

    PUBLIC = "public", "Public"
    INTERNE = "interne", "Interne"
    IDENTIFIANT = "identifiant", "Identifiant"
    SENSIBLE9 = "sensible9", "Sensible (article 9)"
