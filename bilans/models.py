"""Ce que l’application a émis : des documents figés, numérotés et vérifiables."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from bilans.enums import ATTESTATIONS, DefinitionBrsa, NatureDocument
from bilans.querysets import DocumentQuerySet
from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from marches.models import Engagement


class ParametresBilan(models.Model):
    """Ce que la structure règle du bilan Département (bilans.md, A) ; sans ligne, tout est à sa valeur par défaut.

    `objectifs` : année → clef d’indicateur → valeur en texte décimal, un taux en pour cent.
    """

    structure = models.OneToOneField(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    definition_brsa = models.CharField(
        "définition du BRSA", max_length=20, choices=DefinitionBrsa.choices, default=DefinitionBrsa.A_L_ENTREE
    )
    annexe_nominative = models.BooleanField("annexe nominative conventionnée", default=False)
    lignes_masquees = models.JSONField("lignes masquées", default=list, blank=True)
    objectifs = models.JSONField("objectifs par année", default=dict, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["ParametresBilan"].as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "structure", "definition_brsa", "annexe_nominative", "lignes_masquees", "objectifs", "version"),
        "interne",
    )

    class Meta:
        verbose_name = "paramètres du bilan"
        verbose_name_plural = "paramètres du bilan"
        constraints = [
            models.CheckConstraint(
                name="parametres_definition_brsa",
                condition=Q(definition_brsa__in=DefinitionBrsa.values),
                violation_error_message="Cette définition du BRSA n’existe pas.",
            )
        ]

    def __str__(self) -> str:
        return "Paramètres du bilan Département"


class AnalyseQualitative(models.Model):
    """A9 : six textes du responsable, pour une période exactement (bilans.md, A9)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    du = models.DateField("du")
    au = models.DateField("au")
    faits_marquants = models.TextField("faits marquants de la période", max_length=4000, blank=True)
    publics = models.TextField("publics et parcours", max_length=4000, blank=True)
    acheteurs = models.TextField("acheteurs et commande publique", max_length=4000, blank=True)
    entreprises = models.TextField("entreprises et structures d’insertion", max_length=4000, blank=True)
    difficultes = models.TextField("difficultés et réponses apportées", max_length=4000, blank=True)
    perspectives = models.TextField("perspectives", max_length=4000, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["AnalyseQualitative"].as_manager()

    TEXTES = ("faits_marquants", "publics", "acheteurs", "entreprises", "difficultes", "perspectives")
    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "du", "au", "version"), "interne"),
        # Un texte libre peut nommer quelqu’un.
        **dict.fromkeys(TEXTES, "identifiant"),
    }

    class Meta:
        verbose_name = "analyse qualitative"
        verbose_name_plural = "analyses qualitatives"
        ordering = ["-du", "-au", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "du", "au"],
                name="analyse_une_par_periode",
                violation_error_message="Cette période a déjà son analyse.",
            ),
            models.CheckConstraint(
                name="analyse_periode_dans_l_ordre",
                condition=Q(du__lte=F("au")),
                violation_error_message="La période de l’analyse finit avant de commencer.",
            ),
        ]

    def __str__(self) -> str:
        return f"Analyse du {self.du:%d/%m/%Y} au {self.au:%d/%m/%Y}"


class Document(models.Model):
    """Un document émis au titre d’un engagement : son contenu ne change plus, son empreinte le prouve.

    `numero` : sans trou, par structure et par année, pour les attestations seulement. `code` : ce que l’on saisit sur
    la page publique de vérification, qui ne montre que `totaux`.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="documents"
    )
    nature = models.CharField("nature", max_length=30, choices=NatureDocument.choices)
    titre = models.CharField("titre", max_length=200)
    annee = models.PositiveSmallIntegerField("année")
    numero = models.PositiveIntegerField("numéro", null=True, blank=True)
    code = models.CharField("code de vérification", max_length=20, null=True, blank=True, unique=True)
    totaux = models.JSONField("totaux vérifiables", default=dict)
    format = models.CharField("format", max_length=4)
    contenu = models.BinaryField("contenu")
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    emis_le = models.DateTimeField("émis le", auto_now_add=True)
    emis_par = auteur("émis par")
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    annule_par = auteur("annulé par", null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "engagement", "nature", "titre", "annee", "numero", "totaux", "format",
                "empreinte", "emis_le", "emis_par", "annule_le", "annule_par",
            ),
            "interne",
        ),
        "code": "identifiant",
        # Un document peut nommer des personnes.
        "contenu": "identifiant",
    }  # fmt: skip

    class Meta:
        verbose_name = "document"
        ordering = ["-emis_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "annee", "numero"],
                condition=Q(numero__isnull=False),
                name="document_numero_unique",
                violation_error_message="Ce numéro d’attestation est déjà pris.",
            ),
            models.CheckConstraint(
                name="document_attestation_numerotee",
                condition=Q(nature__in=sorted(ATTESTATIONS), numero__isnull=False, code__isnull=False)
                | (~Q(nature__in=sorted(ATTESTATIONS)) & Q(numero=None, code=None)),
                violation_error_message="Une attestation, et elle seule, porte un numéro et un code de vérification.",
            ),
            models.CheckConstraint(
                name="document_annulation_complete_ou_absente",
                condition=Q(annule_le=None, annule_par=None) | Q(annule_le__isnull=False, annule_par__isnull=False),
                violation_error_message="Une annulation porte une date et un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return self.titre
