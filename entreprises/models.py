"""L’annuaire des entreprises, commun à l’instance : données publiques du répertoire SIRENE (domaine.md §1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.perimetre import PerimetreQuerySet
from clauses.socle.champs import SiretField
from clauses.socle.recherche import RechercheField
from entreprises.enums import SIAE, TypeEmployeur

FORME_CODE_INSEE = r"^(([0-9]{2}|2[AB])[0-9]{3})?$"


class EntrepriseQuerySet(PerimetreQuerySet["Entreprise"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        match acteur.role:
            case Role.FACILITATEUR | Role.RESPONSABLE | Role.LECTEUR:
                return Q()
            case Role.ENTREPRISE:
                return Q(pk=acteur.entreprise_id)
            case _:
                return None


class Entreprise(models.Model):
    siret = SiretField("SIRET", unique=True, error_messages={"unique": "Ce SIRET est déjà dans l’annuaire."})
    raison_sociale = models.CharField("raison sociale", max_length=255)
    type_employeur = models.CharField(
        "type d’employeur", max_length=20, choices=TypeEmployeur.choices, default=TypeEmployeur.ENTREPRISE
    )
    naf = models.CharField("code NAF", max_length=6, blank=True)
    commune_insee = models.CharField("commune (code INSEE)", max_length=5, blank=True)
    recherche = RechercheField("texte de recherche", max_length=300, sources=["raison_sociale"])
    version = models.PositiveIntegerField("version", default=1)

    objects = EntrepriseQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(
        ("id", "siret", "raison_sociale", "type_employeur", "naf", "commune_insee", "version"), "public"
    ) | {"recherche": "interne"}

    class Meta:
        verbose_name = "entreprise"
        ordering = ["raison_sociale", "pk"]
        constraints = [
            models.CheckConstraint(
                name="entreprise_siret_14_chiffres",
                condition=Q(siret__regex=r"^[0-9]{14}$"),
                violation_error_message="Un SIRET comporte 14 chiffres.",
            ),
            models.CheckConstraint(
                name="entreprise_code_insee",
                condition=Q(commune_insee__regex=FORME_CODE_INSEE),
                violation_error_message="Un code INSEE de commune comporte 5 caractères, par exemple 62041.",
            ),
            models.CheckConstraint(
                name="entreprise_type_employeur",
                condition=Q(type_employeur__in=TypeEmployeur.values),
                violation_error_message="Ce type d’employeur n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return self.raison_sociale

    def get_absolute_url(self) -> str:
        return reverse("entreprises:fiche", args=[self.pk])

    @property
    def est_siae(self) -> bool:
        return self.type_employeur in SIAE
