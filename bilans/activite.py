"""A8 : l’activité de facilitation, tirée du journal d’activité, par nature et par trimestre (bilans.md, A8).

On compte des activités notées, au jour où elles ont eu lieu : un même acheteur vu deux fois compte deux fois. Un
trimestre entamé par la période n’est compté que pour ses jours compris dans la période.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable

from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.faits import Periode
from bilans.tableaux import TOTAL, Rangee
from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import mois_entre
from marches.enums import NatureActivite
from marches.models import Activite

NOTE = "Nombre d’activités notées par les facilitateurs, à leur date. Une ligne à zéro a été suivie, sans activité."
Trimestre = tuple[int, int]


def trimestre(jour: datetime.date) -> Trimestre:
    return jour.year, (jour.month - 1) // 3 + 1


def trimestres(du: datetime.date, au: datetime.date) -> list[Trimestre]:
    """Les trimestres civils que touche la période, bornes comprises, dans l’ordre."""
    return list(dict.fromkeys(trimestre(mois) for mois in mois_entre(du, au)))


def construire(activites: Iterable[tuple[datetime.date, str]], periode: Periode) -> tuple[TableauBilan, list[Rangee]]:
    """Le tableau A8 et sa définition. `activites` : (date, code de `NatureActivite`) ; hors période, ne compte pas.

    Toutes les natures ont leur ligne, même vide : un bilan dit aussi ce qui n’a pas été fait.
    """
    colonnes = trimestres(periode.du, periode.au)
    comptes = Counter((nature, trimestre(jour)) for jour, nature in activites if periode.du <= jour <= periode.au)
    rangees = [
        _rangee(libelle, {t: comptes[code, t] for t in colonnes}, code=code)
        for code, libelle in NatureActivite.choices
    ]
    sommes = {t: sum(comptes[code, t] for code in NatureActivite.values) for t in colonnes}
    return _definition(colonnes), [*rangees, _rangee("Total", sommes, niveau=TOTAL)]


def lire(periode: Periode, *, par: Acteur) -> list[tuple[datetime.date, str]]:
    """Les activités de la structure dans la période : une requête, sans aucun objet (il peut nommer quelqu’un)."""
    activites = Activite.objects.visibles_par(par).filter(date__range=(periode.du, periode.au))
    return list(activites.order_by("date", "pk").values_list("date", "nature"))


def _rangee(libelle: str, comptes: dict[Trimestre, int], *, code: str = "", niveau: str = "detail") -> Rangee:
    valeurs = {_cle(t): nombre for t, nombre in comptes.items()}
    return Rangee({"code": code, "libelle": libelle, **valeurs, "total": sum(comptes.values())}, niveau=niveau)


def _cle(t: Trimestre) -> str:
    return f"t{t[0]}_{t[1]}"


def _definition(colonnes: list[Trimestre]) -> TableauBilan:
    return TableauBilan(
        "activite",
        "Activité de facilitation",
        "A8 Activité",
        (
            ColonneBilan("libelle", "Activité"),
            *(
                ColonneBilan(_cle(t), f"{'1er' if t[1] == 1 else f'{t[1]}e'} trim. {t[0]}", Unite.NOMBRE)
                for t in colonnes
            ),
            ColonneBilan("total", "Total", Unite.NOMBRE),
        ),
        NOTE,
    )
