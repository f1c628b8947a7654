"""Lectures des personnes, contrats et heures. Tous ces objets sont réservés aux agents de la structure."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.conversions import normaliser
from heures.enums import StatutLigne


class ParticipantQuerySet(StructureQuerySet[Any]):
    """Une fiche absorbée par une autre n’est plus une personne : ni liste, ni recherche, ni choix ne la montrent."""

    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        regle = super().regle_de_visibilite(acteur)
        return None if regle is None else regle & Q(fusionnee_avec=None)

    def cherche(self, texte: str) -> Self:
        """Personnes dont chaque mot cherché commence un mot du nom, du prénom ou de l’identifiant, accents ignorés."""
        trouves = self
        for mot in normaliser(texte).split():
            trouves = trouves.filter(Q(recherche__startswith=mot) | Q(recherche__contains=f" {mot}"))
        return trouves


class EntreeClauseQuerySet(StructureQuerySet[Any]):
    def courantes(self) -> Self:
        return self.filter(est_courante=True)


class ContratTravailQuerySet(StructureQuerySet[Any]):
    def ouverts(self, *, du: datetime.date, au: datetime.date) -> Self:
        return self.filter(Q(date_fin=None) | Q(date_fin__gte=du), date_debut__lte=au)


class LigneHeuresQuerySet(StructureQuerySet[Any]):
    def validees(self) -> Self:
        return self.filter(statut=StatutLigne.VALIDEE)

    def declarees(self) -> Self:
        return self.filter(statut=StatutLigne.DECLAREE)

    def travaillees(self, *, du: datetime.date, au: datetime.date) -> Self:
        """Le mois travaillé décide de la période (domaine.md §3.2), bornes comprises."""
        return self.filter(mois__gte=du, mois__lte=au)
