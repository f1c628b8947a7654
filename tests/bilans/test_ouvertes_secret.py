"""Les données ouvertes devant l’attaquant : rien d’un petit groupe ne se retrouve des lignes que l’on publie."""

from __future__ import annotations

import datetime
import itertools
import random
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bilans.donnees_ouvertes.cube import CLES, LigneCube, lignes
from bilans.donnees_ouvertes.definitions import TOUS
from bilans.faits import Acheteur, Cellule, Contrat, Engagement, Faits, Marche, Periode, Profil
from bilans.secret import SECRET, SEUIL
from tests.bilans.attaquant import Attaquant, Publie

ANNEE = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31), datetime.date(2025, 12, 31))
TYPES, SECTEURS = ("COMMUNE", "DEPARTEMENT"), ("BATIMENT", "NETTOYAGE")
MODALITES, CRITERES = ("EMBAUCHE_DIRECTE", "MISE_A_DISPOSITION"), ("RSA", "DELD", "BOETH")
ALPHABETS = (TYPES, SECTEURS, MODALITES, CRITERES)
TOUTES = list(itertools.product(*ALPHABETS))
Codes = tuple[str, ...]
Cellule_ = tuple[str, str, str, bool]


def population(nombre: int, graine: int, *, plusieurs: bool = False) -> Faits:
    """Des personnes inventées, inégalement réparties ; `plusieurs` : certaines ont plusieurs chantiers."""
    hasard = random.Random(graine)

    def parmi(codes: tuple[str, ...]) -> int:
        return hasard.choices(range(len(codes)), [1 / (rang + 1) ** 1.5 for rang in range(len(codes))])[0]

    profils, cellules = {}, []
    for n in range(nombre):
        principal = CRITERES[parmi(CRITERES)]
        profils[n] = Profil(
            "F", 30, "T", "TERRITOIRE", "NON", "3", "NR", "NON", "NON", principal, frozenset({principal})
        )
        for _ in range(hasard.choice([1, 1, 2]) if plusieurs else 1):
            chantier = parmi(TYPES) * len(SECTEURS) + parmi(SECTEURS)
            centiemes = hasard.choice([60, 3500, 15167]) if plusieurs else hasard.choice([100, 3500, 15167])
            cellules.append(Cellule(chantier, n, MODALITES[parmi(MODALITES)], n, centiemes))
    return Faits(
        periode=ANNEE,
        cellules=cellules,
        premiers_mois={},
        profils=profils,
        contrats={n: Contrat(n, 1, "CDD", "EI") for n in range(nombre)},
        engagements={n: Engagement(n, n, n, SECTEURS[n % 2]) for n in range(4)},
        marches={n: Marche(n, ANNEE.du, est_clos=False) for n in range(4)},
        acheteurs={n: Acheteur(f"A{n}", f"2000000000000{n}", TYPES[n // 2], "") for n in range(4)},
        engagees={},
        realisees={},
        sorties=[],
        hors_compte={},
        territoires=[],
        base_etp=1820,
        etp_facilitateurs=None,
    )


def croisements_vrais(faits: Faits) -> dict[Codes, dict[int, int]]:
    """Par croisement des quatre codes, les centièmes de chacun ; recomptés ici, sans le cube."""
    vrais: dict[Codes, dict[int, int]] = {codes: {} for codes in TOUTES}
    for c in faits.cellules:
        codes = (
            TYPES[c.engagement // 2],
            SECTEURS[c.engagement % 2],
            c.modalite,
            faits.profils[c.participant].principal,
        )
        vrais[codes][c.participant] = vrais[codes].get(c.participant, 0) + c.centiemes
    return vrais


def reunis(ligne: Codes) -> list[Codes]:
    return [codes for codes in TOUTES if all(vu in {TOUS, code} for vu, code in zip(ligne, codes, strict=True))]


def marges() -> list[Codes]:
    return [
        tuple(code if n == rang else TOUS for n in range(len(CLES)))
        for rang, alphabet in enumerate(ALPHABETS)
        for code in alphabet
    ]


def publier(publiees: list[LigneCube], vrais: dict[Codes, dict[int, int]], *, en_heures: bool = False) -> Publie:
    """Ce que lit l’attaquant : les croisements absents lui sont inconnus, et une marge absente vaut zéro."""
    lus = {ligne.codes: _lire(ligne.heures) if en_heures else ligne.beneficiaires for ligne in publiees}
    decoupe = {"|".join(ligne): frozenset("|".join(c) for c in reunis(ligne)) for ligne in [*marges(), *TOUTES]}
    cellules, vraies = {("", "", "", True): lus[TOUS, TOUS, TOUS, TOUS]}, {}
    for ligne in [*marges(), *TOUTES]:
        cle = ("cube", "|".join(ligne), "", True)
        personnes = set().union(*(vrais[codes] for codes in reunis(ligne)))
        valeur = lus.get(ligne, None if TOUS not in ligne else 0)
        cellules[cle] = None if valeur is SECRET else valeur
        if TOUS in ligne or 0 < len(personnes) < 5:
            centiemes = sum(sum(vrais[codes].values()) for codes in reunis(ligne))
            vraies[cle] = centiemes if en_heures else len(personnes)
    return Publie({"cube": decoupe}, (), cellules, vraies)


def _lire(heures: Any) -> Any:
    return heures if heures is SECRET else int(heures * 100)


def bornes(attaquant: Attaquant, cellule: Cellule_) -> tuple[Fraction, Fraction]:
    """La plus petite et la plus grande valeur d’une cellule, en nombres quelconques : l’entier n’en sait pas moins."""
    plus = attaquant.simplexe.maximum(attaquant.sommes[cellule], 1)
    moins = attaquant.simplexe.maximum(attaquant.sommes[cellule], -1)
    assert plus is not None
    assert moins is not None
    return -moins, plus


@pytest.mark.parametrize(("nombre", "graine"), [(n, g) for n in (12, 30, 60, 120) for g in range(3)])
def test_l_attaquant_ne_retrouve_aucun_petit_groupe(nombre, graine):
    """Chacun a un seul croisement : les additions sont exactes, c’est le cas le plus favorable à l’attaquant."""
    faits = population(nombre, graine)
    publie = publier(lignes(faits, 2025), croisements_vrais(faits))
    attaquant = Attaquant(publie)
    for cellule, vraie in publie.vraies.items():
        if publie.cellules[cellule] is not None:
            assert vraie == 0 or vraie >= SEUIL
            continue
        moins, plus = bornes(attaquant, cellule)
        assert not 0 < vraie < SEUIL or plus >= SEUIL, f"{cellule} vaut {vraie} et se sait au plus {plus}"
        assert moins < plus or TOUS not in cellule[1], f"{cellule} vaut {vraie} et se retrouve"


@pytest.mark.parametrize(("nombre", "graine"), [(n, g) for n in (30, 60, 120) for g in range(3)])
def test_l_attaquant_ne_retrouve_les_heures_d_aucune_ligne_tue(nombre, graine):
    """Les heures s’additionnent, même quand une personne a plusieurs chantiers."""
    faits = population(nombre, graine, plusieurs=True)
    publie = publier(lignes(faits, 2025), croisements_vrais(faits), en_heures=True)
    attaquant = Attaquant(publie)
    for cellule in publie.vraies:
        if publie.cellules[cellule] is None:
            moins, plus = bornes(attaquant, cellule)
            assert moins < plus, f"les heures de {cellule} se retrouvent"


def test_l_attaquant_voit_un_croisement_de_trop():
    """Publier tous les croisements de cinq personnes, ce que le cube refuse, livrerait des petits groupes."""
    trouves = 0
    for graine in range(3):
        faits = population(60, graine)
        publiees, vrais = lignes(faits, 2025), croisements_vrais(faits)
        ecrits = {ligne.codes for ligne in publiees}
        tous = [
            LigneCube(2025, c, len(p), Decimal(1)) for c, p in vrais.items() if len(p) >= SEUIL and c not in ecrits
        ]
        publie = publier([*publiees, *tous], vrais)
        attaquant = Attaquant(publie)
        tues = [c for c, vraie in publie.vraies.items() if publie.cellules[c] is None and 0 < vraie < SEUIL]
        trouves += sum(bornes(attaquant, cellule)[1] < SEUIL for cellule in tues)
        assert any(TOUS not in codes for codes in ecrits)
    assert trouves > 0


def test_une_annee_sous_cinq_beneficiaires_ne_se_publie_pas():
    assert lignes(population(4, 0), 2025) == []
    assert len(lignes(population(5, 0), 2025)) > 1


def test_les_effectifs_restent_distincts_et_le_reste_d_une_marge_n_est_jamais_petit():
    """Recompté sans le cube : ce que les croisements écrits laissent dans une marge écrite."""
    for graine in range(4):
        faits = population(90, graine, plusieurs=True)
        publiees, vrais = lignes(faits, 2025), croisements_vrais(faits)
        lus = {ligne.codes: ligne.beneficiaires for ligne in publiees}
        total = {p for c in vrais.values() for p in c if sum(h.get(p, 0) for h in vrais.values()) >= 100}
        assert lus[TOUS, TOUS, TOUS, TOUS] == len(total)
        for ligne in marges():
            dedans = [codes for codes in reunis(ligne) if codes in lus]
            dehors = {p for codes in reunis(ligne) if codes not in lus for p in vrais[codes]}
            if dedans:
                assert lus[ligne] is not SECRET
                assert len(dehors) == 0 or len(dehors) >= SEUIL
