"""Ce qui s’annonce, et où en est une livraison."""

from __future__ import annotations

from django.db import models


class Annonce(models.TextChoices):
    RELEVE_RECU = "releve.recu", "Relevé reçu"
    ENGAGEMENT_EN_RETARD = "engagement.en_retard", "Engagement en retard"
    BILAN_EMIS = "bilan.emis", "Bilan émis"
    ESSAI = "essai", "Essai"

    @property
    def champ(self) -> str:
        """Le champ du crochet qui dit s’il veut cet événement ; un essai ne se choisit pas."""
        return self.value.replace(".", "_")


class EtatLivraison(models.TextChoices):
    A_ENVOYER = "A_ENVOYER", "À envoyer"
    LIVREE = "LIVREE", "Livrée"
    ABANDONNEE = "ABANDONNEE", "Abandonnée"

    @property
    def couleur(self) -> str:
        match self:
            case EtatLivraison.LIVREE:
                return "vert"
            case EtatLivraison.ABANDONNEE:
                return "rouge"
            case _:
                return "orange"
