"""Ce que l’application a émis : des documents figés, numérotés et vérifiables."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from bilans.enums import ATTESTATIONS, MODIFIABLES, NatureDocument, NatureEmission
from bilans.querysets import BilanEmisQuerySet, DocumentQuerySet
from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from marches.models import Engagement, Evenement


class Document(models.Model):
    """Un document émis au titre d’un engagement : son contenu ne change plus, son empreinte le prouve.

    `evenement` : l’étape de la suite graduée que cette lettre est (docs/adr/0021). `numero` : sans trou, par structure
    et par année, pour les attestations seulement. `code` : ce que l’on saisit sur la page publique de vérification,
    qui ne montre que `totaux`.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="documents"
    )
    evenement = models.ForeignKey(
        Evenement, verbose_name="étape", on_delete=models.PROTECT, null=True, blank=True, related_name="lettres"
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
                "id", "structure", "engagement", "evenement", "nature", "titre", "annee", "numero", "totaux", "format",
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
            models.CheckConstraint(
                name="document_etape_d_une_lettre",
                condition=Q(evenement=None) | Q(nature__in=sorted(MODIFIABLES)),
                violation_error_message="Seule une relance ou une mise en demeure est une étape de la suite graduée.",
            ),
        ]

    def __str__(self) -> str:
        return self.titre


class CorrespondanceGrille(models.Model):
    """Un tableau de grille tel que la structure l’a réécrit ; absent, c’est celui que livre l’application.

    `lignes` : une liste de {cle, libelle, groupe, codes} (`bilans.grilles.forme`, docs/adr/0030).
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    grille = models.CharField("grille", max_length=40)
    tableau = models.CharField("tableau", max_length=40)
    lignes = models.JSONField("lignes", default=list)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["CorrespondanceGrille"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "grille", "tableau", "lignes", "version"), "interne")

    class Meta:
        verbose_name = "correspondance de grille"
        verbose_name_plural = "correspondances de grille"
        ordering = ["grille", "tableau"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "grille", "tableau"],
                name="correspondance_grille_unique",
                violation_error_message="Ce tableau de grille est déjà réécrit par la structure.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.grille}, {self.tableau}"


class BilanEmis(models.Model):
    """Un bilan émis : ses chiffres sont figés, il ne se recalcule jamais ; le réémettre fait la version suivante.

    `perimetre` et `chiffres` : textes canoniques de `bilans.gel`. `empreinte` : SHA-256 des chiffres seuls, la même
    pour deux émissions aux mêmes chiffres. `sceau` : SHA-256 de tout ce que la ligne dit d’autre, empreinte comprise.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    bilan = models.CharField("bilan", max_length=30)
    titre = models.CharField("titre", max_length=200)
    du = models.DateField("du")
    au = models.DateField("au")
    arrete_au = models.DateField("arrêté au")
    perimetre = models.CharField("périmètre", max_length=300)
    filtres = models.CharField("filtres en toutes lettres", max_length=300)
    version = models.PositiveIntegerField("version")
    nature = models.CharField("nature", max_length=15, choices=NatureEmission.choices)
    chiffres = models.TextField("chiffres figés")
    completude = models.TextField("complétude à l’émission")
    nomenclatures = models.CharField("version des nomenclatures", max_length=64)
    empreinte = models.CharField("empreinte SHA-256 des chiffres", max_length=64)
    sceau = models.CharField("sceau SHA-256 de l’émission", max_length=64)
    emis_le = models.DateTimeField("émis le")
    emis_par = auteur("émis par")

    objects = BilanEmisQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "bilan", "titre", "du", "au", "arrete_au", "perimetre", "filtres", "version",
                "nature", "completude", "nomenclatures", "empreinte", "sceau", "emis_le", "emis_par",
            ),
            "interne",
        ),
        # Une annexe peut nommer des personnes.
        "chiffres": "identifiant",
    }  # fmt: skip

    class Meta:
        verbose_name = "bilan émis"
        verbose_name_plural = "bilans émis"
        ordering = ["bilan", "-du", "-au", "perimetre", "-version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "bilan", "du", "au", "perimetre", "version"],
                name="bilan_emis_version_unique",
                violation_error_message="Cette version du bilan vient d’être émise.",
            ),
            models.CheckConstraint(
                name="bilan_emis_nature",
                condition=Q(nature__in=NatureEmission.values),
                violation_error_message="Un bilan s’émet intermédiaire ou final.",
            ),
            models.CheckConstraint(
                name="bilan_emis_periode",
                condition=Q(du__lte=F("au"), version__gte=1),
                violation_error_message="La période d’un bilan émis ne finit pas avant de commencer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.titre}, du {self.du:%d/%m/%Y} au {self.au:%d/%m/%Y}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("bilans:bilan_emis", args=[self.pk])
