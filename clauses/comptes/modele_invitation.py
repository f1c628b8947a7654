"""L’invitation : le droit donné à une personne d’ouvrir l’accès qu’on lui destine, daté, borné, révocable."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from clauses.comptes.champs import auteur
from clauses.comptes.perimetre import StructureQuerySet


class InvitationQuerySet(StructureQuerySet["Invitation"]):
    def en_attente(self) -> Self:
        """Ni acceptées ni annulées ; échues comprises."""
        return self.filter(acceptee_le=None, annulee_le=None)


class Invitation(models.Model):
    """Un lien à usage unique, envoyé à la personne d’un rattachement ; l’accès ne s’ouvre que si elle l’accepte.

    Le lien se calcule d’un secret de cette ligne et de la clef de l’application : ni l’un ni l’autre ne suffit.
    """

    structure = models.ForeignKey(
        "comptes.Structure", verbose_name="structure", on_delete=models.PROTECT, related_name="+"
    )
    rattachement = models.ForeignKey(
        "comptes.Rattachement", verbose_name="rattachement", on_delete=models.PROTECT, related_name="invitations"
    )
    secret = models.CharField("secret du lien", max_length=64, editable=False)
    valable_jusqu_au = models.DateTimeField("valable jusqu’au")
    envoyee_le = models.DateTimeField("envoyée le", auto_now_add=True)
    envoyee_par = auteur("envoyée par")
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    acceptee_par = auteur("acceptée par", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    annulee_par = auteur("annulée par", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "rattachement", "valable_jusqu_au", "envoyee_le", "envoyee_par", "acceptee_le",
                "acceptee_par", "annulee_le", "annulee_par",
            ),
            "interne",
        ),
        "secret": "sensible9",
    }  # fmt: skip

    class Meta:
        verbose_name = "invitation"
        ordering = ["-envoyee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rattachement"],
                condition=Q(acceptee_le=None, annulee_le=None),
                name="invitation_une_en_attente",
                violation_error_message="Une invitation attend déjà cette personne.",
            ),
            models.CheckConstraint(
                name="invitation_acceptation_complete_ou_absente",
                condition=Q(acceptee_le=None, acceptee_par=None)
                | Q(acceptee_le__isnull=False, acceptee_par__isnull=False),
                violation_error_message="Une acceptation porte une date et un auteur.",
            ),
            models.CheckConstraint(
                name="invitation_annulation_complete_ou_absente",
                condition=Q(annulee_le=None, annulee_par=None)
                | Q(annulee_le__isnull=False, annulee_par__isnull=False),
                violation_error_message="Une annulation porte une date et un auteur.",
            ),
            models.CheckConstraint(
                name="invitation_acceptee_ou_annulee",
                condition=Q(acceptee_le=None) | Q(annulee_le=None),
                violation_error_message="Une invitation est acceptée, ou annulée.",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation du {self.envoyee_le:%d/%m/%Y}"
