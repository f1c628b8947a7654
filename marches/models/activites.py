"""Le journal d’activité du facilitateur : réunions, conseils, marchés étudiés (bilans.md A8)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from entreprises.models import Entreprise
from marches.enums import NatureActivite
from marches.models.acheteurs import Acheteur
from marches.models.marches import Marche


class Activite(models.Model):
    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    date = models.DateField("date")
    nature = models.CharField("nature", max_length=30, choices=NatureActivite.choices)
    objet = models.CharField("objet", max_length=200)
    acheteur = models.ForeignKey(
        Acheteur, verbose_name="acheteur", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entreprise = models.ForeignKey(
        Entreprise, verbose_name="entreprise", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    marche = models.ForeignKey(
        Marche, verbose_name="marché", on_delete=models.PROTECT, null=True, blank=True, related_name="activites"
    )
    facilitateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="facilitateur", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Activite"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            ("id", "structure", "date", "nature", "acheteur", "entreprise", "marche", "facilitateur", "version"),
            "interne",
        ),
        "objet": "identifiant",
    }

    class Meta:
        verbose_name = "activité"
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="activite_nature",
                condition=Q(nature__in=NatureActivite.values),
                violation_error_message="Cette nature d’activité n’existe pas.",
            )
        ]
        indexes = [models.Index(fields=["structure", "date"], name="activite_par_date")]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} du {self.date:%d/%m/%Y}"
