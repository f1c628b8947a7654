"""L’import de relevés par fichier : correspondances de colonnes apprises, et trace de chaque fichier importé."""

from __future__ import annotations

from django.db import models

from clauses.comptes.champs import auteur
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.champs import HeuresField


class Correspondance(models.Model):
    """Les colonnes d’un expéditeur : pour chaque champ connu, l’en-tête de son fichier (formats.md §3)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    nom = models.CharField("expéditeur", max_length=80)
    colonnes = models.JSONField("colonnes")
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Correspondance"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "colonnes", "version"), "interne"),
        # Le nom d’un expéditeur peut être celui d’une personne.
        "nom": "identifiant",
    }

    class Meta:
        verbose_name = "correspondance de colonnes"
        verbose_name_plural = "correspondances de colonnes"
        ordering = ["nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "nom"],
                name="correspondance_nom_unique",
                violation_error_message="Cet expéditeur a déjà sa correspondance de colonnes.",
            )
        ]

    def __str__(self) -> str:
        return self.nom


class ImportHeures(models.Model):
    """Un fichier de relevés importé : son empreinte le fait reconnaître s’il revient."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    nom_fichier = models.CharField("nom du fichier", max_length=200)
    empreinte = models.CharField("empreinte SHA-256", max_length=64)
    nombre_lignes = models.PositiveIntegerField("lignes lues")
    nombre_creees = models.PositiveIntegerField("lignes créées")
    nombre_remplacees = models.PositiveIntegerField("lignes remplacées")
    nombre_deja = models.PositiveIntegerField("lignes déjà là")
    heures = HeuresField("heures du fichier")
    importe_le = models.DateTimeField("importé le", auto_now_add=True)
    importe_par = auteur("importé par")

    objects = StructureQuerySet["ImportHeures"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "empreinte", "nombre_lignes", "nombre_creees", "nombre_remplacees", "nombre_deja",
                "heures", "importe_le", "importe_par",
            ),
            "interne",
        ),
        "nom_fichier": "identifiant",
    }  # fmt: skip

    class Meta:
        verbose_name = "import de relevés"
        verbose_name_plural = "imports de relevés"
        ordering = ["-importe_le", "-pk"]
        indexes = [models.Index(fields=["structure", "empreinte"], name="import_heures_empreinte")]

    def __str__(self) -> str:
        return self.nom_fichier
