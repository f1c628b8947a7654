"""Le jeton : ce qu’un programme présente à l’API pour agir au titre d’un rattachement, avec une part de ses droits."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.champs import auteur
from clauses.comptes.perimetre import PerimetreQuerySet, StructureQuerySet
from clauses.comptes.portees import Portee, droits_de

if TYPE_CHECKING:
    from clauses.comptes.models import Rattachement


class JetonQuerySet(StructureQuerySet["Jeton"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        """Chacun les siens ; qui gère la structure, ceux de ses intégrations aussi ; un lien de dépôt, aucun."""
        if acteur.releve_id is not None:
            return None
        siens = Q(rattachement__utilisateur_id=acteur.utilisateur_id)
        if acteur.peut(Droit.GERER_STRUCTURE):
            siens |= Q(rattachement__utilisateur__est_integration=True)
        return Q(structure_id=acteur.structure_id) & siens

    def en_vigueur(self, *, le: datetime.datetime) -> Self:
        """Ni révoqués ni échus, d’un accès ouvert. Le compte d’une intégration est inactif : il ne se connecte pas."""
        return self.filter(
            Q(rattachement__utilisateur__is_active=True) | Q(rattachement__utilisateur__est_integration=True),
            revoque_le=None,
            valable_jusqu_au__gt=le,
            rattachement__est_actif=True,
        )


class Jeton(models.Model):
    """« clauses_<prefixe>_<secret> ». Le secret n’est montré qu’une fois : la base n’en garde que l’empreinte."""

    structure = models.ForeignKey(
        "comptes.Structure", verbose_name="structure", on_delete=models.PROTECT, related_name="+"
    )
    rattachement = models.ForeignKey(
        "comptes.Rattachement", verbose_name="rattachement", on_delete=models.PROTECT, related_name="jetons"
    )
    nom = models.CharField("nom", max_length=80)
    prefixe = models.CharField("début du jeton", max_length=8, editable=False)
    empreinte = models.CharField("empreinte du secret (SHA-256)", max_length=64, editable=False)
    portees = models.JSONField("portées", default=list)
    valable_jusqu_au = models.DateTimeField("valable jusqu’au")
    dernier_usage = models.DateTimeField("dernier usage, à l’heure près", null=True, blank=True, editable=False)
    cree_le = models.DateTimeField("créé le")
    cree_par = auteur("créé par")
    revoque_le = models.DateTimeField("révoqué le", null=True, blank=True)
    revoque_par = auteur("révoqué par", null=True, blank=True)

    objects = JetonQuerySet.as_manager()

    CLASSIFICATION = {
        **dict.fromkeys(
            (
                "id", "structure", "rattachement", "nom", "prefixe", "portees", "valable_jusqu_au", "dernier_usage",
                "cree_le", "cree_par", "revoque_le", "revoque_par",
            ),
            "interne",
        ),
        "empreinte": "sensible9",
    }  # fmt: skip

    class Meta:
        verbose_name = "jeton"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prefixe"],
                name="jeton_prefixe_unique",
                violation_error_message="Un autre jeton commence de même.",
            ),
            models.CheckConstraint(
                name="jeton_porte_quelque_chose",
                condition=~Q(portees=[]),
                violation_error_message="Un jeton porte au moins une portée.",
            ),
            models.CheckConstraint(
                name="jeton_expire_apres_sa_creation",
                condition=Q(valable_jusqu_au__gt=F("cree_le")),
                violation_error_message="Un jeton expire après sa création.",
            ),
            models.CheckConstraint(
                name="jeton_revocation_complete_ou_absente",
                condition=Q(revoque_le=None, revoque_par=None)
                | Q(revoque_le__isnull=False, revoque_par__isnull=False),
                violation_error_message="Une révocation porte une date et un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.debut})"

    @property
    def debut(self) -> str:
        """Ce que l’on en montre après sa création."""
        return f"clauses_{self.prefixe}_…"

    @property
    def libelles(self) -> list[str]:
        return [portee.label for portee in Portee if portee in self.portees]

    def acteur(self) -> Acteur:
        """Qui agit avec ce jeton : son rattachement, réduit à ses portées."""
        rattachement: Rattachement = self.rattachement
        return replace(rattachement.acteur(), portees=droits_de(self.portees))


class CompteurQuerySet(PerimetreQuerySet["CompteurApi"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        """Table technique : personne ne la lit."""
        return None


class CompteurApi(models.Model):
    """Les demandes d’un appelant dans la minute en cours : une ligne par appelant et par sorte, réécrite sur place."""

    clef = models.CharField("appelant et sorte", max_length=40, primary_key=True)
    minute = models.BigIntegerField("minute, depuis 1970")
    nombre = models.PositiveIntegerField("demandes acceptées")

    objects = CompteurQuerySet.as_manager()

    CLASSIFICATION = dict.fromkeys(("clef", "minute", "nombre"), "interne")

    class Meta:
        verbose_name = "compteur de l’API"
        verbose_name_plural = "compteurs de l’API"
        ordering = ["clef"]

    def __str__(self) -> str:
        return self.clef
