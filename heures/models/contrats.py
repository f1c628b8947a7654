"""Contrats de travail et relevés attendus."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clauses.comptes.models import Structure
from clauses.socle.champs import CentiemesField, MoisField
from entreprises.models import Entreprise
from heures.enums import Modalite, StatutReleve, TypeContrat
from heures.models.participants import Participant
from heures.querysets import ContratTravailQuerySet, ReleveQuerySet
from marches.models import Engagement


class ContratTravail(models.Model):
    """Contrat d’une personne chez un employeur.

    Les missions d’intérim successives, ou les renouvellements en ACI, chez le même employeur sont un seul contrat et
    un compteur de missions (domaine.md §2).
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        Participant, verbose_name="participant", on_delete=models.PROTECT, related_name="contrats"
    )
    employeur = models.ForeignKey(
        Entreprise, verbose_name="employeur", on_delete=models.PROTECT, related_name="contrats"
    )
    identifiant = models.CharField("identifiant", max_length=40)
    type_contrat = models.CharField("type de contrat", max_length=30, choices=TypeContrat.choices)
    modalite = models.CharField("modalité", max_length=20, choices=Modalite.choices)
    date_debut = models.DateField("date d’embauche")
    date_fin = models.DateField("date de fin", null=True, blank=True)
    quotite = CentiemesField("quotité (1 = temps plein)", null=True, blank=True)
    nombre_missions = models.PositiveSmallIntegerField("nombre de missions", default=1)
    version = models.PositiveIntegerField("version", default=1)

    objects = ContratTravailQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "participant", "employeur", "type_contrat", "modalite", "date_debut", "date_fin",
                "quotite", "nombre_missions", "version",
            ),
            "interne",
        ),
        "identifiant": "identifiant",
    }  # fmt: skip

    class Meta:
        verbose_name = "contrat de travail"
        verbose_name_plural = "contrats de travail"
        ordering = ["participant", "-date_debut", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "identifiant"],
                name="contrat_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d’un autre contrat.",
            ),
            models.CheckConstraint(
                name="contrat_debut_avant_fin",
                condition=Q(date_fin=None) | Q(date_debut__lte=F("date_fin")),
                violation_error_message="La fin du contrat précède l’embauche.",
            ),
            models.CheckConstraint(
                name="contrat_quotite",
                condition=Q(quotite=None) | Q(quotite__gt=0, quotite__lte=1),
                violation_error_message="La quotité va de 0,01 à 1 (temps plein).",
            ),
            models.CheckConstraint(
                name="contrat_type",
                condition=Q(type_contrat__in=TypeContrat.values),
                violation_error_message="Ce type de contrat n’existe pas.",
            ),
            models.CheckConstraint(
                name="contrat_modalite",
                condition=Q(modalite__in=Modalite.values),
                violation_error_message="Cette modalité n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_contrat_display()} chez {self.employeur}"


class Releve(models.Model):
    """L’état d’un engagement pour un mois : ce qui est attendu, reçu, validé."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="releves"
    )
    mois = MoisField("mois")
    statut = models.CharField("statut", max_length=20, choices=StatutReleve.choices, default=StatutReleve.ATTENDU)
    echeance = models.DateField("échéance", null=True, blank=True)
    nombre_relances = models.PositiveSmallIntegerField("nombre de relances", default=0)
    commentaire = models.TextField("commentaire du déposant", blank=True)
    message = models.TextField("message à l’entreprise", blank=True, help_text="Ce qui manque, ou pourquoi un refus.")
    version = models.PositiveIntegerField("version", default=1)

    objects = ReleveQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            ("id", "structure", "engagement", "mois", "statut", "echeance", "nombre_relances", "version"), "interne"
        ),
        # Un texte libre peut nommer quelqu’un.
        **dict.fromkeys(("commentaire", "message"), "identifiant"),
    }

    class Meta:
        verbose_name = "relevé"
        ordering = ["-mois", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "mois"],
                name="releve_unique",
                violation_error_message="Ce mois a déjà son relevé pour cet engagement.",
            ),
            models.CheckConstraint(
                name="releve_mois_premier_jour",
                condition=Q(mois__day=1),
                violation_error_message="Un mois est noté par son premier jour.",
            ),
            models.CheckConstraint(
                name="releve_statut",
                condition=Q(statut__in=StatutReleve.values),
                violation_error_message="Ce statut de relevé n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.engagement} – {self.mois:%m/%Y}"
