"""Ce que les données essentielles (DECP) disent d’un marché, et ce qu’elles en ont dit la dernière fois."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.champs import EurosField
from marches.enums import NatureMarche
from marches.models.acheteurs import Acheteur
from marches.models.marches import Lot, Marche


class PublicationDecp(models.Model):
    """Le contrat publié dont vient un lot ; `valeurs` est ce que la source en disait à la dernière lecture.

    Comparée à ce qui est enregistré, elle dit ce que les gens ont corrigé : une republication ne change que le reste
    (formats.md §5). Plusieurs publications d’un même marché en sont les lots, regroupés par quelqu’un.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    marche = models.ForeignKey(Marche, verbose_name="marché", on_delete=models.PROTECT, related_name="publications")
    lot = models.ForeignKey(Lot, verbose_name="lot", on_delete=models.PROTECT, related_name="publications")
    source_identifiant = models.CharField("identifiant dans la source", max_length=120)
    id_accord_cadre = models.CharField("accord-cadre", max_length=60, blank=True)
    date_publication = models.DateField("date de publication", null=True, blank=True)
    valeurs = models.JSONField("valeurs de la source", default=dict)

    objects = StructureQuerySet["PublicationDecp"].as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "structure", "marche", "lot", "source_identifiant", "id_accord_cadre", "date_publication", "valeurs"),
        "interne",
    )

    class Meta:
        verbose_name = "publication DECP"
        verbose_name_plural = "publications DECP"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "source_identifiant"],
                name="publication_source_unique",
                violation_error_message="Ce contrat publié est déjà rattaché à un marché.",
            )
        ]

    def __str__(self) -> str:
        return self.source_identifiant


class ModificationMarche(models.Model):
    """Une modification publiée d’un contrat : de nouveaux totaux à une date, jamais des écarts à ajouter."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    publication = models.ForeignKey(
        PublicationDecp, verbose_name="publication", on_delete=models.PROTECT, related_name="modifications"
    )
    date = models.DateField("date de la modification")
    montant_ht = EurosField("nouveau montant HT", null=True, blank=True)
    duree_mois = models.PositiveSmallIntegerField("nouvelle durée (mois)", null=True, blank=True)

    objects = StructureQuerySet["ModificationMarche"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "publication", "date", "montant_ht", "duree_mois"), "interne")

    class Meta:
        verbose_name = "modification de marché"
        verbose_name_plural = "modifications de marché"
        ordering = ["date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="modification_montant_positif",
                condition=Q(montant_ht=None) | Q(montant_ht__gte=0),
                violation_error_message="Le nouveau montant d’un marché ne peut pas être négatif.",
            )
        ]

    def __str__(self) -> str:
        return f"Modification du {self.date:%d/%m/%Y}"


class ContratAVeiller(models.Model):
    """Un contrat publié d’un acheteur connu, au-dessus des seuils, sans considération sociale, et non suivi ici.

    Veille de l’article 35 (`marches.seuils`) ; il disparaît quand le contrat devient un marché.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    acheteur = models.ForeignKey(Acheteur, verbose_name="acheteur", on_delete=models.PROTECT, related_name="+")
    identifiant = models.CharField("identifiant", max_length=60)
    objet = models.CharField("objet", max_length=1000)
    nature = models.CharField("nature", max_length=20, choices=NatureMarche.choices, default=NatureMarche.MARCHE)
    cpv = models.CharField("code CPV", max_length=10, blank=True)
    montant_ht = EurosField("montant HT")
    date_notification = models.DateField("date de notification", null=True, blank=True)
    seuil_ht = EurosField("seuil HT")

    objects = StructureQuerySet["ContratAVeiller"].as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "acheteur", "identifiant", "objet", "nature", "cpv", "montant_ht", "date_notification",
            "seuil_ht",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "contrat à veiller"
        verbose_name_plural = "contrats à veiller"
        ordering = ["-date_notification", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "acheteur", "identifiant"],
                name="veille_contrat_unique",
                violation_error_message="Ce contrat est déjà à veiller.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.identifiant} – {self.objet[:80]}"
