"""Qui lit les documents émis : la structure ; l’entreprise et l’acheteur, chacun pour sa part."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import Q

from bilans.enums import ATTESTATIONS, FormatDocument
from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.perimetre import StructureQuerySet
from marches.querysets import PartageQuerySet


class DocumentQuerySet(PartageQuerySet[Any]):
    chemin_acheteur = "engagement__clause__lot__marche__acheteur"
    chemin_entreprise = "engagement__entreprise"

    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        """L’attestation d’une entreprise désigne ses salariés par un identifiant : elle ne va pas à l’acheteur.

        La consolidée d’un groupement n’en porte aucun : il la reçoit.

        Un DOCX est une version de travail : il reste dans la structure, le PDF seul va au-dehors.
        """
        regle = super().regle_de_visibilite(acteur)
        if regle is None or acteur.est_de_la_structure:
            return regle
        au_dehors = regle & Q(format=FormatDocument.PDF)
        if acteur.role is not Role.ACHETEUR:
            return au_dehors
        return au_dehors & (~Q(nature__in=sorted(ATTESTATIONS)) | Q(totaux__est_consolidee=True))


class BilanEmisQuerySet(StructureQuerySet[Any]):
    """Réservés aux agents de la structure : un bilan émis s’envoie, il ne s’ouvre pas d’ailleurs."""

    def sans_chiffres(self) -> Self:
        """Pour une liste : les chiffres figés pèsent, et ne s’y montrent pas."""
        return self.defer("chiffres", "completude")
