"""Qui passe le marché, et dans quelle opération."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.champs import SiretField
from clauses.socle.recherche import RechercheField
from entreprises.models import FORME_CODE_INSEE
from marches.enums import TypeDonneurOrdre
from marches.querysets import AcheteurQuerySet


class Acheteur(models.Model):
    """Donneur d’ordre, connu par son SIRET ; l’annuaire est commun à l’instance (domaine.md §1)."""

    siret = SiretField("SIRET", unique=True, error_messages={"unique": "Ce SIRET est déjà dans l’annuaire."})
    nom = models.CharField("nom", max_length=255)
    type = models.CharField(
        "type de donneur d’ordre",
        max_length=20,
        choices=TypeDonneurOrdre.choices,
        default=TypeDonneurOrdre.AUTRE,
    )
    commune_insee = models.CharField("commune (code INSEE)", max_length=5, blank=True)
    epci_siren = models.CharField("intercommunalité (SIREN)", max_length=9, blank=True)
    recherche = RechercheField("texte de recherche", max_length=300, sources=["nom"])
    version = models.PositiveIntegerField("version", default=1)

    objects = AcheteurQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "siret", "nom", "type", "commune_insee", "epci_siren", "version"), "public"
    ) | {"recherche": "interne"}

    class Meta:
        verbose_name = "acheteur"
        ordering = ["nom", "pk"]
        constraints = [
            models.CheckConstraint(
                name="acheteur_siret_14_chiffres",
                condition=Q(siret__regex=r"^[0-9]{14}$"),
                violation_error_message="Un SIRET comporte 14 chiffres.",
            ),
            models.CheckConstraint(
                name="acheteur_code_insee",
                condition=Q(commune_insee__regex=FORME_CODE_INSEE),
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
            models.CheckConstraint(
                name="acheteur_epci_siren",
                condition=Q(epci_siren__regex=r"^([0-9]{9})?$"),
                violation_error_message="Le SIREN d’une intercommunalité comporte 9 chiffres.",
            ),
            models.CheckConstraint(
                name="acheteur_type",
                condition=Q(type__in=TypeDonneurOrdre.values),
                violation_error_message="Ce type de donneur d’ordre n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        return reverse("marches:acheteur", args=[self.pk])


class Operation(models.Model):
    """Regroupement de marchés : un chantier, un programme de renouvellement urbain."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("nom", max_length=200)
    est_npnru = models.BooleanField("renouvellement urbain (NPNRU)", default=False)

    objects = StructureQuerySet["Operation"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "nom", "est_npnru"), "interne")

    class Meta:
        verbose_name = "opération"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "nom"],
                name="operation_nom_unique",
                violation_error_message="Une opération porte déjà ce nom.",
            )
        ]

    def __str__(self) -> str:
        return self.nom
