"""Le point de passage unique entre un acteur et les lignes qu’il peut voir."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from clauses.comptes.acteurs import Acteur

M = TypeVar("M", bound=models.Model, covariant=True)


class PerimetreQuerySet(models.QuerySet[M]):
    def visibles_par(self, acteur: Acteur) -> Self:
        """Restreint aux lignes de l’acteur ; un rôle sans règle ne voit rien."""
        regle = self.regle_de_visibilite(acteur)
        return self.none() if regle is None else self.filter(regle)

    def regle_de_visibilite(self, acteur: Acteur) -> models.Q | None:
        raise NotImplementedError


class StructureQuerySet(PerimetreQuerySet[M]):
    """Objets d’une structure, réservés à ses agents : personnes, contrats, heures, pièces.

    Un lien de dépôt n’en ouvre aucun, sauf à ce que le modèle dise par `regle_du_lien` ce qui touche le relevé.
    """

    def regle_de_visibilite(self, acteur: Acteur) -> models.Q | None:
        de_la_structure = models.Q(structure_id=acteur.structure_id)
        if acteur.est_de_la_structure:
            return de_la_structure
        regle = None if acteur.releve_id is None else self.regle_du_lien(acteur)
        return None if regle is None else de_la_structure & regle

    def regle_du_lien(self, acteur: Acteur) -> models.Q | None:
        """Les lignes qu’ouvre un lien de dépôt (`acteur.releve_id`), dans sa structure ; `None` : aucune."""
        return None
