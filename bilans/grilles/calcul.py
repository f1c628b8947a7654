"""Les tableaux d’une grille sur les faits d’une période : lignes, sous-totaux, non rattaché, total. Pur, sans base."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from bilans import sorties
from bilans.calculs import rapport
from bilans.definitions import PLUS_QUE_LE_TOTAL, ColonneBilan, Indicateur, TableauBilan, Unite
from bilans.etats import PRESUMEE
from bilans.faits import Cellule, Faits, Sortie
from bilans.grilles.correspondance import NON_RATTACHE, Rattachement, non_rattaches
from bilans.grilles.dimensions import DIMENSIONS, Source
from bilans.grilles.forme import LigneGrille, TableauGrille
from bilans.grilles.mesures import MESURES, Lot
from bilans.mesures import Mesure as Liste
from bilans.mesures import Ouverture, Quotient
from bilans.secret import SECRET
from bilans.tableaux import DETAIL, SOUS_TOTAL, TOTAL, Rangee
from bilans.valeurs import Chiffre, termes
from clauses.socle.erreurs import ActionImpossible
from heures.enums import SituationSortie

LIBELLE_NON_RATTACHE = "Non rattaché à la grille"
TEXTES = (ColonneBilan("code", "Code"), ColonneBilan("libelle", "Ligne"))
GROUPE = ColonneBilan("groupe", "Groupe")
MOMENTS = {"situation_sortie": Liste.SORTIES, "situation_6_mois": Liste.ECHEANCES_6}
"""Quand se regarde une sortie, selon la dimension du tableau."""
PART_DES_SORTIES = ColonneBilan("part", "%", Unite.TAUX, quotient=Quotient("sorties", "sorties", du_total=True))
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


def compter_sorties(tableau: TableauGrille, source: Source) -> Compte[Sortie]:
    """Les sorties de la période, ou celles dont l’échéance à six mois y est passée, comme au bilan du Département."""
    mesure = MOMENTS[tableau.dimension]
    ranger = _ranger_une_sortie(tableau)
    retenues = sorties.comptees(source.faits, mesure)
    par_ligne: dict[str, list[Sortie]] = defaultdict(list)
    for sortie in retenues:
        par_ligne[ranger(sortie)].append(sortie)

    def mesurer(siennes: Sequence[Sortie]) -> dict[str, Any]:
        return {"sorties": len(siennes), "part": rapport(len(siennes), len(retenues))}

    codes = non_rattaches(tableau)
    colonnes = (ColonneBilan("sorties", "Sorties", Unite.NOMBRE, Ouverture(mesure)), PART_DES_SORTIES)
    return Compte(tableau, _definir(tableau, colonnes, codes), _rangees(tableau, par_ligne, mesurer), par_ligne, codes)


def _ranger_une_sortie(tableau: TableauGrille) -> Callable[[Sortie], str]:
    """La ligne d’une sortie ; présumée, sa situation n’est pas renseignée."""
    mesure, rattachement = MOMENTS[tableau.dimension], Rattachement(tableau)

    def ranger(sortie: Sortie) -> str:
        lue = sorties.situation(sortie, mesure)
        return rattachement.ligne((str(SituationSortie.NON_RENSEIGNE if lue == PRESUMEE else lue),))

    return ranger


def retenir(tableau: TableauGrille, source: Source, cle: str) -> Faits:
    """Les faits de cette seule ligne : ses heures, ou ses sorties. Lève `ActionImpossible` si elle n’existe pas."""
    reunies = _lignes_reunies(tableau).get(cle)
    if reunies is None:
        raise ActionImpossible(
            f"«\u00a0{tableau.titre}\u00a0» n’a pas, ou n’a plus, la ligne «\u00a0{cle[:80]}\u00a0»\u00a0: revenir au "
            "bilan et recommencer."
        )
    faits = source.faits
    if tableau.dimension in MOMENTS:
        ranger = _ranger_une_sortie(tableau)
        comptees = sorties.comptees(faits, MOMENTS[tableau.dimension])
        return replace(faits, sorties=[sortie for sortie in comptees if ranger(sortie) in reunies])
    lire, rattachement = DIMENSIONS[tableau.dimension].lire, Rattachement(tableau)
    assert lire is not None
    return replace(faits, cellules=[c for c in faits.cellules if rattachement.ligne(lire(source, c)) in reunies])


def _lignes_reunies(tableau: TableauGrille) -> dict[str, set[str]]:
    """Par clef de ligne qui s’ouvre, les lignes qu’elle réunit : elle-même, ou celles de son groupe."""
    if DIMENSIONS[tableau.dimension].lire is None and tableau.dimension not in MOMENTS:
        return {}
    groupes = {cle_de_groupe(g): {x.cle for x in tableau.lignes if x.groupe == g} for g in tableau.groupes()}
    return {**{cle: {cle} for cle in (*(x.cle for x in tableau.lignes), NON_RATTACHE)}, **groupes}


def libelle_de(tableau: TableauGrille, cle: str) -> str:
    """Ce que l’on lit d’une ligne, d’un groupe ou du non rattaché."""
    libelles = {ligne.cle: ligne.libelle for ligne in tableau.lignes}
    groupes = {cle_de_groupe(groupe): groupe for groupe in tableau.groupes()}
    return {**libelles, **groupes, NON_RATTACHE: LIBELLE_NON_RATTACHE}[cle]


def _rangees(
    tableau: TableauGrille, par_ligne: dict[str, list[T]], mesurer: Callable[[Sequence[T]], dict[str, Any]]
) -> list[Rangee]:
    """Groupe par groupe, chacun suivi de son sous-total ; puis le non rattaché et le total."""

    def rangee(cle: str, libelle: str, groupe: str, siennes: Sequence[T], niveau: str = DETAIL) -> Rangee:
        filtre = {} if niveau == TOTAL else {"ligne": f"{tableau.cle}/{cle}"}
        return Rangee({"code": cle, "libelle": libelle, "groupe": groupe, **mesurer(siennes)}, filtre, niveau)

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
    tableau: TableauGrille, valeurs: Mapping[str, Chiffre], declares: Mapping[str, Indicateur]
) -> tuple[TableauBilan, list[Rangee]]:
    """Des chiffres déjà comptés, un par ligne, chacun dans la colonne de son unité ; il s’ouvre comme l’indicateur."""
    retenues = [u for u in UNITES if any(declares[ligne.codes[0]].unite is u for ligne in tableau.lignes)]
    definition = _definir(tableau, [ColonneBilan(unite.value, UNITES[unite], unite) for unite in retenues], ())
    definition = replace(definition, garde_les_vides=True)
    vides: dict[str, Chiffre] = dict.fromkeys(unite.value for unite in retenues)
    return definition, [_d_un_indicateur(x, vides, valeurs, declares[x.codes[0]]) for x in tableau.lignes]


def _d_un_indicateur(
    ligne: LigneGrille, vides: Mapping[str, Chiffre], valeurs: Mapping[str, Chiffre], declare: Indicateur
) -> Rangee:
    ou, valeur = declare.unite.value, valeurs[declare.cle]
    lus = None if valeur is SECRET else termes(declare.quotient, valeurs)
    return Rangee(
        {"code": ligne.cle, "libelle": ligne.libelle, "groupe": ligne.groupe, **vides, ou: valeur},
        ouvertures={ou: declare.ouvre} if declare.ouvre else {},
        termes={ou: lus} if lus else {},
        dispenses={ou: declare.dispense} if declare.dispense else {},
    )
