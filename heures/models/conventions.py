"""La convention de globalisation : un même contrat nourrit plusieurs opérations (domaine.md §3.4)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from entreprises.models import Entreprise
from marches.models import Acheteur, Engagement


class ConventionGlobalisation(models.Model):
    """Une entreprise, une période, des engagements, et les acheteurs qui ont signé.

    Elle ne vaut, pour un engagement, que si l’acheteur de son marché est parmi les signataires.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    entreprise = models.ForeignKey(
        Entreprise, verbose_name="entreprise redevable", on_delete=models.PROTECT, related_name="conventions"
    )
    reference = models.CharField("référence", max_length=60)
    date_debut = models.DateField("du")
    date_fin = models.DateField("au")
    engagements = models.ManyToManyField(Engagement, verbose_name="engagements", related_name="conventions")
    signataires = models.ManyToManyField(Acheteur, verbose_name="acheteurs signataires", related_name="+")
    enregistree_le = models.DateTimeField("enregistrée le", auto_now_add=True)
    enregistree_par = auteur("enregistrée par")
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["ConventionGlobalisation"].as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "entreprise", "reference", "date_debut", "date_fin", "engagements", "signataires",
            "enregistree_le", "enregistree_par", "version",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "convention de globalisation"
        verbose_name_plural = "conventions de globalisation"
        ordering = ["-date_debut", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "entreprise", "reference"],
                name="convention_reference_unique",
                violation_error_message="Cette entreprise a déjà une convention de cette référence.",
            ),
            models.CheckConstraint(
                name="convention_debut_avant_fin",
                condition=Q(date_debut__lte=F("date_fin")),
                violation_error_message="La fin de la convention précède son début.",
            ),
        ]

    def __str__(self) -> str:
        return f"Convention {self.reference}"
