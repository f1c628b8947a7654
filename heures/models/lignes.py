"""La ligne d’heures : contrat × engagement × mois travaillé × type."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.socle.champs import HeuresField, MoisField
from heures.enums import Modalite, NatureLigne, OrigineLigne, StatutLigne, TypeHeures
from heures.models.contrats import ContratTravail
from heures.models.participants import Participant
from heures.querysets import LigneHeuresQuerySet
from marches.models import Engagement


class LigneHeures(models.Model):
    """Heures d’une personne, au titre d’un contrat, pour un engagement et un mois.

    Participant et modalité sont repris du contrat : ce sont eux que les bilans groupent (performance, choix 1).
    Après validation on ne modifie pas : `rang` 0 est la ligne d’origine, une rectification ajoute une annulation
    (heures négatives, `annule` la ligne corrigée) puis une nouvelle ligne, chacune à un rang de plus
    (domaine.md §3.7).
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="lignes"
    )
    contrat = models.ForeignKey(
        ContratTravail, verbose_name="contrat de travail", on_delete=models.PROTECT, related_name="lignes"
    )
    participant = models.ForeignKey(
        Participant, verbose_name="participant", on_delete=models.PROTECT, related_name="lignes"
    )
    modalite = models.CharField("modalité", max_length=20, choices=Modalite.choices)
    mois = MoisField("mois travaillé")
    type_heures = models.CharField(
        "type d’heures", max_length=10, choices=TypeHeures.choices, default=TypeHeures.TRAVAIL
    )
    heures = HeuresField("heures")
    statut = models.CharField("statut", max_length=10, choices=StatutLigne.choices, default=StatutLigne.DECLAREE)
    motif = models.CharField(
        "motif", max_length=500, blank=True, help_text="Raison d’un refus ou d’une rectification."
    )
    origine = models.CharField("origine", max_length=12, choices=OrigineLigne.choices, default=OrigineLigne.SAISIE)
    nature = models.CharField("nature", max_length=12, choices=NatureLigne.choices, default=NatureLigne.ORDINAIRE)
    rang = models.PositiveSmallIntegerField("rang", default=0)
    annule = models.OneToOneField(
        "self", verbose_name="annule", on_delete=models.PROTECT, null=True, blank=True, related_name="annulation"
    )
    declaree_le = models.DateTimeField("déclarée le", auto_now_add=True)
    declaree_par = auteur("déclarée par")
    validee_le = models.DateTimeField("validée le", null=True, blank=True)
    validee_par = auteur("validée par", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = LigneHeuresQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "engagement", "contrat", "participant", "modalite", "mois", "type_heures", "heures",
            "statut", "motif", "origine", "nature", "rang", "annule", "declaree_le", "declaree_par", "validee_le",
            "validee_par", "version",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "ligne d’heures"
        verbose_name_plural = "lignes d’heures"
        ordering = ["mois", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contrat", "engagement", "mois", "type_heures", "rang"],
                name="ligne_unique",
                violation_error_message="Ces heures sont déjà déclarées pour ce contrat, cet engagement et ce mois.",
            ),
            models.CheckConstraint(
                name="ligne_signe",
                condition=Q(nature=NatureLigne.ORDINAIRE, heures__gte=Decimal(0), annule=None)
                | Q(nature=NatureLigne.ANNULATION, heures__lte=Decimal(0), annule__isnull=False),
                violation_error_message="Des heures ne sont négatives que sur une ligne d’annulation.",
            ),
            models.CheckConstraint(
                name="ligne_validation_complete_ou_absente",
                condition=Q(statut=StatutLigne.VALIDEE, validee_le__isnull=False, validee_par__isnull=False)
                | (~Q(statut=StatutLigne.VALIDEE) & Q(validee_le=None, validee_par=None)),
                violation_error_message="Une validation porte une date et un auteur.",
            ),
            models.CheckConstraint(
                name="ligne_refus_motive",
                condition=~Q(statut=StatutLigne.REFUSEE) | ~Q(motif=""),
                violation_error_message="Un refus porte son motif.",
            ),
            models.CheckConstraint(
                name="ligne_mois_premier_jour",
                condition=Q(mois__day=1),
                violation_error_message="Un mois est noté par son premier jour.",
            ),
            models.CheckConstraint(
                name="ligne_statut",
                condition=Q(statut__in=StatutLigne.values),
                violation_error_message="Ce statut d’heures n’existe pas.",
            ),
        ]
        indexes = [
            # Index couvrant des bilans : le mois en tête borne la période, le reste évite de lire la table.
            models.Index(
                fields=["structure", "statut", "mois", "engagement", "participant", "modalite", "contrat", "heures"],
                name="ligne_bilan",
            ),
            models.Index(fields=["engagement", "statut", "mois", "type_heures", "heures"], name="ligne_avancement"),
            models.Index(fields=["participant", "statut", "mois", "heures"], name="ligne_par_participant"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} – {self.mois:%m/%Y}"
