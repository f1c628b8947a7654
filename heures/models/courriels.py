"""Les courriels aux entreprises : modèles que la structure modifie, et trace de ce qui est parti."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from heures.enums import NatureEnvoi, StatutEnvoi
from heures.models.contrats import Releve


class ModeleCourriel(models.Model):
    """Le texte d’un courriel, propre à la structure ; à défaut, celui de l’application."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    nature = models.CharField("nature", max_length=12, choices=NatureEnvoi.choices)
    objet = models.CharField("objet", max_length=150)
    corps = models.TextField("corps", max_length=5000)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["ModeleCourriel"].as_manager()

    CLASSIFICATION = dict.fromkeys(("id", "structure", "nature", "objet", "corps", "version"), "interne")

    class Meta:
        verbose_name = "modèle de courriel"
        verbose_name_plural = "modèles de courriel"
        ordering = ["structure", "nature"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "nature"],
                name="modele_courriel_unique",
                violation_error_message="Cette nature de courriel a déjà son modèle.",
            ),
            models.CheckConstraint(
                name="modele_courriel_nature",
                condition=Q(nature__in=NatureEnvoi.values),
                violation_error_message="Cette nature de courriel n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_nature_display()


class Envoi(models.Model):
    """Un courriel à une entreprise, au sujet d’un relevé. Le lien personnel n’y est pas gardé."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    releve = models.ForeignKey(Releve, verbose_name="relevé", on_delete=models.PROTECT, related_name="envois")
    nature = models.CharField("nature", max_length=12, choices=NatureEnvoi.choices)
    destinataire = models.EmailField("destinataire")
    objet = models.CharField("objet", max_length=200)
    corps = models.TextField("corps")
    statut = models.CharField("statut", max_length=10, choices=StatutEnvoi.choices, default=StatutEnvoi.A_ENVOYER)
    erreur = models.CharField("erreur", max_length=300, blank=True)
    prepare_le = models.DateTimeField("préparé le", auto_now_add=True)
    prepare_par = auteur("préparé par")
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Envoi"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            ("id", "structure", "releve", "nature", "statut", "erreur", "prepare_le", "prepare_par", "version"),
            "interne",
        ),
        **dict.fromkeys(("destinataire", "objet", "corps"), "identifiant"),
    }

    class Meta:
        verbose_name = "envoi"
        ordering = ["-prepare_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="envoi_nature",
                condition=Q(nature__in=NatureEnvoi.values),
                violation_error_message="Cette nature de courriel n’existe pas.",
            ),
            models.CheckConstraint(
                name="envoi_echec_explique",
                condition=Q(statut=StatutEnvoi.ECHEC) & ~Q(erreur="") | ~Q(statut=StatutEnvoi.ECHEC) & Q(erreur=""),
                violation_error_message="Un échec d’envoi porte sa raison.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} – {self.releve}"
