"""Qui agit, et ce qu’il a le droit de faire. Avec `perimetre.py`, seul endroit où se décide une autorisation."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import models


class Role(models.TextChoices):
    FACILITATEUR = "FACILITATEUR", "Facilitateur"
    RESPONSABLE = "RESPONSABLE", "Responsable"
    LECTEUR = "LECTEUR", "Lecteur"
    ACHETEUR = "ACHETEUR", "Acheteur"
    ENTREPRISE = "ENTREPRISE", "Entreprise"
    FINANCEUR = "FINANCEUR", "Financeur"


class Droit(enum.StrEnum):
    """Un verbe de l’application ; `visibles_par` dit par ailleurs sur quelles lignes il s’exerce."""

    CONSULTER_ANNUAIRE = enum.auto()
    GERER_ANNUAIRE = enum.auto()
    CONSULTER_MARCHES = enum.auto()
    GERER_MARCHES = enum.auto()
    DECIDER_PENALITE = enum.auto()
    CONSULTER_PERSONNES = enum.auto()
    GERER_PERSONNES = enum.auto()
    CONSULTER_HEURES = enum.auto()
    SAISIR_HEURES = enum.auto()
    DEPOSER_RELEVE = enum.auto()
    VALIDER_HEURES = enum.auto()
    IMPORTER = enum.auto()
    CONSULTER_BILANS = enum.auto()
    EXPORTER_NOMINATIF = enum.auto()
    CONSULTER_JOURNAL = enum.auto()
    GERER_STRUCTURE = enum.auto()


CONSULTER = frozenset(
    {
        Droit.CONSULTER_ANNUAIRE,
        Droit.CONSULTER_MARCHES,
        Droit.CONSULTER_PERSONNES,
        Droit.CONSULTER_HEURES,
        Droit.CONSULTER_BILANS,
    }
)
FACILITER = CONSULTER | {
    Droit.GERER_ANNUAIRE,
    Droit.GERER_MARCHES,
    Droit.GERER_PERSONNES,
    Droit.SAISIR_HEURES,
    Droit.DEPOSER_RELEVE,
    Droit.VALIDER_HEURES,
    Droit.IMPORTER,
    Droit.CONSULTER_JOURNAL,
}

DROITS: dict[Role, frozenset[Droit]] = {
    Role.FACILITATEUR: FACILITER,
    Role.RESPONSABLE: FACILITER | {Droit.GERER_STRUCTURE, Droit.EXPORTER_NOMINATIF},
    Role.LECTEUR: CONSULTER,
    Role.ACHETEUR: frozenset({Droit.CONSULTER_MARCHES, Droit.DECIDER_PENALITE}),
    Role.ENTREPRISE: frozenset({Droit.CONSULTER_MARCHES, Droit.DEPOSER_RELEVE}),
    Role.FINANCEUR: frozenset(),
}

ROLES_DE_STRUCTURE = frozenset({Role.FACILITATEUR, Role.RESPONSABLE, Role.LECTEUR})


@dataclass(frozen=True, slots=True)
class Acteur:
    """Un utilisateur agissant au titre d’un rattachement : un rôle, dans une structure, pour une organisation.

    `releve_id` : l’acteur tient un lien de dépôt, qui n’ouvre que ce relevé (docs/adr/0015).
    """

    utilisateur_id: int
    role: Role
    structure_id: int
    acheteur_id: int | None = None
    entreprise_id: int | None = None
    releve_id: int | None = None

    @property
    def est_de_la_structure(self) -> bool:
        return self.role in ROLES_DE_STRUCTURE

    def peut(self, droit: Droit) -> bool:
        return droit in DROITS[self.role]

    def exiger(self, droit: Droit) -> None:
        """Lève `PermissionDenied` (réponse 403) si le rôle n’a pas ce droit."""
        if not self.peut(droit):
            raise PermissionDenied
