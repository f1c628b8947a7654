"""Ce qui a déjà été constaté en retard : de quoi n’annoncer un retard qu’une fois."""

from __future__ import annotations

from django.db import models

from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from marches.models.clauses import Engagement


class RetardConstate(models.Model):
    """Un engagement en retard au dernier constat ; la ligne s’en va avec le retard."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.OneToOneField(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="retard_constate"
    )
    depuis = models.DateField("en retard depuis le constat du")

    objects = StructureQuerySet["RetardConstate"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "engagement", "depuis"), "interne")

    class Meta:
        verbose_name = "retard constaté"
        verbose_name_plural = "retards constatés"
        ordering = ["-depuis", "-pk"]

    def __str__(self) -> str:
        return f"En retard depuis le {self.depuis:%d/%m/%Y}"
