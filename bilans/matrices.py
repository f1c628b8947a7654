"""A6 en deux matrices, modalités × types de contrat : les heures, puis les personnes. Pur, comme `tableaux`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bilans import calculs
from bilans.definitions import PLUS_QUE_LE_TOTAL, ColonneBilan, Mesure, Ouverture, TableauBilan, Unite
from bilans.faits import Cellule, Faits
from bilans.tableaux import DETAIL, TOTAL, Rangee
from bilans.valeurs import Nombre
from heures.enums import Modalite, TypeContrat

Heures = Mapping[int, int]
"""Centièmes d’heure par personne."""


@dataclass(frozen=True, slots=True)
class Matrice:
    cle: str
    titre: str
    feuille: str
    unite: Unite
    mesure: Mesure
    compter: Callable[[Heures], Nombre]
    note: str


MATRICES = (
    Matrice(
        "matrice_heures",
        "Modalités et types de contrat : heures",
        "A6 Heures",
        Unite.HEURES,
        Mesure.LIGNES,
        lambda heures: calculs.en_decimal(sum(heures.values())),
        "Un tiret : aucune heure.",
    ),
    Matrice(
        "matrice_personnes",
        "Modalités et types de contrat : personnes",
        "A6 Personnes",
        Unite.NOMBRE,
        Mesure.PERSONNES,
        lambda heures: len(calculs.beneficiaires(heures)),
        PLUS_QUE_LE_TOTAL,
    ),
)


def construire(faits: Faits, matrice: Matrice) -> tuple[TableauBilan, list[Rangee]]:
    """La matrice et sa définition : une colonne par type de contrat présent, des totaux distincts."""

    def type_de(cellule: Cellule) -> str:
        return faits.contrats[cellule.contrat].type_contrat

    croisees = calculs.par_cle(faits.cellules, lambda c: (c.modalite, type_de(c)))
    par_modalite = calculs.par_cle(faits.cellules, lambda c: c.modalite)
    par_type = {str(code): heures for code, heures in calculs.par_cle(faits.cellules, type_de).items()}
    types = [(code, nom) for code, nom in TypeContrat.choices if code in par_type]

    def rangee(libelle: str, par_code: Mapping[str, Heures], ensemble: Heures, modalite: str = "") -> Rangee:
        valeurs = {code: matrice.compter(par_code[code]) if code in par_code else None for code, _ in types}
        return Rangee(
            {"modalite_libelle": libelle, **valeurs, "TOTAL": matrice.compter(ensemble)},
            {"modalite": modalite} if modalite else {},
            DETAIL if modalite else TOTAL,
        )

    rangees = [
        rangee(nom, {t: croisees[code, t] for t, _ in types if (code, t) in croisees}, par_modalite[code], code)
        for code, nom in Modalite.choices
        if code in par_modalite
    ]
    rangees.append(rangee("Total", par_type, calculs.par_participant(faits.cellules)))
    return _definition(matrice, types), rangees


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
    )
