"""Marché, lots et attributions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from clauses.comptes.models import Structure
from clauses.socle.champs import EurosField
from clauses.socle.recherche import RechercheField
from entreprises.models import FORME_CODE_INSEE, Entreprise
from marches.enums import (
    Ccag,
    NatureMarche,
    Origine,
    PositionArt35,
    Procedure,
    RoleEntreprise,
    Secteur,
    StatutMarche,
    Technique,
)
from marches.models.acheteurs import Acheteur, Operation
from marches.querysets import AttributionQuerySet, LotQuerySet, MarcheQuerySet

# Cinquante ans : au-delà, comme à zéro, c’est une faute de frappe ou de fichier.
DUREE_MOIS_MAX = 600


class Marche(models.Model):
    """Contrat passé par un acheteur ; sa clef est (structure, acheteur, référence)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    operation = models.ForeignKey(
        Operation, verbose_name="opération", on_delete=models.PROTECT, null=True, blank=True, related_name="marches"
    )
    acheteur = models.ForeignKey(Acheteur, verbose_name="acheteur", on_delete=models.PROTECT, related_name="marches")
    reference = models.CharField("référence", max_length=60)
    objet = models.CharField("objet", max_length=1000)
    nature = models.CharField("nature", max_length=20, choices=NatureMarche.choices, default=NatureMarche.MARCHE)
    procedure = models.CharField("procédure", max_length=30, choices=Procedure.choices, blank=True)
    technique = models.CharField("technique d’achat", max_length=30, choices=Technique.choices, blank=True)
    ccag = models.CharField("CCAG", max_length=20, choices=Ccag.choices, blank=True)
    cpv = models.CharField("code CPV", max_length=10, blank=True)
    montant_ht = EurosField("montant HT", null=True, blank=True)
    date_notification = models.DateField("date de notification", null=True, blank=True)
    date_debut = models.DateField("date de début", null=True, blank=True)
    date_fin = models.DateField("date de fin", null=True, blank=True)
    duree_mois = models.PositiveSmallIntegerField("durée (mois)", null=True, blank=True)
    commune_execution_insee = models.CharField("commune d’exécution (code INSEE)", max_length=5, blank=True)
    a_clause_sociale = models.BooleanField("clause sociale", default=False)
    a_critere_social = models.BooleanField("critère social", default=False)
    est_reserve = models.BooleanField("marché réservé", default=False)
    position_art35 = models.CharField(
        "position article 35", max_length=20, choices=PositionArt35.choices, default=PositionArt35.A_DETERMINER
    )
    motif_art35 = models.TextField("motif de dérogation", blank=True)
    statut = models.CharField("statut", max_length=20, choices=StatutMarche.choices, default=StatutMarche.EN_COURS)
    facilitateur = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="facilitateur",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    origine = models.CharField("origine", max_length=10, choices=Origine.choices, default=Origine.SAISIE)
    source_identifiant = models.CharField("identifiant dans la source", max_length=120, blank=True)
    recherche = RechercheField("texte de recherche", max_length=1100, sources=["reference", "objet"])
    version = models.PositiveIntegerField("version", default=1)

    objects = MarcheQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "reference", "objet", "acheteur", "nature", "procedure", "technique", "ccag", "cpv", "montant_ht",
                "date_notification", "duree_mois", "commune_execution_insee", "a_clause_sociale", "a_critere_social",
                "est_reserve",
            ),
            "public",
        ),
        **dict.fromkeys(
            (
                "id", "structure", "operation", "date_debut", "date_fin", "position_art35", "motif_art35", "statut",
                "facilitateur", "origine", "source_identifiant", "recherche", "version",
            ),
            "interne",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = "marché"
        verbose_name_plural = "marchés"
        ordering = ["-date_notification", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "acheteur", "reference"],
                name="marche_reference_unique",
                violation_error_message="Cet acheteur a déjà un marché qui porte cette référence.",
            ),
            models.CheckConstraint(
                name="marche_debut_avant_fin",
                condition=Q(date_debut=None) | Q(date_fin=None) | Q(date_debut__lte=F("date_fin")),
                violation_error_message="La date de fin du marché précède sa date de début.",
            ),
            models.CheckConstraint(
                name="marche_montant_positif",
                condition=Q(montant_ht=None) | Q(montant_ht__gte=0),
                violation_error_message="Le montant du marché ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                name="marche_derogation_motivee",
                condition=~Q(position_art35__startswith="DEROGATION") | ~Q(motif_art35=""),
                violation_error_message="Une dérogation à l’article 35 porte son motif.",
            ),
            models.CheckConstraint(
                name="marche_commune_execution",
                condition=Q(commune_execution_insee__regex=FORME_CODE_INSEE),
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
            models.CheckConstraint(
                name="marche_duree",
                condition=Q(duree_mois=None) | Q(duree_mois__range=(1, DUREE_MOIS_MAX)),
                violation_error_message=f"La durée d’un marché va de 1 à {DUREE_MOIS_MAX} mois.",
            ),
            models.CheckConstraint(
                name="marche_statut",
                condition=Q(statut__in=StatutMarche.values),
                violation_error_message="Ce statut de marché n’existe pas.",
            ),
        ]
        indexes = [models.Index(fields=["structure", "-date_notification", "-id"], name="marche_par_notification")]

    def __str__(self) -> str:
        return f"{self.reference} – {self.objet[:80]}"

    def get_absolute_url(self) -> str:
        return reverse("marches:fiche", args=[self.pk])

    @property
    def considerations_sociales(self) -> list[str]:
        """Libellés DECP des considérations sociales du marché."""
        libelles = ("Clause sociale", "Critère social", "Marché réservé")
        presentes = (self.a_clause_sociale, self.a_critere_social, self.est_reserve)
        return [libelle for libelle, presente in zip(libelles, presentes, strict=True) if presente]


