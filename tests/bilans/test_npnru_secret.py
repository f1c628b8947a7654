"""Le bilan des quartiers masqué devant l’attaquant : marchés, opérations, sous-totaux et communes réunis."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from bilans.faits import Cellule, Engagement, Marche
from bilans.npnru import masque
from bilans.npnru.bilan import communes, compter, marches, operations
from bilans.npnru.definitions import COMMUNES, MARCHES, OPERATIONS
from bilans.npnru.lecture import Fiche, Stock
from bilans.rapport import Bilan, Demande, Tableau
from bilans.secret import SECRET
from bilans.tableaux import TOTAL
from tests.bilans.attaquant import Attaquant, Publie
from tests.bilans.test_masquage import faits

# (opération, renouvellement urbain) de chacun des six marchés ; zéro : sans opération.
LES_MARCHES = ((1, True), (1, True), (2, True), (0, False), (3, False), (0, False))
INSEE = ("62041", "62004", "62080", "59350", "NR")


def stock(nombre: int, graine: int) -> Stock:
    """Chacun n’a d’heures que sur un marché : les tableaux se partagent les personnes, toute addition est vraie."""
    hasard = random.Random(graine)

    def parmi(choix: Any) -> Any:
        return hasard.choices(choix, [1 / (rang + 1) ** 1.5 for rang in range(len(choix))])[0]

    lus = faits(nombre, graine)
    rangs = range(len(LES_MARCHES))
    cellules = [
        Cellule(parmi(rangs), p, "EMBAUCHE_DIRECTE", p, hasard.choice([3_500, 15_167, 420])) for p in range(nombre)
    ]
    par_marche: dict[int, list[Cellule]] = {n: [c for c in cellules if c.engagement == n] for n in rangs}
    complets = replace(
        lus,
        cellules=cellules,
        profils={p: profil._replace(commune=parmi(INSEE)) for p, profil in lus.profils.items()},
        engagements={n: Engagement(n, n) for n in rangs},
        marches={
            n: Marche(0, lus.periode.du, est_clos=False, operation=operation, est_npnru=est_npnru)
            for n, (operation, est_npnru) in enumerate(LES_MARCHES)
        },
        operations={1: "Première", 2: "Deuxième", 3: "Troisième"},
    )
    fiches = {n: Fiche(f"M{n}", "Objet", "Acheteur", lus.periode.du, "En cours") for n in rangs}
    connues = {code: (f"Commune {code}", code == INSEE[0]) for code in INSEE[:-1]}
    return Stock(complets, par_marche, fiches, dict.fromkeys(rangs, 100_000), {}, {}, connues)


def dresser(lu: Stock) -> Bilan:
    suivis = [n for n in lu.fiches if lu.cellules[n]]
    construits = ((OPERATIONS, operations(lu, suivis)), (MARCHES, marches(lu, suivis)), (COMMUNES, communes(lu)))
    tableaux = {definition.cle: Tableau(definition, list(rangees)) for definition, rangees in construits}
    return Bilan(None, Demande("npnru", lu.faits.periode), compter(lu, suivis), [], tableaux)


def publier(lu: Stock, vrai: Bilan, montre: Bilan) -> Publie:
    """Opérations, marchés et sous-totaux sont des réunions de marchés ; les communes partagent les mêmes personnes."""
    lignes: dict[str, dict[str, frozenset[str]]] = {"marches": {}, "communes": {}}
    cellules: dict[Any, int | None] = {}
    vraies: dict[Any, int] = {}
    for cle, tableau in vrai.tableaux.items():
        ou = "communes" if cle == "communes" else "marches"
        for vraie, montree in zip(tableau.rangees, montre.tableaux[cle].rangees, strict=True):
            if vraie.niveau == TOTAL and not vraie.filtre:
                _dire(cellules, vraies, "", "", vraie.valeurs, montree.valeurs)
            elif vraie.valeurs["personnes_stock"]:
                nom = "&".join(f"{dimension}={code}" for dimension, code in vraie.filtre.items())
                lignes[ou][nom] = _details(lu, vraie.filtre)
                _dire(cellules, vraies, ou, nom, vraie.valeurs, montree.valeurs)
    return Publie(lignes, ["Q"], cellules, vraies)


def _details(lu: Stock, filtre: Any) -> frozenset[str]:
    ((dimension, code),) = filtre.items()
    if dimension in ("marche", "commune"):
        return frozenset({code})
    lire = {"operation": lambda m: str(m.operation), "npnru": lambda m: "OUI" if m.est_npnru else "NON"}[dimension]
    return frozenset(str(n) for n, m in lu.faits.marches.items() if lire(m) == code and lu.cellules[n])


def _dire(cellules: Any, vraies: Any, tableau: str, ligne: str, vrai: Any, montre: Any) -> None:
    for trait, cle in (("", "personnes_stock"), ("Q", "qpv_stock")):
        vraies[tableau, ligne, trait, True] = vrai[cle]
        cellules[tableau, ligne, trait, True] = None if montre[cle] is SECRET else montre[cle]
    vraies[tableau, ligne, "Q", False] = vrai["personnes_stock"] - vrai["qpv_stock"]


@pytest.mark.parametrize(("nombre", "graine"), [(18, 1), (40, 2), (90, 3)])
def test_aucun_effectif_ne_se_retrouve_entre_marches_operations_et_communes(nombre, graine):
    lu = stock(nombre, graine)
    vrai = dresser(lu)
    montre = masque.masquer(vrai, lu, [n for n in lu.fiches if lu.cellules[n]])
    tues = [v for t in montre.tableaux.values() for r in t.rangees for v in r.valeurs.values() if v is SECRET]
    assert tues
    assert Attaquant(publier(lu, vrai, montre)).decouvertes() == []


def test_sans_masque_l_attaquant_trouverait():
    lu = stock(40, 2)
    vrai = dresser(lu)
    assert Attaquant(publier(lu, vrai, vrai)).decouvertes()


def publier_les_heures(lu: Stock, vrai: Bilan, montre: Bilan) -> Publie:
    """Les mêmes tableaux, en centièmes d’heure : celles d’un marché se lisent toujours, celles des QPV parfois.

    Les deux tableaux se partagent un total commun, et aucune heure n’est négative.
    """
    lignes: dict[str, dict[str, frozenset[str]]] = {"marches": {}, "communes": {}}
    cellules: dict[Any, int | None] = {}
    vraies: dict[Any, int] = {}
    for cle, tableau in vrai.tableaux.items():
        ou = "communes" if cle == "communes" else "marches"
        for vraie, montree in zip(tableau.rangees, montre.tableaux[cle].rangees, strict=True):
            if vraie.niveau == TOTAL and not vraie.filtre:
                _dire_les_heures(cellules, vraies, ("", ""), vraie.valeurs, montree.valeurs)
            elif vraie.valeurs["heures_stock"]:
                nom = "&".join(f"{dimension}={code}" for dimension, code in vraie.filtre.items())
                lignes[ou][nom] = _details(lu, vraie.filtre)
                _dire_les_heures(cellules, vraies, (ou, nom), vraie.valeurs, montree.valeurs)
    return Publie(lignes, ["Q"], cellules, vraies)


def _dire_les_heures(cellules: Any, vraies: Any, ou: tuple[str, str], vrai: Any, montre: Any) -> None:
    for trait, cle in (("", "heures_stock"), ("Q", "heures_qpv_stock")):
        vraies[*ou, trait, True] = int(vrai[cle] * 100)
        est_tu = montre[cle] is SECRET
        # Un même total, dit par plusieurs lignes, se lit dès que l’une le montre.
        if not est_tu or cellules.get((*ou, trait, True)) is None:
            cellules[*ou, trait, True] = None if est_tu else int(montre[cle] * 100)
    if cellules[*ou, "Q", True] is None:
        vraies[*ou, "Q", False] = int((vrai["heures_stock"] - vrai["heures_qpv_stock"]) * 100)
        cellules[*ou, "Q", False] = None


@pytest.mark.parametrize(("nombre", "graine"), [(18, 1), (40, 2), (90, 3), (90, 7), (200, 5)])
def test_aucune_heure_tue_ne_se_retrouve_entre_marches_operations_et_communes(nombre, graine):
    lu = stock(nombre, graine)
    vrai = dresser(lu)
    montre = masque.masquer(vrai, lu, [n for n in lu.fiches if lu.cellules[n]])
    publie = publier_les_heures(lu, vrai, montre)
    assert None in publie.cellules.values()
    assert Attaquant(publie).decouvertes() == []


def test_une_heure_tue_seule_se_retrouverait():
    """Sans rien taire de plus, une soustraction la donne."""
    lu = stock(90, 3)
    vrai = dresser(lu)
    publie = publier_les_heures(lu, vrai, vrai)
    seule = next(
        c for c, v in publie.vraies.items() if c[0] == "marches" and c[1].startswith("marche=") and c[2] and v
    )
    trahie = replace(publie, cellules={**publie.cellules, seule: None})
    assert [une for une in Attaquant(trahie).decouvertes() if str(seule) in une]
