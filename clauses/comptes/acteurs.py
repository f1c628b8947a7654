"""Qui agit, et ce qu’il a le droit de faire. Avec `perimetre.py`, seul endroit où se décide une autorisation."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Self

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
    REMPLIR_RELEVE = enum.auto()
    VALIDER_HEURES = enum.auto()
    IMPORTER = enum.auto()
    CONSULTER_BILANS = enum.auto()
    CONSULTER_AGREGATS = enum.auto()
    EMETTRE_BILANS = enum.auto()
    CONSULTER_SON_BILAN = enum.auto()
    EXPORTER_NOMINATIF = enum.auto()
    CONSULTER_JOURNAL = enum.auto()
    GERER_STRUCTURE = enum.auto()
    GERER_SES_JETONS = enum.auto()


TOUS = frozenset({Droit.GERER_SES_JETONS})
CONSULTER = frozenset(
    {
        Droit.CONSULTER_ANNUAIRE,
        Droit.CONSULTER_MARCHES,
        Droit.CONSULTER_PERSONNES,
        Droit.CONSULTER_HEURES,
        Droit.CONSULTER_BILANS,
        Droit.CONSULTER_AGREGATS,
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
    Droit.EMETTRE_BILANS,
    Droit.CONSULTER_JOURNAL,
}

DROITS: dict[Role, frozenset[Droit]] = {
    Role.FACILITATEUR: TOUS | FACILITER,
    Role.RESPONSABLE: TOUS | FACILITER | {Droit.GERER_STRUCTURE, Droit.EXPORTER_NOMINATIF},
    Role.LECTEUR: TOUS | CONSULTER,
    Role.ACHETEUR: TOUS | {Droit.CONSULTER_MARCHES, Droit.DECIDER_PENALITE, Droit.CONSULTER_SON_BILAN},
    Role.ENTREPRISE: TOUS | {Droit.CONSULTER_MARCHES, Droit.DEPOSER_RELEVE, Droit.REMPLIR_RELEVE},
    Role.FINANCEUR: TOUS | {Droit.CONSULTER_AGREGATS},
}

ROLES_DE_STRUCTURE = frozenset({Role.FACILITATEUR, Role.RESPONSABLE, Role.LECTEUR})


@dataclass(frozen=True, slots=True)
class Acteur:
    """Un utilisateur agissant au titre d’un rattachement : un rôle, dans une structure, pour une organisation.

    `releve_id` : l’acteur est devant un relevé, et ne voit que ce qui le touche : il tient son lien de dépôt, ou l’a
    ouvert depuis le compte de son entreprise (docs/adr/0015 et 0022). `portees` : l’acteur présente un jeton, et n’a
    de son rôle que ces droits-là ; `None` : tous ceux du rôle (docs/adr/0038).
    """

    utilisateur_id: int
    role: Role
    structure_id: int
    acheteur_id: int | None = None
    entreprise_id: int | None = None
    releve_id: int | None = None
    portees: frozenset[Droit] | None = None

    @property
    def est_de_la_structure(self) -> bool:
        return self.role in ROLES_DE_STRUCTURE

    def devant(self, releve_id: int) -> Self:
        """Le même acteur, réduit à un relevé qu’il voit : le reste de son périmètre se ferme."""
        return replace(self, releve_id=releve_id)

    def peut(self, droit: Droit) -> bool:
        return droit in DROITS[self.role] and (self.portees is None or droit in self.portees)

    def exiger(self, droit: Droit) -> None:
        """Lève `PermissionDenied` (réponse 403) si le rôle, ou la portée du jeton, n’a pas ce droit."""
        if not self.peut(droit):
            raise PermissionDenied

    def lecteur_d_agregats(self) -> Acteur:
        """Qui lit toute la structure pour n’en rendre que des valeurs masquées ; `bilans.financeur` seul l’appelle.

        Lève `PermissionDenied` sans le droit de consulter les agrégats (docs/adr/0023).
        """
        self.exiger(Droit.CONSULTER_AGREGATS)
        return self._lecteur()

    def lecteur_de_son_bilan(self) -> Acteur:
        """Le même, pour le bilan masqué d’un acheteur ; `bilans.espace_acheteur` seul l’appelle (docs/adr/0029)."""
        self.exiger(Droit.CONSULTER_SON_BILAN)
        return self._lecteur()

    def _lecteur(self) -> Acteur:
        return replace(
            self, role=Role.LECTEUR, acheteur_id=None, entreprise_id=None, releve_id=None, portees=CONSULTER
        )
