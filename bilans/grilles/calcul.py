"""Les tableaux d’une grille sur les faits d’une période : lignes, sous-totaux, non rattaché, total. Pur, sans base."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from bilans import calculs
from bilans.calculs import rapport
from bilans.definitions import PLUS_QUE_LE_TOTAL, ColonneBilan, TableauBilan, Unite
from bilans.faits import Cellule
from bilans.grilles.correspondance import NON_RATTACHE, Rattachement, non_rattaches
from bilans.grilles.dimensions import DIMENSIONS, Source
from bilans.grilles.forme import TableauGrille
from bilans.grilles.mesures import MESURES, Lot
from bilans.tableaux import DETAIL, SOUS_TOTAL, TOTAL, Rangee
from bilans.valeurs import Nombre
from heures.enums import SituationSortie

LIBELLE_NON_RATTACHE = "Non rattaché à la grille"
TEXTES = (ColonneBilan("code", "Code"), ColonneBilan("libelle", "Ligne"))
GROUPE = ColonneBilan("groupe", "Groupe")
SORTIES = (ColonneBilan("sorties", "Sorties", Unite.NOMBRE), ColonneBilan("part", "%", Unite.TAUX))
UNITES = {Unite.NOMBRE: "Nombre", Unite.HEURES: "Heures", Unite.TAUX: "Taux", Unite.ETP: "ETP"}
CODES_MONTRES = 12
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Compte(Generic[T]):
    """Un tableau de grille, et ce qui compose chacune de ses lignes."""

    grille: TableauGrille
    definition: TableauBilan
    rangees: Sequence[Rangee]
    par_ligne: dict[str, list[T]]
    non_rattaches: Sequence[str]


def avertissement(codes: Sequence[str]) -> str:
    """Ce que dit un tableau dont des codes ne vont à aucune ligne ; vide si tous y sont."""
    if not codes:
        return ""
    suite = "" if len(codes) <= CODES_MONTRES else f" et {len(codes) - CODES_MONTRES} autres"
    montres = ", ".join(codes[:CODES_MONTRES])
    return f"Codes rattachés à aucune ligne, comptés en «\u00a0non rattaché\u00a0»\u00a0: {montres}{suite}. "


def _definir(tableau: TableauGrille, colonnes: Iterable[ColonneBilan], codes: Sequence[str]) -> TableauBilan:
    textes = (*TEXTES, GROUPE) if tableau.groupes() else TEXTES
    return TableauBilan(
        tableau.cle,
        tableau.titre,
        tableau.feuille,
        (*textes, *colonnes),
        f"{avertissement(codes)}{tableau.note}".strip(),
        source="table de correspondance",
    )


def compter_heures(tableau: TableauGrille, source: Source) -> Compte[Cellule]:
    """Un tableau dont les lignes se partagent les heures : leur somme et le non rattaché font le total."""
    lire = DIMENSIONS[tableau.dimension].lire
    assert lire is not None
    rattachement = Rattachement(tableau)
    par_ligne: dict[str, list[Cellule]] = defaultdict(list)
    for cellule in source.faits.cellules:
        par_ligne[rattachement.ligne(lire(source, cellule))].append(cellule)
    mesures = [MESURES[cle] for cle in tableau.colonnes]

    def mesurer(cellules: Sequence[Cellule]) -> dict[str, Any]:
        lot = Lot(source, cellules, source.faits.cellules)
        return {mesure.colonne.cle: mesure.compter(lot) for mesure in mesures}

    codes = non_rattaches(tableau)
    definition = _definir(tableau, [mesure.colonne for mesure in mesures], codes)
    note = (
        definition.note if PLUS_QUE_LE_TOTAL in definition.note else f"{definition.note} {PLUS_QUE_LE_TOTAL}".strip()
    )
    return Compte(tableau, replace(definition, note=note), _rangees(tableau, par_ligne, mesurer), par_ligne, codes)


def compter_sorties(tableau: TableauGrille, source: Source) -> Compte[str]:
    """Le devenir : la dernière sortie de chaque personne dans la période."""
    rattachement = Rattachement(tableau)
    du, au, _ = source.faits.periode
    retenues = calculs.dernieres_sorties(source.faits.sorties, du, au).values()
    par_ligne: dict[str, list[str]] = defaultdict(list)
    for sortie in retenues:
        situation = sortie.situation or SituationSortie.NON_RENSEIGNE
        par_ligne[rattachement.ligne((str(situation),))].append(situation)

    def mesurer(situations: Sequence[str]) -> dict[str, Any]:
        return {"sorties": len(situations), "part": rapport(len(situations), len(retenues))}

    codes = non_rattaches(tableau)
    return Compte(tableau, _definir(tableau, SORTIES, codes), _rangees(tableau, par_ligne, mesurer), par_ligne, codes)


def _rangees(
    tableau: TableauGrille, par_ligne: dict[str, list[T]], mesurer: Callable[[Sequence[T]], dict[str, Any]]
) -> list[Rangee]:
    """Groupe par groupe, chacun suivi de son sous-total ; puis le non rattaché et le total."""

    def rangee(cle: str, libelle: str, groupe: str, siennes: Sequence[T], niveau: str = DETAIL) -> Rangee:
        return Rangee({"code": cle, "libelle": libelle, "groupe": groupe, **mesurer(siennes)}, niveau=niveau)

    rangees: list[Rangee] = []
    for groupe in tableau.groupes() or [""]:
        siennes = [ligne for ligne in tableau.lignes if ligne.groupe == groupe or (not groupe)]
        rangees += [rangee(x.cle, x.libelle, x.groupe, par_ligne.get(x.cle, [])) for x in siennes]
        if groupe:
            toutes = [objet for ligne in siennes for objet in par_ligne.get(ligne.cle, [])]
            rangees.append(rangee(cle_de_groupe(groupe), f"Sous-total\u00a0: {groupe}", groupe, toutes, SOUS_TOTAL))
    if tableau.groupes():
        rangees += [rangee(x.cle, x.libelle, "", par_ligne.get(x.cle, [])) for x in tableau.lignes if not x.groupe]
    rangees.append(rangee(NON_RATTACHE, LIBELLE_NON_RATTACHE, "", par_ligne.get(NON_RATTACHE, [])))
    ensemble = [objet for objets in par_ligne.values() for objet in objets]
    return [*rangees, rangee("TOTAL", "Total (distinct)", "", ensemble, TOTAL)]


def cle_de_groupe(groupe: str) -> str:
    return f"groupe:{groupe}"


def lister_indicateurs(
    tableau: TableauGrille, indicateurs: dict[str, Any], unites: dict[str, Unite]
) -> tuple[TableauBilan, list[Rangee]]:
    """Des chiffres déjà comptés, un par ligne, chacun dans la colonne de son unité."""
    retenues = [unite for unite in UNITES if any(unites[ligne.codes[0]] is unite for ligne in tableau.lignes)]
    definition = _definir(tableau, [ColonneBilan(unite.value, UNITES[unite], unite) for unite in retenues], ())
    definition = replace(definition, garde_les_vides=True)
    rangees = []
    for ligne in tableau.lignes:
        valeurs: dict[str, Nombre] = dict.fromkeys(unite.value for unite in retenues)
        valeurs[unites[ligne.codes[0]].value] = indicateurs[ligne.codes[0]]
        rangees.append(Rangee({"code": ligne.cle, "libelle": ligne.libelle, "groupe": ligne.groupe, **valeurs}))
    return definition, rangees
