"""Codes des documents émis."""

from __future__ import annotations

from django.db import models


class NatureDocument(models.TextChoices):
    RELANCE_1 = "RELANCE_1", "Relance 1"
    RELANCE_2 = "RELANCE_2", "Relance 2"
    MISE_EN_DEMEURE = "MISE_EN_DEMEURE", "Mise en demeure"
    PROPOSITION_PENALITE = "PROPOSITION_PENALITE", "Proposition de pénalité"
    ATTESTATION_INTERMEDIAIRE = "ATTESTATION_INTERMEDIAIRE", "Attestation intermédiaire"
    ATTESTATION_DEFINITIVE = "ATTESTATION_DEFINITIVE", "Attestation définitive"
    ETAT_FINAL = "ETAT_FINAL", "État final"


ATTESTATIONS = frozenset({NatureDocument.ATTESTATION_INTERMEDIAIRE, NatureDocument.ATTESTATION_DEFINITIVE})
