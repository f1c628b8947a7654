"""Le masquage et son adversaire : rien de ce qui est tu ne se retrouve (docs/adr/0023)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bilans.secret import Colonne, Ligne, Masques, Personne, Tableau, masquer
from tests.bilans.attaquant import TOTAL, Attaquant, Publie

COLONNES = (Colonne("total"), Colonne("femmes", "F"), Colonne("hommes", "F", avec=False), Colonne("nouveaux", "N"))
AVEC_BRSA = (Colonne("total", a_des_heures=True), Colonne("brsa", "B", a_des_heures=True))


def ligne(cle: str, *details: str) -> Ligne:
    return Ligne(cle, frozenset(details or {cle}))


def gens(tableau: str, effectifs: Mapping[str, Mapping[str, int]]) -> list[Personne]:
    """`{"A": {"F": 3, "": 7}}` : sur la ligne A, trois femmes et sept personnes sans trait."""
    return [
        Personne(frozenset(traits), {tableau: frozenset({detail})})
        for detail, par_traits in effectifs.items()
        for traits, nombre in par_traits.items()
        for _ in range(nombre)
    ]


def attaquer(tableaux: Sequence[Tableau], personnes: Sequence[Personne], masques: Masques) -> list[str]:
    """Publie le document sous ces masques, et rend ce que l’attaquant en déduit de trop."""
    vraies, cellules = {}, {}
    comptees = [p for p in personnes if p.compte]
    colonnes = {(c.trait, c.avec): c for t in tableaux for c in t.colonnes}
    groupes = [("", True), *((t, a) for t in sorted({t for t, _ in colonnes if t}) for a in (True, False))]
    for trait, avec in groupes:
        vraies[TOTAL, TOTAL, trait, avec] = sum(Colonne("", trait, avec).compte(p.traits) for p in comptees)
        if (trait, avec) in colonnes:
            tu = masques.tait_le_total(trait)
            cellules[TOTAL, TOTAL, trait, avec] = None if tu else vraies[TOTAL, TOTAL, trait, avec]
    for tableau in tableaux:
        de_ce_tableau = {(c.trait, c.avec): c.cle for c in tableau.colonnes}
        for x in tableau.lignes:
            siens = [p for p in comptees if p.details[tableau.cle] & x.details]
            for trait, avec in groupes:
                cle = (tableau.cle, x.cle, trait, avec)
                vraies[cle] = sum(Colonne("", trait, avec).compte(p.traits) for p in siens)
                if (trait, avec) in de_ce_tableau:
                    tu = masques.tait(tableau.cle, x.cle, de_ce_tableau[trait, avec])
                    cellules[cle] = None if tu else vraies[cle]
    publie = Publie(
        lignes={t.cle: {x.cle: x.details for x in t.lignes} for t in tableaux},
        traits=sorted({t for t, _ in colonnes if t}),
        cellules=cellules,
        vraies={c: v for c, v in vraies.items() if not _hors_du_tableau(c, tableaux)},
    )
    return Attaquant(publie).decouvertes()


def _hors_du_tableau(cellule, tableaux) -> bool:
    """Un trait sans colonne dans ce tableau n’y est pas un groupe publié, ni son complément."""
    return bool(cellule[2]) and not any(
        cellule[0] in {t.cle, TOTAL} and cellule[2] in {c.trait for c in t.colonnes} for t in tableaux
    )


def tues(masques: Masques) -> set[tuple[str, str]]:
    return {(ligne, colonne) for _, ligne, colonne in masques.cellules}


A_B_C = (ligne("A"), ligne("B"), ligne("C"))
CAS = {
    "la soustraction : une seule petite ligne": (
        [Tableau("t", COLONNES[:1], A_B_C)],
        gens("t", {"A": {"": 3}, "B": {"": 20}, "C": {"": 30}}),
    ),
    "femmes plus hommes font le total": (
        [Tableau("t", COLONNES[:3], A_B_C)],
        gens("t", {"A": {"F": 2, "": 18}, "B": {"F": 10, "": 9}, "C": {"F": 12, "": 11}}),
    ),
    "le total moins les bénéficiaires du RSA": (
        [Tableau("t", AVEC_BRSA, A_B_C)],
        gens("t", {"A": {"B": 18, "": 2}, "B": {"B": 10, "": 9}, "C": {"B": 12, "": 11}}),
    ),
    "les anciens, que personne ne publie": (
        [Tableau("t", COLONNES, A_B_C)],
        gens("t", {"A": {"N": 12, "NF": 6, "F": 3}, "B": {"F": 7, "": 8}, "C": {"N": 9, "F": 9}}),
    ),
    "le sous-total d’un type": (
        [Tableau("t", COLONNES[:1], (ligne("A"), ligne("B"), ligne("AB", "A", "B"), ligne("C"), ligne("D"),
                                     ligne("CD", "C", "D")))],
        gens("t", {"A": {"": 2}, "B": {"": 20}, "C": {"": 30}, "D": {"": 12}}),
    ),
    "deux petites lignes qui se complètent": (
        [Tableau("t", COLONNES[:1], A_B_C)],
        gens("t", {"A": {"": 2}, "B": {"": 1}, "C": {"": 30}}),
    ),
    "une colonne à une seule ligne non nulle": (
        [Tableau("t", COLONNES, A_B_C)],
        gens("t", {"A": {"F": 3, "": 15}, "B": {"": 12}, "C": {"N": 9}}),
    ),
    "un tableau d’une case": ([Tableau("t", COLONNES[:1], (ligne("A"),))], gens("t", {"A": {"": 3}})),
    "une case de sept, dont trois femmes": (
        [Tableau("t", COLONNES[:3], (ligne("A"),))], gens("t", {"A": {"F": 3, "": 4}}),
    ),
    "deux lignes seulement": (
        [Tableau("t", COLONNES[:3], (ligne("A"), ligne("B")))],
        gens("t", {"A": {"F": 3, "": 3}, "B": {"F": 4, "": 6}}),
    ),
}  # fmt: skip


def en_deux_tableaux() -> tuple[list[Tableau], list[Personne]]:
    """Le critère et le territoire : les mêmes personnes, le même total."""
    lieux = [*["R"] * 9, *["S"] * 2, *["R"] * 12, *["S"] * 14]
    criteres = ["A"] * 11 + ["B"] * 26
    traits = ["F", "", "F", "NF", "N"]
    return (
        [
            Tableau("criteres", COLONNES, (ligne("A"), ligne("B"))),
            Tableau("lieux", AVEC_BRSA, (ligne("R"), ligne("S"))),
        ],
        [
            Personne(
                frozenset(traits[n % 5]) | (frozenset("B") if n % 3 else frozenset()),
                {"criteres": frozenset({critere}), "lieux": frozenset({lieu})},
            )
            for n, (critere, lieu) in enumerate(zip(criteres, lieux, strict=True))
        ],
    )


CAS["deux tableaux qui partagent leur total"] = en_deux_tableaux()


@pytest.mark.parametrize("nom", CAS)
def test_rien_ne_se_retrouve(nom):
    tableaux, personnes = CAS[nom]
    assert attaquer(tableaux, personnes, masquer(tableaux, personnes)) == []


@pytest.mark.parametrize("nom", [nom for nom in CAS if nom != "un tableau d’une case"])
def test_publier_sans_masque_se_verrait(nom):
    tableaux, personnes = CAS[nom]
    assert attaquer(tableaux, personnes, Masques())


@pytest.mark.parametrize("nom", CAS)
def test_chaque_masque_secondaire_retire_se_voit(nom):
    """Mutation : publier une seule des cellules tues suffit à l’attaquant ; aucune n’est tue pour rien."""
    tableaux, personnes = CAS[nom]
    masques = masquer(tableaux, personnes)
    sans_une = [Masques(masques.tout, masques.traits, masques.cellules - {cellule}) for cellule in masques.cellules]
    assert masques.tout or (masques.traits and len(tableaux[0].lignes) == 1) or sans_une
    assert all(attaquer(tableaux, personnes, moins) for moins in sans_une)


def document(personnes: Sequence[tuple[str, str, str]]) -> tuple[list[Tableau], list[Personne]]:
    """Deux tableaux liés, l’un avec un sous-total ; une personne : sa ligne dans chacun, ses traits."""
    un = Tableau("un", COLONNES[:3], (*A_B_C, ligne("BC", "B", "C")))
    deux = Tableau("deux", AVEC_BRSA, (ligne("R"), ligne("S")))
    return [un, deux], [
        Personne(frozenset(traits), {"un": frozenset({un_detail}), "deux": frozenset({deux_detail})})
        for un_detail, deux_detail, traits in personnes
    ]


PERSONNES = st.lists(
    st.tuples(st.sampled_from("AABCC"), st.sampled_from("RRRS"), st.sampled_from(["", "F", "B", "BF"])), max_size=24
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(PERSONNES)
def test_aucune_petite_population_ne_se_retrouve(personnes):
    tableaux, gens_ = document(personnes)
    masques = masquer(tableaux, gens_)
    assert attaquer(tableaux, gens_, masques) == []
    assert masquer(tableaux, list(reversed(gens_))) == masques
