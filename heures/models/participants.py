"""La personne, la photographie de son profil à l’entrée, sa sortie."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.recherche import RechercheField
from entreprises.models import FORME_CODE_INSEE
from heures.enums import (
    CriterePublic,
    DureeInscription,
    Niveau,
    OuiNonInconnu,
    Sexe,
    SituationSortie,
    TypePiece,
)
from heures.querysets import EntreeClauseQuerySet, ParticipantQuerySet


class Participant(models.Model):
    """La personne qui fait les heures. Ni NIR, ni bulletin de paie (domaine.md §8)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    identifiant = models.CharField("identifiant", max_length=40)
    nom = models.CharField("nom", max_length=100)
    prenom = models.CharField("prénom", max_length=100)
    sexe = models.CharField("sexe", max_length=1, choices=Sexe.choices)
    date_naissance = models.DateField("date de naissance", null=True, blank=True)
    commune_insee = models.CharField("commune de résidence (code INSEE)", max_length=5, blank=True)
    est_participant_plie = models.BooleanField("participant PLIE", default=False)
    fusionnee_avec = models.ForeignKey(
        "self",
        verbose_name="fusionnée avec",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="fiches_fusionnees",
    )
    recherche = RechercheField("texte de recherche", max_length=300, sources=["nom", "prenom", "identifiant"])
    version = models.PositiveIntegerField("version", default=1)

    objects = ParticipantQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "version", "est_participant_plie", "fusionnee_avec"), "interne"),
        **dict.fromkeys(
            ("identifiant", "nom", "prenom", "sexe", "date_naissance", "commune_insee", "recherche"), "identifiant"
        ),
    }

    class Meta:
        verbose_name = "participant"
        ordering = ["nom", "prenom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "identifiant"],
                name="participant_identifiant_unique",
                violation_error_message="Cet identifiant est déjà celui d’une autre personne.",
            ),
            models.CheckConstraint(
                name="participant_sexe",
                condition=Q(sexe__in=Sexe.values),
                violation_error_message="Le sexe se note F ou H.",
            ),
            models.CheckConstraint(
                name="participant_code_insee",
                condition=Q(commune_insee__regex=FORME_CODE_INSEE),
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
        ]
        indexes = [models.Index(fields=["structure", "nom", "prenom"], name="participant_par_nom")]

    def __str__(self) -> str:
        return f"{self.nom.upper()} {self.prenom}"

    def get_absolute_url(self) -> str:
        return reverse("heures:participant", args=[self.pk])


