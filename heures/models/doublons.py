"""Les doublons de personnes : fusionnés (réversible trente jours), ou écartés (domaine.md §3.8)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from heures.models.participants import Participant


class Fusion(models.Model):
    """Deux fiches d’une même personne réunies : ce qui a été déplacé permet de revenir en arrière."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    gardee = models.ForeignKey(
        Participant, verbose_name="fiche gardée", on_delete=models.PROTECT, related_name="fusions"
    )
    absorbee = models.ForeignKey(
        Participant, verbose_name="fiche absorbée", on_delete=models.PROTECT, related_name="absorptions"
    )
    deplaces = models.JSONField("objets déplacés")
    motif = models.CharField("motif", max_length=500, blank=True)
    fusionnee_le = models.DateTimeField("fusionnée le", auto_now_add=True)
    fusionnee_par = auteur("fusionnée par")
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    annulee_par = auteur("annulée par", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Fusion"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "gardee", "absorbee", "deplaces", "fusionnee_le", "fusionnee_par", "annulee_le",
                "annulee_par", "version",
            ),
            "interne",
        ),
        "motif": "identifiant",
    }  # fmt: skip

    class Meta:
        verbose_name = "fusion de fiches"
        verbose_name_plural = "fusions de fiches"
        ordering = ["-fusionnee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbee"],
                condition=Q(annulee_le=None),
                name="fusion_une_par_fiche",
                violation_error_message="Cette fiche est déjà fusionnée.",
            ),
            models.CheckConstraint(
                name="fusion_deux_fiches",
                condition=~Q(gardee=F("absorbee")),
                violation_error_message="Une fiche ne se fusionne pas avec elle-même.",
            ),
            models.CheckConstraint(
                name="fusion_annulation_complete_ou_absente",
                condition=Q(annulee_le=None, annulee_par=None)
                | Q(annulee_le__isnull=False, annulee_par__isnull=False),
                violation_error_message="Une annulation porte une date et un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"Fusion n° {self.pk}"


class DoublonEcarte(models.Model):
    """Deux fiches qui se ressemblent et sont bien deux personnes : ne plus les proposer."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    premiere = models.ForeignKey(
        Participant, verbose_name="première fiche", on_delete=models.PROTECT, related_name="+"
    )
    seconde = models.ForeignKey(Participant, verbose_name="seconde fiche", on_delete=models.PROTECT, related_name="+")
    ecarte_le = models.DateTimeField("écarté le", auto_now_add=True)
    ecarte_par = auteur("écarté par")

    objects = StructureQuerySet["DoublonEcarte"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "premiere", "seconde", "ecarte_le", "ecarte_par"), "interne")

    class Meta:
        verbose_name = "doublon écarté"
        verbose_name_plural = "doublons écartés"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["premiere", "seconde"],
                name="doublon_ecarte_unique",
                violation_error_message="Ces deux fiches sont déjà connues comme deux personnes.",
            ),
            models.CheckConstraint(
                name="doublon_ecarte_dans_l_ordre",
                condition=Q(premiere__lt=F("seconde")),
                violation_error_message="Les deux fiches se notent dans l’ordre de leur numéro.",
            ),
        ]

    def __str__(self) -> str:
        return f"Fiches n° {self.premiere_id} et n° {self.seconde_id}"
