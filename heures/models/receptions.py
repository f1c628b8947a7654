"""Ce que l’on demande à une entreprise pour un mois, et ce qu’elle envoie que les règles ne laissent pas déclarer."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.socle.champs import HeuresField
from heures.enums import OrigineLigne, StatutAttente, TypeHeures
from heures.models.contrats import ContratTravail, Releve
from heures.querysets import DemandeReleveQuerySet, LigneEnAttenteQuerySet


class DemandeReleve(models.Model):
    """Le droit donné à une entreprise de remplir un relevé par un lien : daté, borné, révocable.

    Le lien se calcule d’un secret de cette ligne et de la clef de l’application : ni l’un ni l’autre ne suffit.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    releve = models.ForeignKey(Releve, verbose_name="relevé", on_delete=models.PROTECT, related_name="demandes")
    destinataire = models.EmailField("destinataire")
    secret = models.CharField("secret du lien", max_length=64, editable=False)
    valable_jusqu_au = models.DateTimeField("valable jusqu’au")
    demandee_le = models.DateTimeField("demandée le", auto_now_add=True)
    demandee_par = auteur("demandée par")
    revoquee_le = models.DateTimeField("révoquée le", null=True, blank=True)
    revoquee_par = auteur("révoquée par", null=True, blank=True)
    deposee_le = models.DateTimeField("déposée le", null=True, blank=True)
    deposee_par = auteur("déposée par", null=True, blank=True)
    deposant = models.CharField("nom du déposant", max_length=120, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = DemandeReleveQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "releve", "valable_jusqu_au", "demandee_le", "demandee_par", "revoquee_le",
                "revoquee_par", "deposee_le", "deposee_par", "version",
            ),
            "interne",
        ),
        **dict.fromkeys(("destinataire", "deposant"), "identifiant"),
        "secret": "sensible9",
    }  # fmt: skip

    class Meta:
        verbose_name = "demande de relevé"
        verbose_name_plural = "demandes de relevé"
        ordering = ["-demandee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["releve"],
                condition=Q(revoquee_le=None),
                name="demande_une_en_vigueur",
                violation_error_message="Ce relevé a déjà une demande en vigueur.",
            ),
            models.CheckConstraint(
                name="demande_revocation_complete_ou_absente",
                condition=Q(revoquee_le=None, revoquee_par=None)
                | Q(revoquee_le__isnull=False, revoquee_par__isnull=False),
                violation_error_message="Une révocation porte une date et un auteur.",
            ),
            models.CheckConstraint(
                name="demande_depot_complet_ou_absent",
                condition=Q(deposee_le=None, deposee_par=None)
                | Q(deposee_le__isnull=False, deposee_par__isnull=False),
                violation_error_message="Un dépôt porte une date et un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"Demande – {self.releve}"


class LigneEnAttente(models.Model):
    """Une ligne reçue que les règles, ou l’identité de la personne, ne laissent pas déclarer telle quelle.

    Rien de ce qu’une entreprise envoie n’est perdu : la ligne attend, avec sa raison, que le facilitateur lève
    l’obstacle puis la reprenne, ou la refuse avec un motif qui revient à l’entreprise.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    releve = models.ForeignKey(
        Releve, verbose_name="relevé", on_delete=models.PROTECT, related_name="lignes_en_attente"
    )
    contrat = models.ForeignKey(
        ContratTravail,
        verbose_name="contrat de travail",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lignes_en_attente",
    )
    nom = models.CharField("nom", max_length=100, blank=True)
    prenom = models.CharField("prénom", max_length=100, blank=True)
    date_naissance = models.DateField("date de naissance", null=True, blank=True)
    type_heures = models.CharField(
        "type d’heures", max_length=10, choices=TypeHeures.choices, default=TypeHeures.TRAVAIL
    )
    heures = HeuresField("heures")
    raison = models.CharField("raison", max_length=500)
    origine = models.CharField("origine", max_length=12, choices=OrigineLigne.choices, default=OrigineLigne.ENTREPRISE)
    statut = models.CharField("statut", max_length=12, choices=StatutAttente.choices, default=StatutAttente.EN_ATTENTE)
    motif = models.CharField("motif du refus", max_length=500, blank=True)
    recue_le = models.DateTimeField("reçue le", auto_now_add=True)
    recue_par = auteur("reçue par")
    traitee_le = models.DateTimeField("traitée le", null=True, blank=True)
    traitee_par = auteur("traitée par", null=True, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = LigneEnAttenteQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "releve", "contrat", "type_heures", "heures", "origine", "statut", "recue_le",
                "recue_par", "traitee_le", "traitee_par", "version",
            ),
            "interne",
        ),
        **dict.fromkeys(("nom", "prenom", "date_naissance", "raison", "motif"), "identifiant"),
    }  # fmt: skip

    class Meta:
        verbose_name = "ligne en attente"
        verbose_name_plural = "lignes en attente"
        ordering = ["recue_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["releve", "contrat", "type_heures"],
                condition=Q(statut=StatutAttente.EN_ATTENTE, contrat__isnull=False),
                name="attente_une_par_contrat",
                violation_error_message="Ce contrat a déjà une ligne en attente pour ce mois.",
            ),
            models.CheckConstraint(
                name="attente_une_personne",
                condition=Q(contrat__isnull=False) | (~Q(nom="") & ~Q(prenom="")),
                violation_error_message="Une ligne désigne un contrat, ou une personne par son nom et son prénom.",
            ),
            models.CheckConstraint(
                name="attente_heures_positives",
                condition=Q(heures__gte=Decimal(0)),
                violation_error_message="Des heures ne peuvent pas être négatives.",
            ),
            models.CheckConstraint(
                name="attente_traitement_complet_ou_absent",
                condition=Q(statut=StatutAttente.EN_ATTENTE, traitee_le=None, traitee_par=None)
                | (~Q(statut=StatutAttente.EN_ATTENTE) & Q(traitee_le__isnull=False, traitee_par__isnull=False)),
                violation_error_message="Un traitement porte une date et un auteur.",
            ),
            models.CheckConstraint(
                name="attente_refus_motive",
                condition=~Q(statut=StatutAttente.REFUSEE) | ~Q(motif=""),
                violation_error_message="Un refus porte son motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.personne} – {self.releve}"

    @property
    def personne(self) -> str:
        """« NOM Prénom », tel que l’entreprise l’a écrit ou tel que le contrat le connaît."""
        return str(self.contrat.participant) if self.contrat else f"{self.nom.upper()} {self.prenom}"