class EntreeClause(models.Model):
    """Photographie du profil à l’entrée : immuable ; une correction fait une nouvelle version (domaine.md §2)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        Participant, verbose_name="participant", on_delete=models.PROTECT, related_name="entrees"
    )
    numero = models.PositiveSmallIntegerField("numéro d’entrée", default=1)
    version = models.PositiveSmallIntegerField("version", default=1)
    est_courante = models.BooleanField("version courante", default=True)
    date_entree = models.DateField("date d’entrée")
    date_constat = models.DateField("date du constat d’éligibilité", null=True, blank=True)
    commune_insee = models.CharField("commune de résidence (code INSEE)", max_length=5, blank=True)
    qpv = models.CharField("réside en QPV", max_length=3, choices=OuiNonInconnu.choices, default=OuiNonInconnu.NR)
    niveau = models.CharField("niveau de formation", max_length=30, choices=Niveau.choices, default=Niveau.NR)
    duree_inscription = models.CharField(
        "durée d’inscription", max_length=20, choices=DureeInscription.choices, default=DureeInscription.NR
    )
    brsa = models.CharField(
        "bénéficiaire du RSA", max_length=3, choices=OuiNonInconnu.choices, default=OuiNonInconnu.NR
    )
    est_participant_plie = models.BooleanField("participant PLIE", default=False)
    prescripteur = models.CharField("prescripteur", max_length=120, blank=True)
    piece_type = models.CharField("pièce vue", max_length=40, choices=TypePiece.choices, blank=True)
    piece_date = models.DateField("date de la pièce", null=True, blank=True)
    piece_valable_jusqu_au = models.DateField("pièce valable jusqu’au", null=True, blank=True)
    piece_vue_le = models.DateField("pièce vue le", null=True, blank=True)
    piece_vue_par = auteur("pièce vue par", null=True, blank=True)
    motif = models.TextField("motif", blank=True, help_text="Avis motivé, ou raison de la correction.")
    enregistree_le = models.DateTimeField("enregistrée le", auto_now_add=True)
    enregistree_par = auteur("enregistrée par")
    visa_le = models.DateTimeField("visa le", null=True, blank=True)
    visa_par = auteur("visa par", null=True, blank=True)

    objects = EntreeClauseQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "participant", "numero", "version", "est_courante", "date_entree", "date_constat",
                "est_participant_plie", "enregistree_le", "enregistree_par", "visa_le", "visa_par", "piece_vue_le",
                "piece_vue_par", "piece_date", "piece_valable_jusqu_au",
            ),
            "interne",
        ),
        "commune_insee": "identifiant",
        **dict.fromkeys(
            ("qpv", "niveau", "duree_inscription", "brsa", "prescripteur", "piece_type", "motif"), "sensible9"
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = "entrée en clause"
        verbose_name_plural = "entrées en clause"
        ordering = ["participant", "numero", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "numero", "version"],
                name="entree_version_unique",
                violation_error_message="Cette version d’entrée existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["participant", "numero"],
                condition=Q(est_courante=True),
                name="entree_une_courante",
                violation_error_message="Cette entrée a déjà une version courante.",
            ),
            models.CheckConstraint(
                name="entree_piece_complete_ou_absente",
                condition=Q(piece_type="", piece_vue_le=None, piece_vue_par=None)
                | (~Q(piece_type="") & Q(piece_vue_le__isnull=False, piece_vue_par__isnull=False)),
                violation_error_message="Une pièce vue porte son type, la date où elle a été vue et par qui.",
            ),
            models.CheckConstraint(
                name="entree_visa_complet_ou_absent",
                condition=Q(visa_le=None, visa_par=None) | Q(visa_le__isnull=False, visa_par__isnull=False),
                violation_error_message="Un visa porte une date et un auteur.",
            ),
            models.CheckConstraint(
                name="entree_code_insee",
                condition=Q(commune_insee__regex=FORME_CODE_INSEE),
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
        ]

    def __str__(self) -> str:
        return f"Entrée n° {self.numero} (version {self.version})"


class CritereEntree(models.Model):
    """Un critère d’éligibilité constaté à l’entrée ; un seul est principal."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    entree = models.ForeignKey(
        EntreeClause, verbose_name="entrée en clause", on_delete=models.PROTECT, related_name="criteres"
    )
    critere = models.CharField("critère", max_length=30, choices=CriterePublic.choices)
    est_principal = models.BooleanField("principal", default=False)

    objects = StructureQuerySet["CritereEntree"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "entree"), "interne"),
        **dict.fromkeys(("critere", "est_principal"), "sensible9"),
    }

    class Meta:
        verbose_name = "critère d’entrée"
        verbose_name_plural = "critères d’entrée"
        ordering = ["-est_principal", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entree", "critere"],
                name="critere_unique",
                violation_error_message="Ce critère est déjà noté.",
            ),
            models.UniqueConstraint(
                fields=["entree"],
                condition=Q(est_principal=True),
                name="critere_un_principal",
                violation_error_message="Un seul critère est principal.",
            ),
            models.CheckConstraint(
                name="critere_connu",
                condition=Q(critere__in=CriterePublic.values),
                violation_error_message="Ce critère n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_critere_display()


class Prolongation(models.Model):
    """Prolongation motivée de l’éligibilité au-delà de sa durée (domaine.md §3.5)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        Participant, verbose_name="participant", on_delete=models.PROTECT, related_name="prolongations"
    )
    jusqu_au = models.DateField("jusqu’au")
    motif = models.CharField("motif", max_length=500)
    accordee_le = models.DateTimeField("accordée le", auto_now_add=True)
    accordee_par = auteur("accordée par")

    objects = StructureQuerySet["Prolongation"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "participant", "jusqu_au", "accordee_le", "accordee_par"), "interne"),
        "motif": "sensible9",
    }

    class Meta:
        verbose_name = "prolongation d’éligibilité"
        verbose_name_plural = "prolongations d’éligibilité"
        ordering = ["participant", "-jusqu_au"]
        constraints = [
            models.CheckConstraint(
                name="prolongation_motivee",
                condition=~Q(motif=""),
                violation_error_message="Une prolongation porte son motif.",
            )
        ]

    def __str__(self) -> str:
        return f"Jusqu’au {self.jusqu_au:%d/%m/%Y}"


class Sortie(models.Model):
    """Sortie du parcours, et ce que la personne est devenue à 6 et à 12 mois."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        Participant, verbose_name="participant", on_delete=models.PROTECT, related_name="sorties"
    )
    date = models.DateField("date de sortie")
    situation = models.CharField("situation à la sortie", max_length=30, choices=SituationSortie.choices)
    situation_6_mois = models.CharField(
        "situation à 6 mois", max_length=30, choices=SituationSortie.choices, blank=True
    )
    situation_12_mois = models.CharField(
        "situation à 12 mois", max_length=30, choices=SituationSortie.choices, blank=True
    )
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Sortie"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "participant", "date", "version"), "interne"),
        **dict.fromkeys(("situation", "situation_6_mois", "situation_12_mois"), "sensible9"),
    }

    class Meta:
        verbose_name = "sortie"
        ordering = ["participant", "-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "date"],
                name="sortie_unique",
                violation_error_message="Une sortie est déjà notée à cette date.",
            ),
            models.CheckConstraint(
                name="sortie_situation",
                condition=Q(situation__in=SituationSortie.values),
                violation_error_message="Cette situation de sortie n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_situation_display()} le {self.date:%d/%m/%Y}"
