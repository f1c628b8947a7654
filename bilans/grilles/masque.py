"""Le secret des tableaux d’une grille (docs/adr/0023) : chacune de leurs lignes réunit des codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bilans import calculs
from bilans.faits import Cellule, Faits, Sortie
from bilans.grilles.calcul import Compte, cle_de_groupe
from bilans.grilles.correspondance import NON_RATTACHE
from bilans.grilles.mesures import MESURES, Mesure
from bilans.masquage import TRAITS
from bilans.secret import SECRET, Colonne, Ligne, Masques, Personne, Tableau, masquer
from bilans.tableaux import TOTAL, Rangee

TOUS = Colonne("tous", a_des_heures=True)
CACHES, A_PART = "cachés", "\u2020"
"""Qui compte dans un sous-total ou un total et sur aucune de ses lignes : une ligne que l’on ne publie pas."""
LES_TRAITS = tuple(Colonne(trait, trait) for trait in TRAITS)


def _colonne(mesure: Mesure) -> Colonne:
    return Colonne(f"{mesure.trait}:{mesure.avec}", mesure.trait, mesure.avec) if mesure.trait else TOUS


def _lignes(compte: Compte[Any]) -> tuple[Ligne, ...]:
    cles = [*(ligne.cle for ligne in compte.grille.lignes), NON_RATTACHE]
    groupes = [
        Ligne(cle_de_groupe(g), frozenset(x.cle for x in compte.grille.lignes if x.groupe == g))
        for g in compte.grille.groupes()
    ]
    return (*(Ligne(cle, frozenset({cle})) for cle in cles), *groupes)


def chercher(comptes: Sequence[Compte[Cellule]], faits: Faits) -> Masques:
    """Ce qu’il faut taire dans ces tableaux publiés ensemble ; les traits valent aussi pour les chiffres clés.

    Deux fois moins d’une heure sur deux lignes font une personne au sous-total, et sur aucune ligne : la soustraction
    la montrerait. Un tableau qui en a se protège une seconde fois, où elle a sa ligne ; ce que l’un des deux tait se
    tait. Les heures n’ont que le premier : elles s’additionnent sans elle.
    """
    tableaux = [Tableau("chiffres", LES_TRAITS, ())]
    gens = personnes(comptes, faits)
    for compte in comptes:
        cle = compte.grille.cle
        colonnes = {TOUS.cle: TOUS} | {
            c.cle: c for nom in compte.grille.colonnes if (c := _colonne(MESURES[nom])).trait
        }
        tableaux.append(Tableau(cle, tuple(colonnes.values()), _lignes(compte)))
        if any(p.details.get(cle + A_PART) for p in gens):
            sans_heures = tuple(replace(colonne, a_des_heures=False) for colonne in colonnes.values())
            tableaux.append(Tableau(cle + A_PART, sans_heures, _lignes_et_caches(compte)))
    masques = masquer(tableaux, gens)
    cellules = frozenset((cle.removesuffix(A_PART), ligne, nom) for cle, ligne, nom in masques.cellules)
    return replace(masques, cellules=cellules)


def _lignes_et_caches(compte: Compte[Any]) -> tuple[Ligne, ...]:
    """Les mêmes lignes, un sous-total réunissant aussi ses cachés ; ceux du total n’en ont pas."""
    sous_totaux = {cle_de_groupe(groupe) for groupe in compte.grille.groupes()}
    siens = {cle: f"{CACHES} {cle}" for cle in (*sous_totaux, "")}
    lignes = [replace(x, details=x.details | {siens[x.cle]}) if x.cle in siens else x for x in _lignes(compte)]
    return (*lignes, *(Ligne(cle, frozenset({cle})) for cle in siens.values()))


def personnes(comptes: Iterable[Compte[Cellule]], faits: Faits) -> list[Personne]:
    heures = calculs.par_participant(faits.cellules)
    comptees = calculs.beneficiaires(heures)
    details: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    seules: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for compte in comptes:
        cle = compte.grille.cle
        for ligne, cellules in compte.par_ligne.items():
            for personne, centiemes in calculs.par_participant(cellules).items():
                ou = details if centiemes >= calculs.UNE_HEURE else seules
                ou[personne][cle].add(ligne)
        caches = _cacher(compte, details, comptees)
        if caches:
            for personne in comptees:
                details[personne][cle + A_PART] = details[personne][cle] | caches.get(personne, set())
    return [
        Personne(
            frozenset(t for t, code in TRAITS.items() if calculs.personne_retenue(faits, p, {t: code})),
            _figer(details[p]),
            _figer(seules[p]),
            compte=p in comptees,
        )
        for p in heures
    ]


def _cacher(
    compte: Compte[Cellule], details: Mapping[int, Mapping[str, set[str]]], comptees: set[int]
) -> dict[int, set[str]]:
    """Par personne, les sous-totaux et le total (clef vide) où elle compte sans compter sur une de leurs lignes."""
    caches: dict[int, set[str]] = defaultdict(set)
    for groupe in compte.grille.groupes():
        lignes = {x.cle for x in compte.grille.lignes if x.groupe == groupe}
        cellules = [cellule for ligne in lignes for cellule in compte.par_ligne.get(ligne, [])]
        for personne in calculs.beneficiaires(calculs.par_participant(cellules)):
            if not details[personne][compte.grille.cle] & lignes:
                caches[personne].add(f"{CACHES} {cle_de_groupe(groupe)}")
    for personne in comptees:
        if not details[personne][compte.grille.cle] and personne not in caches:
            caches[personne].add(f"{CACHES} ")
    return caches


def _figer(lignes: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {tableau: frozenset(siennes) for tableau, siennes in lignes.items()}


def appliquer(compte: Compte[Cellule], masques: Masques) -> Compte[Cellule]:
    """Le même tableau, où ce qu’il faut taire vaut `SECRET`."""
    return replace(compte, rangees=[_rangee(compte, rangee, masques) for rangee in compte.rangees])


def _rangee(compte: Compte[Cellule], rangee: Rangee, masques: Masques) -> Rangee:
    tues = {cle: SECRET for cle in compte.grille.colonnes if _se_tait(compte, rangee, MESURES[cle], masques)}
    return replace(rangee, valeurs={**rangee.valeurs, **tues})


def _se_tait(compte: Compte[Cellule], rangee: Rangee, mesure: Mesure, masques: Masques) -> bool:
    if mesure.publique:
        return False
    if rangee.niveau == TOTAL:
        return masques.tait_le_total(mesure.trait)
    tait = masques.tait_les_heures if mesure.est_en_heures else masques.tait
    return tait(compte.grille.cle, rangee.valeurs["code"], _colonne(mesure).cle)


def masquer_sorties(compte: Compte[Sortie]) -> Compte[Sortie]:
    """Les sorties comptent d’autres personnes que les heures : leur tableau se masque à part.

    Deux échéances d’une même personne ne font pas deux personnes : c’est elle que l’on protège.
    """
    cle = compte.grille.cle
    lignes: dict[int, set[str]] = defaultdict(set)
    for ligne, siennes in compte.par_ligne.items():
        for sortie in siennes:
            lignes[sortie.participant].add(ligne)
    gens = [Personne(frozenset(), {cle: frozenset(siennes)}) for siennes in lignes.values()]
    sans_heures = Colonne("sorties")
    masques = masquer([Tableau(cle, (sans_heures,), _lignes(compte))], gens)
    rangees = []
    for rangee in compte.rangees:
        total = rangee.niveau == TOTAL
        tue = masques.tait_le_total() if total else masques.tait(cle, rangee.valeurs["code"], sans_heures.cle)
        rangees.append(
            replace(rangee, valeurs={**rangee.valeurs, "sorties": SECRET, "part": SECRET}) if tue else rangee
        )
    return replace(compte, rangees=rangees)
