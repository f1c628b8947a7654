"""La clef d’idempotence d’une création par l’API : redemander la même ne crée rien de plus."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from clauses.comptes.perimetre import StructureQuerySet


class ClefIdempotence(models.Model):
    """Ce qu’une clef a créé, pour qui. Le corps n’est pas gardé : son empreinte suffit à reconnaître la redite."""

    utilisateur = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="appelant", on_delete=models.CASCADE, related_name="+"
    )
    structure = models.ForeignKey(
        "comptes.Structure", verbose_name="structure", on_delete=models.CASCADE, related_name="+"
    )
    clef = models.CharField("clef", max_length=100)
    empreinte = models.CharField("empreinte de la demande", max_length=64)
    objet = models.BigIntegerField("numéro de la fiche créée")
    le = models.DateTimeField("le", auto_now_add=True)

    objects = StructureQuerySet["ClefIdempotence"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "utilisateur", "structure", "clef", "empreinte", "objet", "le"), "interne")

    class Meta:
        verbose_name = "clef d’idempotence"
        verbose_name_plural = "clefs d’idempotence"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utilisateur", "structure", "clef"],
                name="clef_idempotence_unique",
                violation_error_message="Cette clef d’idempotence vient de servir.",
            )
        ]
        indexes = [models.Index(fields=["le"], name="clef_idempotence_age")]

    def __str__(self) -> str:
        return self.clef
