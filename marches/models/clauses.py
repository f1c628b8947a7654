"""Clause, engagement et grand livre daté."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from clauses.comptes.models import Structure
from clauses.socle.champs import CentiemesField, EurosField, HeuresField
from entreprises.models import Entreprise
from marches import previsions
from marches.avancement import Avancement, avancement
from marches.enums import NatureClause, NatureMouvement, Periodicite, TypeObjectif
from marches.models.marches import Lot
from marches.querysets import ClauseQuerySet, EngagementQuerySet, JalonQuerySet, MouvementQuerySet


class Clause(models.Model):
    """Ce que le contrat dit pour un lot (domaine.md §2)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, verbose_name="lot", on_delete=models.PROTECT, related_name="clauses")
    nature_clause = models.CharField(
        "nature de la clause", max_length=30, choices=NatureClause.choices, default=NatureClause.COND_EXEC
    )
    type_objectif = models.CharField(
        "type d’objectif", max_length=30, choices=TypeObjectif.choices, default=TypeObjectif.HEURES_FIXES
    )
    objectif_montant = EurosField("montant HT de l’assiette", null=True, blank=True)
    objectif_exclu = EurosField("dont personnel repris, exclu", null=True, blank=True)
    objectif_part = CentiemesField("part de main-d’œuvre (%)", null=True, blank=True)
    objectif_taux = CentiemesField("taux d’insertion (%)", null=True, blank=True)
    objectif_cout_horaire = EurosField("coût horaire", null=True, blank=True)
    objectif_tranche = EurosField(
        "montant facturé pour une heure",
        null=True,
        blank=True,
        help_text="Par exemple 2 000 € : une heure par tranche de 2 000 € facturés.",
    )
    objectif_heures_totales = HeuresField("heures travaillées en tout sur le lot", null=True, blank=True)
    objectif_part_heures = CentiemesField("part réservée à l’insertion (%)", null=True, blank=True)
    objectif_personnes = models.PositiveSmallIntegerField("personnes à employer", null=True, blank=True)
    objectif_etp = CentiemesField("équivalents temps plein à employer", null=True, blank=True)
    objectif_plancher = HeuresField("heures demandées au moins (plancher)", null=True, blank=True)
    objectif_offre = HeuresField("heures offertes par le titulaire", null=True, blank=True)
    objectif_texte = models.TextField("objectif, tel que le contrat l’écrit", blank=True)
    perimetre = models.TextField("périmètre de la clause", blank=True)
    publics_admis = models.TextField("publics admis", blank=True)
    nomme_facilitateur = models.BooleanField("la clause nomme le facilitateur", default=False)
    duree_eligibilite_mois = models.PositiveSmallIntegerField(
        "durée d’éligibilité (mois)", null=True, blank=True, help_text="Vide : celle de la structure."
    )
    coefficient_formation = CentiemesField(
        "coefficient des heures de formation",
        default=Decimal("1.00"),
        help_text="1 : une heure de formation compte pour une heure.",
    )
    plafond_formation = HeuresField(
        "plafond des heures de formation",
        null=True,
        blank=True,
        help_text="Heures de formation retenues au plus par engagement ; vide : sans plafond.",
    )
    periodicite = models.CharField(
        "périodicité des relevés", max_length=20, choices=Periodicite.choices, default=Periodicite.MENSUELLE
    )
    version = models.PositiveIntegerField("version", default=1)

    objects = ClauseQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "lot", "nature_clause", "type_objectif", "objectif_montant", "objectif_exclu",
            "objectif_part", "objectif_taux", "objectif_cout_horaire", "objectif_tranche", "objectif_heures_totales",
            "objectif_part_heures", "objectif_personnes", "objectif_etp", "objectif_plancher", "objectif_offre",
            "objectif_texte", "perimetre", "publics_admis", "nomme_facilitateur", "duree_eligibilite_mois",
            "coefficient_formation", "plafond_formation", "periodicite", "version",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "clause"
        ordering = ["lot", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot", "nature_clause"],
                name="clause_nature_unique",
                violation_error_message="Ce lot porte déjà une clause de cette nature.",
            ),
            models.CheckConstraint(
                name="clause_duree_eligibilite",
                condition=Q(duree_eligibilite_mois=None) | Q(duree_eligibilite_mois__range=(1, 120)),
                violation_error_message="La durée d’éligibilité va de 1 à 120 mois.",
            ),
            models.CheckConstraint(
                name="clause_objectif_complet_ou_absent",
                condition=Q(
                    objectif_montant=None,
                    objectif_part=None,
                    objectif_taux=None,
                    objectif_cout_horaire=None,
                    objectif_exclu=None,
                )
                | Q(
                    # Une comparaison avec un vide n’est ni vraie ni fausse : la base la laisserait passer.
                    objectif_montant__isnull=False,
                    objectif_part__isnull=False,
                    objectif_taux__isnull=False,
                    objectif_cout_horaire__isnull=False,
                    objectif_montant__gt=0,
                    objectif_part__gt=0,
                    objectif_part__lte=100,
                    objectif_taux__gt=0,
                    objectif_taux__lte=100,
                    objectif_cout_horaire__gt=0,
                ),
                violation_error_message="Un calcul d’objectif se garde entier : montant, part de main-d’œuvre et taux "
                "(de 0 à 100 pour cent), coût horaire, tous supérieurs à zéro.",
            ),
            models.CheckConstraint(
                name="clause_objectif_tranche",
                condition=Q(objectif_tranche=None) | Q(objectif_tranche__gt=0),
                violation_error_message="Le montant facturé pour une heure est supérieur à zéro.",
            ),
            models.CheckConstraint(
                name="clause_objectif_exclu",
                condition=Q(objectif_exclu=None) | Q(objectif_exclu__gte=0, objectif_exclu__lt=F("objectif_montant")),
                violation_error_message="Le personnel repris, exclu de l’assiette, coûte moins que le montant.",
            ),
            models.CheckConstraint(
                name="clause_objectif_part_heures",
                condition=Q(objectif_heures_totales=None, objectif_part_heures=None)
                | Q(
                    objectif_heures_totales__isnull=False,
                    objectif_part_heures__isnull=False,
                    objectif_heures_totales__gt=0,
                    objectif_part_heures__gt=0,
                    objectif_part_heures__lte=100,
                ),
                violation_error_message="Une part des heures travaillées se donne avec le total des heures, "
                "supérieur à zéro, et un pourcentage de 0 à 100.",
            ),
            models.CheckConstraint(
                name="clause_objectif_personnes",
                condition=(Q(objectif_personnes=None) | Q(objectif_personnes__gt=0))
                & (Q(objectif_etp=None) | Q(objectif_etp__gt=0)),
                violation_error_message="Un nombre de personnes ou d’équivalents temps plein est supérieur à zéro.",
            ),
            models.CheckConstraint(
                name="clause_objectif_offre",
                condition=(Q(objectif_plancher=None) | Q(objectif_plancher__gte=0))
                & (Q(objectif_offre=None) | Q(objectif_offre__gte=0)),
                violation_error_message="Le plancher et l’offre sont des heures, jamais négatives.",
            ),
            models.CheckConstraint(
                name="clause_coefficient_formation",
                condition=Q(coefficient_formation__range=(Decimal(0), Decimal(5))),
                violation_error_message="Le coefficient des heures de formation va de 0 à 5.",
            ),
            models.CheckConstraint(
                name="clause_plafond_formation",
                condition=Q(plafond_formation=None) | Q(plafond_formation__gte=0),
                violation_error_message="Le plafond des heures de formation n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_nature_clause_display()


class Engagement(models.Model):
    """Qui doit combien : une entreprise redevable d’heures au titre d’une clause."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    clause = models.ForeignKey(Clause, verbose_name="clause", on_delete=models.PROTECT, related_name="engagements")
    entreprise = models.ForeignKey(
        Entreprise, verbose_name="entreprise redevable", on_delete=models.PROTECT, related_name="engagements"
    )
    date_debut = models.DateField("début", null=True, blank=True, help_text="Vide : celui du marché.")
    date_fin = models.DateField("fin", null=True, blank=True, help_text="Vide : celle du marché.")
    part_groupement = CentiemesField(
        "part dans le groupement (%)",
        null=True,
        blank=True,
        help_text="Répartit l’objectif entre les entreprises engagées ; vide : selon ce que chacune facture.",
    )
    version = models.PositiveIntegerField("version", default=1)

    objects = EngagementQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "structure", "clause", "entreprise", "date_debut", "date_fin", "part_groupement", "version"), "interne"
    )

    class Meta:
        verbose_name = "engagement"
        ordering = ["clause", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "entreprise"],
                name="engagement_unique",
                violation_error_message="Cette entreprise a déjà un engagement au titre de cette clause.",
            ),
            models.CheckConstraint(
                name="engagement_debut_avant_fin",
                condition=Q(date_debut=None) | Q(date_fin=None) | Q(date_debut__lte=F("date_fin")),
                violation_error_message="La fin de l’engagement précède son début.",
            ),
            models.CheckConstraint(
                name="engagement_part_groupement",
                condition=Q(part_groupement=None) | Q(part_groupement__gt=0, part_groupement__lte=Decimal(100)),
                violation_error_message="La part dans le groupement va de 0 à 100 pour cent.",
            ),
        ]

    def __str__(self) -> str:
        lot = self.clause.lot
        return f"{self.entreprise} – {lot.marche.reference} lot {lot.numero}"

    def get_absolute_url(self) -> str:
        return reverse("heures:grille", args=[self.pk])

    @property
    def debut(self) -> datetime.date | None:
        """Premier jour où des heures peuvent s’imputer : l’engagement, sinon le marché ; `None` si rien n’est dit."""
        marche = self.clause.lot.marche
        return self.date_debut or marche.date_debut or marche.date_notification

    @property
    def fin(self) -> datetime.date | None:
        return self.date_fin or self.clause.lot.marche.date_fin

    def avancement(self, *, au: datetime.date) -> Avancement:
        """Avancement à une date d’un engagement lu par `avec_avancement(au=…)`."""
        return avancement(self, debut=self.debut, fin=self.fin, au=au, jalons=self.echeancier)

    @property
    def echeancier(self) -> list[previsions.Jalon]:
        """Les jalons dans l’ordre ; `avec_avancement` les lit d’avance."""
        return [previsions.Jalon(jalon.date, jalon.part) for jalon in self.jalons.all()]


class JalonEngagement(models.Model):
    """Un point de l’échéancier : à cette date, cette part de l’engagement est attendue (domaine.md §4).

    Une part, jamais des heures : un avenant change ce qui est attendu sans que l’échéancier soit à refaire.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="jalons"
    )
    date = models.DateField("date")
    part = models.PositiveSmallIntegerField("part attendue (%)")

    objects = JalonQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "engagement", "date", "part"), "interne")

    class Meta:
        verbose_name = "jalon de l’échéancier"
        verbose_name_plural = "jalons de l’échéancier"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "date"],
                name="jalon_date_unique",
                violation_error_message="L’échéancier a déjà un jalon à cette date.",
            ),
            models.CheckConstraint(
                name="jalon_part",
                condition=Q(part__range=(0, 100)),
                violation_error_message="La part attendue va de 0 à 100 pour cent.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} % au {self.date:%d/%m/%Y}"


class MouvementEngagement(models.Model):
    """Grand livre : jamais modifié, seulement complété (la base refuse toute mise à jour)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="mouvements"
    )
    date = models.DateField("date")
    nature = models.CharField("nature", max_length=20, choices=NatureMouvement.choices)
    heures = HeuresField("heures (+ ou −)")
    motif = models.CharField("motif", max_length=500, blank=True)
    piece = models.CharField("pièce", max_length=200, blank=True, help_text="Référence de l’acte qui le justifie.")
    inscrit_le = models.DateTimeField("inscrit le", auto_now_add=True)
    inscrit_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="inscrit par", on_delete=models.PROTECT, related_name="+"
    )

    objects = MouvementQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "engagement", "date", "nature", "heures", "motif", "piece", "inscrit_le", "inscrit_par",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "mouvement d’engagement"
        verbose_name_plural = "mouvements d’engagement"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(nature=NatureMouvement.INITIAL),
                name="mouvement_un_initial",
                violation_error_message="Cet engagement a déjà son mouvement initial.",
            ),
            models.CheckConstraint(
                name="mouvement_non_nul",
                condition=~Q(heures=Decimal(0)),
                violation_error_message="Un mouvement ajoute ou retire des heures : zéro n’en est pas un.",
            ),
            models.CheckConstraint(
                name="mouvement_initial_positif",
                condition=~Q(nature=NatureMouvement.INITIAL) | Q(heures__gt=0),
                violation_error_message="L’engagement initial est un nombre d’heures supérieur à zéro.",
            ),
        ]
        indexes = [models.Index(fields=["engagement", "date"], name="mouvement_par_date")]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.heures:+}"
