"""Lectures des personnes, contrats et heures. Tous ces objets sont réservés aux agents de la structure.

Une entreprise voit en plus ses relevés ; devant l’un d’eux, par un lien ou par son compte, ce qui le touche et rien
d’autre (docs/adr/0015 et 0022).
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from clauses.comptes.acteurs import Acteur, Role
from clauses.comptes.perimetre import StructureQuerySet
from clauses.socle.conversions import normaliser
from heures.enums import OrigineLigne, StatutLigne

if TYPE_CHECKING:
    from heures.models import DemandeReleve, LigneEnAttente, Releve  # noqa: F401 — lus par mypy seulement


def _tous(modele: str) -> QuerySet[Any]:
    tous: QuerySet[Any] = apps.get_model("heures", modele)._base_manager.all()
    return tous


class ReleveQuerySet(StructureQuerySet["Releve"]):
    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        """Une entreprise voit les relevés de ses engagements ; lignes et personnes, devant un seul à la fois."""
        if acteur.role is Role.ENTREPRISE and acteur.releve_id is None:
            return Q(structure_id=acteur.structure_id, engagement__entreprise=acteur.entreprise_id)
        return super().regle_de_visibilite(acteur)

    def regle_du_lien(self, acteur: Acteur) -> Q | None:
        return Q(pk=acteur.releve_id)


class DemandeReleveQuerySet(StructureQuerySet["DemandeReleve"]):
    def regle_du_lien(self, acteur: Acteur) -> Q | None:
        return Q(releve_id=acteur.releve_id)


class LigneEnAttenteQuerySet(StructureQuerySet["LigneEnAttente"]):
    def regle_du_lien(self, acteur: Acteur) -> Q | None:
        """Ce que l’entreprise a elle-même déposé ; ce que le facilitateur a importé reste chez lui."""
        return Q(releve_id=acteur.releve_id, origine=OrigineLigne.ENTREPRISE)


class ParticipantQuerySet(StructureQuerySet[Any]):
    """Une fiche absorbée par une autre n’est plus une personne : ni liste, ni recherche, ni choix ne la montrent."""

    def regle_de_visibilite(self, acteur: Acteur) -> Q | None:
        regle = super().regle_de_visibilite(acteur)
        return None if regle is None else regle & Q(fusionnee_avec=None)

    def regle_du_lien(self, acteur: Acteur) -> Q | None:
        contrats = _tous("ContratTravail").filter(_contrats_du_lien(acteur), structure_id=acteur.structure_id)
        return Q(pk__in=contrats.values("participant"))

    def cherche(self, texte: str) -> Self:
        """Personnes dont chaque mot cherché commence un mot du nom, du prénom ou de l’identifiant, accents ignorés."""
        trouves = self
        for mot in normaliser(texte).split():
            trouves = trouves.filter(Q(recherche__startswith=mot) | Q(recherche__contains=f" {mot}"))
        return trouves


class EntreeClauseQuerySet(StructureQuerySet[Any]):
    def courantes(self) -> Self:
        return self.filter(est_courante=True)


def _contrats_du_lien(acteur: Acteur) -> Q:
    """Contrats qui ont des heures sur l’engagement du relevé, et embauches de l’entreprise encore sans heures.

    Une personne que l’entreprise emploie pour un autre engagement n’y est pas.
    """
    lignes = _tous("LigneHeures").filter(contrat=OuterRef("pk"))
    sur_l_engagement = Exists(lignes.filter(engagement__releves=acteur.releve_id))
    return Q(sur_l_engagement) | Q(Q(employeur_id=acteur.entreprise_id) & ~Exists(lignes))


class ContratTravailQuerySet(StructureQuerySet[Any]):
    def regle_du_lien(self, acteur: Acteur) -> Q | None:
        return _contrats_du_lien(acteur)

    def ouverts(self, *, du: datetime.date, au: datetime.date) -> Self:
        return self.filter(Q(date_fin=None) | Q(date_fin__gte=du), date_debut__lte=au)


class LigneHeuresQuerySet(StructureQuerySet[Any]):
    def regle_du_lien(self, acteur: Acteur) -> Q | None:
        """Les heures de l’engagement et du mois du relevé, quels que soient leur origine et leur statut."""
        releve = _tous("Releve").filter(pk=acteur.releve_id, engagement=OuterRef("engagement"), mois=OuterRef("mois"))
        return Q(Exists(releve))

    def validees(self) -> Self:
        return self.filter(statut=StatutLigne.VALIDEE)

    def declarees(self) -> Self:
        return self.filter(statut=StatutLigne.DECLAREE)

    def travaillees(self, *, du: datetime.date, au: datetime.date) -> Self:
        """Le mois travaillé décide de la période (domaine.md §3.2), bornes comprises."""
        return self.filter(mois__gte=du, mois__lte=au)
