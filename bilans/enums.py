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
# Ce qui solde un engagement : refusé tant que quelque chose reste en suspens.
FINAUX = frozenset({NatureDocument.ATTESTATION_DEFINITIVE, NatureDocument.ETAT_FINAL})
# Ce que l’on relit et modifie avant de l’envoyer : se donne aussi en DOCX.
MODIFIABLES = frozenset({NatureDocument.RELANCE_1, NatureDocument.RELANCE_2, NatureDocument.MISE_EN_DEMEURE})

# Ce qui part par la poste, avec son bloc d’adresse.
COURRIERS = MODIFIABLES | {NatureDocument.PROPOSITION_PENALITE}


class FormatDocument(models.TextChoices):
    PDF = "pdf", "PDF, prêt à envoyer"
    DOCX = "docx", "DOCX, à relire et à modifier"


class NatureEmission(models.TextChoices):
    """Un bilan émis engage : final, il dit que rien d’important ne manque ; intermédiaire, il porte ce qui manque."""

    INTERMEDIAIRE = "INTERMEDIAIRE", "Intermédiaire"
    FINAL = "FINAL", "Final"
