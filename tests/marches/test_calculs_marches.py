"""Calculs purs ajoutés aux marchés : cumuls, mentions du CCAG, considérations, avancement."""

from __future__ import annotations

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from clauses.comptes.models import Structure
from marches.avancement import avancement
from marches.calculs import considerations, cumuls, mentions_manquantes
from marches.enums import NatureClause, Situation


def test_le_cumul_suit_chaque_mouvement() -> None:
    assert cumuls([Decimal(100), Decimal("20.50"), Decimal(-120)]) == [
        Decimal(100),
        Decimal("120.50"),
        Decimal("0.50"),
    ]
    assert cumuls([]) == []


def test_une_clause_vide_manque_de_tout() -> None:
    manquantes = mentions_manquantes(perimetre="", nomme_facilitateur=False, publics="", heures=Decimal(0))
    assert manquantes == ["le périmètre", "le facilitateur", "les publics admis", "le volume horaire"]


def test_une_clause_complete_ne_manque_de_rien() -> None:
    assert not mentions_manquantes(perimetre="x", nomme_facilitateur=True, publics="y", heures=Decimal("0.01"))


@pytest.mark.parametrize("nature", NatureClause.values)
def test_chaque_nature_de_clause_a_ses_considerations(nature: str) -> None:
    donne = considerations(nature)
    assert donne["est_reserve"] == nature.startswith("RESERVE_")
    assert donne["a_clause_sociale"] == (nature in {"COND_EXEC", "COND_EXEC_ET_CRITERE"})
    assert donne["a_critere_social"] == (nature in {"CRITERE_SEUL", "COND_EXEC_ET_CRITERE"})


@pytest.mark.parametrize(
    ("engage", "realise", "taux", "jauge", "reste"),
    [
        ("0", "10", None, 0, "0"),
        ("300", "100", Decimal(1) / 3, 33, "200"),
        ("100", "150", Decimal("1.5"), 100, "0"),
        ("100", "0", Decimal(0), 0, "100"),
    ],
)
def test_l_avancement_se_montre_sans_deborder(
    engage: str, realise: str, taux: Decimal | None, jauge: int, reste: str
) -> None:
    objet = SimpleNamespace(heures_engagees=Decimal(engage), heures_realisees=Decimal(realise), structure=Structure())
    montre = avancement(objet, debut=None, fin=None, au=datetime.date(2025, 6, 1))
    assert (montre.taux, montre.jauge, montre.reste) == (taux, jauge, Decimal(reste))
    assert montre.situation in Situation
