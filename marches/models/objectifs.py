"""Ce qui fait l’objectif : repères de main-d’œuvre par métier, et factures d’une clause à la tranche."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.champs import CentiemesField, EurosField
from marches.models.clauses import Engagement
from marches.querysets import FactureQuerySet


class RepereMetier(models.Model):
    """Part de main-d’œuvre usuelle d’un métier : un repère modifiable, jamais imposé (domaine.md §4)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    metier = models.CharField("métier", max_length=80)
    part = CentiemesField("part de main-d’œuvre (%)")
    source = models.CharField("source", max_length=200, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["RepereMetier"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "metier", "part", "source", "version"), "interne")

    class Meta:
        verbose_name = "repère de métier"
        verbose_name_plural = "repères de métier"
        ordering = ["metier", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "metier"],
                name="repere_metier_unique",
                violation_error_message="Ce métier a déjà son repère.",
            ),
            models.CheckConstraint(
                name="repere_part",
                condition=Q(part__gt=0, part__lte=Decimal(100)),
                violation_error_message="Une part de main-d’œuvre va de 0 à 100 pour cent.",
            ),
        ]

    def __str__(self) -> str:
        return self.metier


class Facture(models.Model):
    """Un montant facturé ou commandé : il nourrit l’objectif d’une clause « une heure par tranche »."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="factures"
    )
    date = models.DateField("date")
    reference = models.CharField("référence", max_length=60)
    montant_ht = EurosField("montant HT (+ ou −)")
    enregistree_le = models.DateTimeField("enregistrée le", auto_now_add=True)
    enregistree_par = auteur("enregistrée par")

    objects = FactureQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "engagement", "date", "reference", "montant_ht", "enregistree_le", "enregistree_par",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "facture"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "reference"],
                name="facture_reference_unique",
                violation_error_message="Cette référence est déjà enregistrée pour cet engagement.",
            ),
            models.CheckConstraint(
                name="facture_non_nulle",
                condition=~Q(montant_ht=Decimal(0)),
                violation_error_message="Un montant nul n’est pas une facture ; un avoir se note en négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
