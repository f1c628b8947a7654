"""Ce que le bilan QPV et NPNRU lit : le stock à la date d’arrêté, et les heures de la période, par marché."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Max

from bilans import agregats
from bilans.faits import Cellule, Faits, Periode
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from clauses.territoires.models import Commune
from marches.enums import StatutMarche
from marches.models import Clause, Marche


class Fiche(NamedTuple):
    reference: str
    objet: str
    acheteur: str
    notification: datetime.date | None
    statut: str


@dataclass(frozen=True, slots=True)
class Stock:
    """`faits` : depuis toujours, tous les marchés. Le reste est par marché, en centièmes d’heure."""

    faits: Faits
    cellules: Mapping[int, Sequence[Cellule]]
    fiches: Mapping[int, Fiche]
    engagees: Mapping[int, int]
    de_la_periode: Mapping[int, int]
    totales: Mapping[int, int]
    communes: Mapping[str, tuple[str, bool]]
    """Code INSEE → nom, porte un quartier prioritaire."""


def lire(acteur: Acteur, structure: Structure, periode: Periode) -> Stock:
    """Le stock de la structure à la date d’arrêté ; un nombre constant de requêtes."""
    faits = avec_le_grand_livre(acteur, agregats.lire(acteur, structure, periode.depuis_toujours()))
    engagees: dict[int, int] = defaultdict(int)
    for engagement, centiemes in faits.engagees.items():
        engagees[faits.engagements[engagement].marche] += centiemes
    cellules: dict[int, list[Cellule]] = defaultdict(list)
    for cellule in faits.cellules:
        cellules[faits.engagements[cellule.engagement].marche].append(cellule)
    return Stock(
        faits=faits,
        cellules=cellules,
        fiches=_fiches(acteur),
        engagees=engagees,
        de_la_periode=_heures_de_la_periode(acteur, periode),
        totales=_heures_travaillees(acteur),
        communes=_communes({profil.commune for profil in faits.profils.values()}),
    )


def avec_le_grand_livre(acteur: Acteur, faits: Faits) -> Faits:
    """Les mêmes faits, les heures engagées étant celles de tout marché, soldé compris, sauf sans suite."""
    visibles = Marche.objects.visibles_par(acteur).order_by()
    suivis = visibles.exclude(statut=StatutMarche.SANS_SUITE).values("pk")
    lignes = agregats.lignes_validees(acteur, faits.periode)
    return replace(
        faits,
        engagements=agregats.lire_engagements(acteur, lignes, suivis),
        engagees=agregats.heures_engagees(acteur, faits.periode.arrete_au, suivis),
    )


def _fiches(acteur: Acteur) -> dict[int, Fiche]:
    lus = Marche.objects.visibles_par(acteur).order_by("date_notification", "pk")
    champs = ("pk", "reference", "objet", "acheteur__nom", "date_notification", "statut")
    return {
        pk: Fiche(reference, objet, acheteur, notification, str(StatutMarche(statut).label))
        for pk, reference, objet, acheteur, notification, statut in lus.values_list(*champs)
    }


def _heures_de_la_periode(acteur: Acteur, periode: Periode) -> dict[int, int]:
    lignes = agregats.lignes_validees(acteur, periode)
    par_marche = lignes.values_list("engagement__clause__lot__marche").annotate(total=agregats.somme())
    return {marche: int(total) for marche, total in par_marche}


def _heures_travaillees(acteur: Acteur) -> dict[int, int]:
    """Par marché : la plus grande des heures que donnent les clauses d’un lot, sommées sur ses lots."""
    donnees = Clause.objects.visibles_par(acteur).filter(objectif_heures_totales__isnull=False).order_by()
    par_lot = donnees.values_list("lot__marche", "lot").annotate(plus=Max("objectif_heures_totales"))
    totales: dict[int, int] = defaultdict(int)
    for marche, _, heures in par_lot:
        totales[marche] += int(heures * 100)
    return dict(totales)


def _communes(codes: set[str]) -> dict[str, tuple[str, bool]]:
    lues = Commune.objects.filter(code_insee__in=codes).order_by("nom", "code_insee")
    return {code: (nom, a_qpv) for code, nom, a_qpv in lues.values_list("code_insee", "nom", "a_qpv")}