class Lot(models.Model):
    """Part d’un marché ; un marché sans allotissement a un lot unique."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    marche = models.ForeignKey(Marche, verbose_name="marché", on_delete=models.PROTECT, related_name="lots")
    numero = models.CharField("numéro", max_length=20, default="1")
    intitule = models.CharField("intitulé", max_length=500, blank=True)
    montant_ht = EurosField("montant HT", null=True, blank=True)
    secteur = models.CharField("secteur d’activité", max_length=30, choices=Secteur.choices, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = LotQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "structure", "marche", "numero", "intitule", "montant_ht", "secteur", "version"), "interne"
    )

    class Meta:
        verbose_name = "lot"
        ordering = ["marche", "numero", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["marche", "numero"],
                name="lot_numero_unique",
                violation_error_message="Ce marché a déjà un lot qui porte ce numéro.",
            ),
            models.CheckConstraint(
                name="lot_montant_positif",
                condition=Q(montant_ht=None) | Q(montant_ht__gte=0),
                violation_error_message="Le montant du lot ne peut pas être négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Lot {self.numero}" + (f" – {self.intitule}" if self.intitule else "")


class Attribution(models.Model):
    """Une entreprise attributaire d’un lot, avec son rôle."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, verbose_name="lot", on_delete=models.PROTECT, related_name="attributions")
    entreprise = models.ForeignKey(
        Entreprise, verbose_name="entreprise", on_delete=models.PROTECT, related_name="attributions"
    )
    role = models.CharField("rôle", max_length=20, choices=RoleEntreprise.choices, default=RoleEntreprise.TITULAIRE)

    objects = AttributionQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "lot", "entreprise", "role"), "interne")

    class Meta:
        verbose_name = "attribution"
        ordering = ["lot", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "entreprise"],
                name="attribution_unique",
                violation_error_message="Cette entreprise est déjà attributaire de ce lot.",
            ),
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(role=RoleEntreprise.MANDATAIRE),
                name="attribution_un_mandataire",
                violation_error_message="Ce lot a déjà un mandataire.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entreprise} ({self.get_role_display()})"
