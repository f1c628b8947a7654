"""A6 en deux matrices, modalités × types de contrat : les heures, puis les personnes. Sans base, comme `tableaux`.

pandas croise des agrégats déjà lus, en centièmes entiers : aucun flottant n’y passe.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bilans import calculs
from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.faits import Faits
from bilans.mesures import Mesure, Ouverture
from bilans.tableaux import TOTAL, Rangee
from bilans.valeurs import Nombre
from heures.enums import Modalite, TypeContrat


@dataclass(frozen=True, slots=True)
class Matrice:
    cle: str
    titre: str
    feuille: str
    unite: Unite
    mesure: Mesure
    compter: Callable[[pd.DataFrame, list[str]], dict[Any, Nombre]]
    note: str


def heures(cellules: pd.DataFrame, par: list[str]) -> dict[Any, Nombre]:
    """Heures par groupe, en `Decimal` au centième."""
    return {code: calculs.en_decimal(int(total)) for code, total in cellules.groupby(par)["centiemes"].sum().items()}


def personnes(cellules: pd.DataFrame, par: list[str]) -> dict[Any, Nombre]:
    """Bénéficiaires distincts par groupe : ceux qui y totalisent au moins une heure."""
    par_personne = cellules.groupby([*par, "participant"])["centiemes"].sum()
    return {code: int(n) for code, n in (par_personne >= calculs.UNE_HEURE).groupby(level=par).sum().items()}


MATRICES = (
    Matrice(
        "matrice_heures",
        "Modalités et types de contrat : heures",
        "A6 Heures",
        Unite.HEURES,
        Mesure.LIGNES,
        heures,
        "Un tiret : aucune heure.",
    ),
    Matrice(
        "matrice_personnes",
        "Modalités et types de contrat : personnes",
        "A6 Personnes",
        Unite.NOMBRE,
        Mesure.PERSONNES,
        personnes,
        "Un tiret : personne.",
    ),
)


def construire(faits: Faits, matrice: Matrice) -> tuple[TableauBilan, list[Rangee]]:
    """La matrice et sa définition : une colonne par type de contrat présent, des totaux distincts."""
    cellules = pd.DataFrame(
        (("", c.modalite, faits.contrats[c.contrat].type_contrat, c.participant, c.centiemes) for c in faits.cellules),
        columns=["ensemble", "modalite", "type_contrat", "participant", "centiemes"],
    )
    croises = matrice.compter(cellules, ["modalite", "type_contrat"])
    par_modalite = matrice.compter(cellules, ["modalite"])
    par_type = matrice.compter(cellules, ["type_contrat"])
    ensemble = matrice.compter(cellules, ["ensemble"])[""]
    types = [(code, nom) for code, nom in TypeContrat.choices if code in par_type]
    rangees = [
        Rangee(
            {
                "modalite_libelle": nom,
                **{t: croises.get((code, t)) for t, _ in types},
                "TOTAL": par_modalite[code],
            },
            {"modalite": code},
        )
        for code, nom in Modalite.choices
        if code in par_modalite
    ]
    total = {"modalite_libelle": "Total", **{t: par_type[t] for t, _ in types}, "TOTAL": ensemble}
    return _definition(matrice, types), [*rangees, Rangee(total, niveau=TOTAL)]


def _definition(matrice: Matrice, types: list[tuple[str, str]]) -> TableauBilan:
    colonnes = [
        ColonneBilan(code, nom, matrice.unite, Ouverture(matrice.mesure, {"type_contrat": code}))
        for code, nom in types
    ]
    return TableauBilan(
        matrice.cle,
        matrice.titre,
        matrice.feuille,
        (
            ColonneBilan("modalite_libelle", "Modalité"),
            *colonnes,
            ColonneBilan("TOTAL", "Total", matrice.unite, Ouverture(matrice.mesure)),
        ),
        matrice.note,
        est_en_json=False,
    )
