"""Le manquement : barèmes datés, règles de pénalité d’une clause, suite graduée, proposition et décision."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.socle.champs import CentiemesField, EurosField
from marches.enums import CodeBareme, FormulePenalite, NatureEvenement, StatutPenalite
from marches.models.clauses import Clause, Engagement
from marches.querysets import BaremeQuerySet, EvenementQuerySet, PenaliteQuerySet, ReglePenaliteQuerySet


class Bareme(models.Model):
    """Une valeur publique datée (SMIC horaire, plafond horaire), commune à l’instance, avec sa source."""

    code = models.CharField("barème", max_length=20, choices=CodeBareme.choices)
    date_debut = models.DateField("à compter du")
    valeur = EurosField("valeur")
    source = models.CharField("source", max_length=200)
    version = models.PositiveIntegerField("version", default=1)

    objects = BaremeQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "code", "date_debut", "valeur", "source"), "public") | {"version": "interne"}

    class Meta:
        verbose_name = "barème"
        ordering = ["code", "-date_debut"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "date_debut"],
                name="bareme_date_unique",
                violation_error_message="Ce barème a déjà une valeur à cette date.",
            ),
            models.CheckConstraint(
                name="bareme_positif",
                condition=Q(valeur__gt=0),
                violation_error_message="Un barème est supérieur à zéro.",
            ),
            models.CheckConstraint(
                name="bareme_code",
                condition=Q(code__in=CodeBareme.values),
                violation_error_message="Ce barème n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} au {self.date_debut:%d/%m/%Y}"


class ReglePenalite(models.Model):
    """Une formule de pénalité d’une clause ; une clause peut en porter plusieurs (domaine.md §5).

    `valeur` : euros, coefficient ou pourcentage, selon la formule.
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    clause = models.ForeignKey(Clause, verbose_name="clause", on_delete=models.PROTECT, related_name="penalites")
    formule = models.CharField("formule", max_length=20, choices=FormulePenalite.choices)
    valeur = CentiemesField("valeur")
    plafond_euros = EurosField("plafond en euros", null=True, blank=True)
    plafond_pourcent = CentiemesField("plafond en % du montant du lot", null=True, blank=True)
    exige_mise_en_demeure = models.BooleanField("mise en demeure préalable", default=True)
    delai_jours = models.PositiveSmallIntegerField("délai de la mise en demeure (jours ouvrés)", default=15)
    article = models.CharField("article du contrat", max_length=60, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = ReglePenaliteQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "clause", "formule", "valeur", "plafond_euros", "plafond_pourcent",
            "exige_mise_en_demeure", "delai_jours", "article", "version",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "règle de pénalité"
        verbose_name_plural = "règles de pénalité"
        ordering = ["clause", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "formule"],
                name="penalite_formule_unique",
                violation_error_message="Cette clause porte déjà une pénalité de cette formule.",
            ),
            models.CheckConstraint(
                name="penalite_valeur_positive",
                condition=Q(valeur__gt=0),
                violation_error_message="La valeur d’une pénalité est supérieure à zéro.",
            ),
            models.CheckConstraint(
                name="penalite_plafonds",
                condition=(Q(plafond_euros=None) | Q(plafond_euros__gt=0))
                & (Q(plafond_pourcent=None) | Q(plafond_pourcent__gt=0, plafond_pourcent__lte=Decimal(100))),
                violation_error_message="Un plafond est supérieur à zéro, et d’au plus 100 pour cent du montant.",
            ),
            models.CheckConstraint(
                name="penalite_formule",
                condition=Q(formule__in=FormulePenalite.values),
                violation_error_message="Cette formule de pénalité n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_formule_display()


class Evenement(models.Model):
    """Une étape datée de la suite graduée d’un engagement : appel, relance, mise en demeure, proposition, décision."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="evenements"
    )
    nature = models.CharField("nature", max_length=20, choices=NatureEvenement.choices)
    date = models.DateField("date")
    echeance = models.DateField("réponse attendue le", null=True, blank=True)
    texte = models.TextField("note", blank=True)
    inscrit_le = models.DateTimeField("inscrit le", auto_now_add=True)
    inscrit_par = auteur("inscrit par")

    objects = EvenementQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            ("id", "structure", "engagement", "nature", "date", "echeance", "inscrit_le", "inscrit_par"), "interne"
        ),
        # Un texte libre peut nommer quelqu’un.
        "texte": "identifiant",
    }

    class Meta:
        verbose_name = "événement"
        ordering = ["date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="evenement_nature",
                condition=Q(nature__in=NatureEvenement.values),
                violation_error_message="Cette nature d’événement n’existe pas.",
            ),
            models.CheckConstraint(
                name="evenement_echeance_apres",
                condition=Q(echeance=None) | Q(echeance__gte=F("date")),
                violation_error_message="La réponse est attendue après l’événement.",
            ),
        ]
        indexes = [models.Index(fields=["engagement", "date"], name="evenement_par_engagement")]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} du {self.date:%d/%m/%Y}"


class PropositionPenalite(models.Model):
    """Ce que le facilitateur calcule et propose ; ce que l’acheteur décide (domaine.md §5).

    `calcul` : chaque terme de la formule, tel que le document le montre. `courrier_…` : la décision d’un acheteur sans
    compte, que la structure a reçue et inscrite ; `decidee_par` est alors l’agent qui l’inscrit (docs/adr/0024).
    """

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(
        Engagement, verbose_name="engagement", on_delete=models.PROTECT, related_name="propositions"
    )
    arretee_au = models.DateField("arrêtée au")
    montant = EurosField("montant proposé")
    calcul = models.JSONField("calcul")
    statut = models.CharField("statut", max_length=10, choices=StatutPenalite.choices, default=StatutPenalite.PROPOSEE)
    montant_decide = EurosField("montant décidé", null=True, blank=True)
    motif = models.TextField("motif de la décision", blank=True)
    proposee_le = models.DateTimeField("proposée le", auto_now_add=True)
    proposee_par = auteur("proposée par")
    decidee_le = models.DateTimeField("décidée le", null=True, blank=True)
    decidee_par = auteur("décidée par", null=True, blank=True)
    courrier_date = models.DateField("décision reçue par courrier du", null=True, blank=True)
    courrier_reference = models.CharField("référence du courrier", max_length=120, blank=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = PenaliteQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        (
            "id", "structure", "engagement", "arretee_au", "montant", "calcul", "statut", "montant_decide", "motif",
            "proposee_le", "proposee_par", "decidee_le", "decidee_par", "courrier_date", "courrier_reference",
            "version",
        ),
        "interne",
    )  # fmt: skip

    class Meta:
        verbose_name = "proposition de pénalité"
        verbose_name_plural = "propositions de pénalité"
        ordering = ["-proposee_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["engagement"],
                condition=Q(statut=StatutPenalite.PROPOSEE),
                name="proposition_une_en_attente",
                violation_error_message="Une proposition de pénalité attend déjà la décision de l’acheteur.",
            ),
            models.CheckConstraint(
                name="proposition_montant_positif",
                condition=Q(montant__gt=0),
                violation_error_message="Une pénalité proposée est supérieure à zéro.",
            ),
            models.CheckConstraint(
                name="proposition_decision_complete_ou_absente",
                condition=Q(statut=StatutPenalite.PROPOSEE, decidee_le=None, decidee_par=None, montant_decide=None)
                | (
                    ~Q(statut=StatutPenalite.PROPOSEE)
                    & Q(decidee_le__isnull=False, decidee_par__isnull=False, montant_decide__isnull=False)
                    & ~Q(motif="")
                ),
                violation_error_message="Une décision porte son montant, son motif, sa date et son auteur.",
            ),
            models.CheckConstraint(
                name="proposition_courrier_complet_ou_absent",
                condition=Q(courrier_date=None, courrier_reference="")
                | (Q(courrier_date__isnull=False) & ~Q(courrier_reference="") & ~Q(statut=StatutPenalite.PROPOSEE)),
                violation_error_message="Une décision reçue par courrier porte la date et la référence du courrier.",
            ),
            models.CheckConstraint(
                name="proposition_montant_decide",
                condition=Q(montant_decide=None) | Q(montant_decide__gte=0, montant_decide__lte=F("montant")),
                violation_error_message="Le montant décidé va de zéro au montant proposé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposition du {self.proposee_le:%d/%m/%Y}"

    @property
    def trace_du_courrier(self) -> str:
        """D’où vient une décision que l’acheteur n’a pas prise dans l’outil ; vide s’il l’y a prise."""
        if self.courrier_date is None or self.decidee_le is None:
            return ""
        inscrite = timezone.localdate(self.decidee_le)
        return (
            f"décision reçue par courrier du {self.courrier_date:%d/%m/%Y} ({self.courrier_reference}), inscrite le "
            f"{inscrite:%d/%m/%Y}"
        )

    @property
    def termes(self) -> list[dict[str, object]]:
        """Les termes du calcul, montants en `Decimal` (euros)."""
        return [
            {**terme, "avant_plafond": Decimal(terme["avant_plafond"]), "montant": Decimal(terme["montant"])}
            for terme in self.calcul
        ]
