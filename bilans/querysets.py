"""Qui lit les documents émis : la structure, l’entreprise concernée, et l’acheteur sauf l’état nominatif."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from bilans.enums import ATTESTATIONS
from clauses.comptes.acteurs import Acteur, Role
from marches.querysets import PartageQuerySet


class DocumentQuerySet(PartageQuerySet[Any]):
    chemin_acheteur = "engagement__clause__lot__marche__acheteur"
    chemin_entreprise = "engagement__entreprise"

    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        """L’attestation porte un état nominatif : elle va à l’entreprise, jamais à l’acheteur."""
        regle = super().regle_de_visibilite(acteur)
        if regle is not None and acteur.role is Role.ACHETEUR:
            return regle & ~Q(nature__in=sorted(ATTESTATIONS))
        return regle
