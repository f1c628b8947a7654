"""L’éligibilité des personnes, vue en liste : dernière entrée courante, prolongation, pièce et visa."""

from __future__ import annotations

import datetime

from django.db.models import F, Max, OuterRef, Q, Subquery

from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois
from heures.models import EntreeClause, Prolongation
from heures.querysets import ParticipantQuerySet


def avec_eligibilite(participants: ParticipantQuerySet, *, par: Acteur) -> ParticipantQuerySet:
    """Annote la dernière entrée courante (`entree`, `entree_le`, `piece`, `piece_valable`, `visa`), et ses bornes.

    Bornes : `prolongee_au`, dernière prolongation ; `duree_mois` et `alerte_jours`, réglages de la structure.
    """
    entrees = EntreeClause.objects.visibles_par(par).courantes().filter(participant=OuterRef("pk")).order_by("-numero")
    prolongations = (
        Prolongation.objects.visibles_par(par)
        .filter(participant=OuterRef("pk"))
        .order_by()
        .values("participant")
        .annotate(fin=Max("jusqu_au"))
        .values("fin")
    )
    annotes: ParticipantQuerySet = participants.annotate(
        entree=Subquery(entrees.values("pk")[:1]),
        entree_le=Subquery(entrees.values("date_entree")[:1]),
        piece_valable=Subquery(entrees.values("piece_valable_jusqu_au")[:1]),
        piece=Subquery(entrees.values("piece_type")[:1]),
        visa=Subquery(entrees.values("visa_le")[:1]),
        prolongee_au=Subquery(prolongations),
        duree_mois=F("structure__duree_eligibilite_mois"),
        alerte_jours=F("structure__alerte_eligibilite_jours"),
    )
    return annotes


def derniere_entree_finissant(au_plus_tard: datetime.date, duree_mois: int) -> datetime.date:
    """La plus tardive des entrées dont l’éligibilité finit au plus tard à cette date, fins de mois comprises."""
    entree = ajouter_mois(au_plus_tard, -duree_mois)
    while ajouter_mois(entree + datetime.timedelta(days=1), duree_mois) <= au_plus_tard:
        entree += datetime.timedelta(days=1)
    return entree


def finissant(
    participants: ParticipantQuerySet, *, au_plus_tard: datetime.date, duree_mois: int
) -> ParticipantQuerySet:
    """Personnes annotées dont l’éligibilité finit, ou a fini, au plus tard à cette date."""
    return participants.filter(
        Q(prolongee_au=None) | Q(prolongee_au__lte=au_plus_tard),
        entree_le__lte=derniere_entree_finissant(au_plus_tard, duree_mois),
    )
