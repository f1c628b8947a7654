"""Données de référence du territoire : communes et EPCI, connus par leur code (domaine.md §9)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Epci(models.Model):
    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField("nom", max_length=120)
    type = models.CharField("type", max_length=10, blank=True)

    CLASSIFICATION = {"siren": "public", "nom": "public", "type": "public"}

    class Meta:
        verbose_name = "intercommunalité"
        verbose_name_plural = "intercommunalités"
        ordering = ["nom"]
        constraints = [
            models.CheckConstraint(
                name="epci_siren_9_chiffres",
                condition=Q(siren__regex=r"^[0-9]{9}$"),
                violation_error_message="Le SIREN d’une intercommunalité comporte 9 chiffres.",
            )
        ]

    def __str__(self) -> str:
        return self.nom


class Commune(models.Model):
    code_insee = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=120)
    epci = models.ForeignKey(
        Epci, verbose_name="intercommunalité", on_delete=models.PROTECT, null=True, blank=True, related_name="communes"
    )
    departement = models.CharField("département", max_length=3, db_index=True)
    population_municipale = models.PositiveIntegerField("population municipale", null=True, blank=True)
    a_qpv = models.BooleanField("porte un quartier prioritaire", default=False)

    CLASSIFICATION = dict.fromkeys(
        ("code_insee", "nom", "epci", "departement", "population_municipale", "a_qpv"), "public"
    )

    class Meta:
        verbose_name = "commune"
        ordering = ["nom"]
        constraints = [
            models.CheckConstraint(
                name="commune_code_insee",
                condition=Q(code_insee__regex=r"^([0-9]{2}|2[AB])[0-9]{3}$"),
                violation_error_message="Un code INSEE comporte 5 caractères, par exemple 62041.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.code_insee})"
