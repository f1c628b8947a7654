"""L’annuaire des entreprises, commun à l’instance : données publiques du répertoire SIRENE (domaine.md §1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.models import Structure
from clauses.comptes.perimetre import PerimetreQuerySet, StructureQuerySet
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


class Contact(models.Model):
    """La personne à joindre dans une entreprise : elle appartient à la structure, non à l’annuaire (domaine.md §1)."""

    structure = models.ForeignKey(Structure, verbose_name="structure", on_delete=models.PROTECT, related_name="+")
    entreprise = models.ForeignKey(
        Entreprise, verbose_name="entreprise", on_delete=models.PROTECT, related_name="contacts"
    )
    nom = models.CharField("nom", max_length=120)
    fonction = models.CharField("fonction", max_length=120, blank=True)
    courriel = models.EmailField("adresse de courriel", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    recoit_demandes = models.BooleanField("reçoit les demandes de relevé", default=False)
    est_actif = models.BooleanField("actif", default=True)
    version = models.PositiveIntegerField("version", default=1)

    objects = StructureQuerySet["Contact"].as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(("id", "structure", "entreprise", "recoit_demandes", "est_actif", "version"), "interne"),
        **dict.fromkeys(("nom", "fonction", "courriel", "telephone"), "identifiant"),
    }

    class Meta:
        verbose_name = "contact"
        ordering = ["entreprise", "nom", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "entreprise", "courriel"],
                condition=~Q(courriel=""),
                name="contact_courriel_unique",
                violation_error_message="Cette adresse est déjà celle d’un contact de l’entreprise.",
            ),
            models.CheckConstraint(
                name="contact_adresse_pour_les_demandes",
                condition=Q(recoit_demandes=False) | ~Q(courriel=""),
                violation_error_message="Qui reçoit les demandes de relevé a une adresse de courriel.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom
