"""Ce qu’une clause demande, selon le type de son objectif ; et comment un objectif commun se répartit (sans base)."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marches.enums import TypeObjectif
from marches.models import Clause
from marches.obligation import (
    CHAMPS_D_OBJECTIF,
    CHAMPS_DU_TYPE,
    dues_par_engagement,
    obligation,
    repartir_l_objectif,
)

D = Decimal


def dit(type_objectif: str, *, facture: str = "0", mois: int | None = 24, **champs: Any) -> tuple[str, Decimal | None]:
    clause = Clause(type_objectif=type_objectif, **champs)
    due = obligation(clause, base_etp=1820, mois=mois, facture=D(facture))
    return due.phrase.replace("\u202f", " ").replace("\u00a0", " "), due.heures


def test_tout_type_dit_quels_champs_il_emploie():
    assert set(CHAMPS_DU_TYPE) == set(TypeObjectif.values)
    modele = {champ.name for champ in Clause._meta.fields if champ.name.startswith("objectif_")}
    assert set(CHAMPS_D_OBJECTIF) == modele


@pytest.mark.parametrize("type_objectif", TypeObjectif.values)
def test_un_type_sans_ses_parametres_dit_encore_une_phrase(type_objectif):
    phrase, heures = dit(type_objectif)
    assert phrase.endswith(".")
    assert heures in (None, D(0))


@pytest.mark.parametrize(
    ("type_objectif", "champs", "phrase", "heures"),
    [
        (
            "HEURES_FIXES",  # 1 000 000 × 50 % × 5 % ÷ 30 (domaine.md §4)
            {
                "objectif_montant": D(1_000_000),
                "objectif_part": D(50),
                "objectif_taux": D(5),
                "objectif_cout_horaire": D(30),
            },
            "L’objectif du lot est de 833,33 h",
            "833.33",
        ),
        (
            "PCT_HEURES_TRAVAILLEES",  # charte ANRU : 5 % des heures travaillées
            {"objectif_heures_totales": D(12_345), "objectif_part_heures": D(5)},
            "L’entreprise réserve 5 % de ses heures travaillées : 617,25 h sur 12 345,00 h.",
            "617.25",
        ),
        ("NB_PERSONNES_OU_ETP", {"objectif_personnes": 1}, "L’entreprise emploie 1 personne ;", None),
        (
            "NB_PERSONNES_OU_ETP",  # 2,5 × 1 820 × 24 ÷ 12
            {"objectif_personnes": 3, "objectif_etp": D("2.50")},
            "L’entreprise emploie 3 personnes et 2,5 équivalents temps plein pendant 24 mois, soit 9 100,00 h.",
            "9100.00",
        ),
        (
            "OFFRE_TITULAIRE",
            {"objectif_plancher": D(800), "objectif_offre": D(1200)},
            "L’entreprise doit les 1 200,00 h de son offre, au-delà du plancher de 800,00 h.",
            "1200",
        ),
        (
            "OFFRE_TITULAIRE",
            {"objectif_plancher": D(800), "objectif_offre": D(800)},
            "L’entreprise doit le plancher de 800,00 h : son offre (800,00 h) ne le dépasse pas.",
            "800",
        ),
        ("OFFRE_TITULAIRE", {"objectif_plancher": D(800)}, "L’entreprise doit le plancher de 800,00 h :", "800"),
        ("OFFRE_TITULAIRE", {"objectif_offre": D(600)}, "L’entreprise doit les 600,00 h de son offre.", "600"),
        ("INTEGRAL", {}, "Toute l’exécution du lot est confiée aux publics admis", None),
        ("LIBRE", {"objectif_texte": "Accueillir deux classes."}, "Accueillir deux classes.", None),
    ],
)
def test_chaque_type_se_dit_en_une_phrase(type_objectif, champs, phrase, heures):
    dite, due = dit(type_objectif, **champs)
    assert dite.startswith(phrase)
    assert due == (None if heures is None else D(heures))


def test_une_heure_par_tranche_facturee():
    champs = {"objectif_tranche": D(2000)}
    assert dit("HEURES_PAR_TRANCHE_MONTANT", facture="12500", **champs) == (
        "L’entreprise doit 1 h par 2 000 € HT facturés : 6,25 h à ce jour.",
        D("6.25"),
    )
    assert dit("HEURES_PAR_TRANCHE_MONTANT", facture="-500", **champs)[1] == D(0)


def test_sans_duree_les_temps_pleins_ne_font_pas_d_heures():
    phrase, heures = dit("NB_PERSONNES_OU_ETP", mois=None, objectif_etp=D(1))
    assert heures is None
    assert "donner les dates du marché" in phrase


def membre(pk: int, part: str | None = None) -> Any:
    return SimpleNamespace(pk=pk, part_groupement=None if part is None else D(part))


def test_sans_parts_chacun_doit_selon_ce_qu_il_facture():
    membres = [membre(1), membre(2)]
    assert dues_par_engagement(D(2000), membres, {1: D(30_000), 2: D(10_000)}) == {1: D("15.00"), 2: D("5.00")}
    # Un avoir qui efface tout : plus rien n’est dû.
    assert dues_par_engagement(D(2000), membres, {1: D(-5), 2: D(0)}) == {1: D(0), 2: D(0)}


def test_les_parts_du_groupement_l_emportent_sur_qui_facture():
    membres = [membre(1, "60"), membre(2, "40")]
    assert dues_par_engagement(D(2000), membres, {1: D(40_000)}) == {1: D("12.00"), 2: D("8.00")}
    # Une part manque : on retombe sur ce que chacun facture.
    assert dues_par_engagement(D(2000), [membre(1, "60"), membre(2)], {1: D(40_000)}) == {1: D("20.00")}


def test_un_objectif_commun_suit_les_parts_puis_l_engage_puis_l_egalite():
    assert repartir_l_objectif(D(100), [membre(1, "75"), membre(2, "25")], {}) == {1: D(75), 2: D(25)}
    assert repartir_l_objectif(D(100), [membre(1), membre(2)], {1: D(300), 2: D(100)}) == {1: D(75), 2: D(25)}
    assert repartir_l_objectif(D("0.01"), [membre(1), membre(2)], {}) == {1: D("0.01"), 2: D("0.00")}
    assert repartir_l_objectif(D(100), [], {}) == {}


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(-10_000_000, 10_000_000)), max_size=30),
    st.integers(1, 1_000_000),
)
def test_les_heures_dues_font_toujours_celles_de_la_clause(montants, tranche):
    membres = [membre(pk) for pk in range(1, 5)]
    sommes: dict[int, Decimal] = {}
    for pk, centimes in montants:
        sommes[pk] = sommes.get(pk, D(0)) + D(centimes) / 100
    dues = dues_par_engagement(D(tranche) / 100, membres, sommes)
    total = max(sum(sommes.values(), D(0)) / (D(tranche) / 100), D(0)).quantize(D("0.01"), rounding="ROUND_HALF_UP")
    assert sum(dues.values()) == total
    assert all(heures >= 0 for heures in dues.values())
