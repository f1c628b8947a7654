"""Mois calendaires et écriture française des nombres."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from clauses.socle.mois import age_au, ajouter_mois, dernier_jour, en_lettres, mois_entre
from clauses.socle.nombres import en_euros, en_heures, en_nombre, en_taux

FINE, INSECABLE = "\u202f", "\u00a0"


def test_ajouter_un_mois_au_31_tombe_au_dernier_jour():
    assert ajouter_mois(datetime.date(2024, 1, 31), 1) == datetime.date(2024, 2, 29)
    assert dernier_jour(datetime.date(2026, 2, 3)) == datetime.date(2026, 2, 28)


def test_les_mois_entre_deux_dates_comprennent_les_bornes():
    mois = list(mois_entre(datetime.date(2025, 11, 15), datetime.date(2026, 1, 1)))
    assert mois == [datetime.date(2025, 11, 1), datetime.date(2025, 12, 1), datetime.date(2026, 1, 1)]
    assert list(mois_entre(datetime.date(2026, 2, 1), datetime.date(2026, 1, 1))) == []


def test_on_n_a_pas_26_ans_la_veille():
    naissance = datetime.date(1999, 12, 31)
    assert age_au(naissance, datetime.date(2025, 12, 1)) == 25
    assert age_au(naissance, datetime.date(2025, 12, 31)) == 26


@pytest.mark.parametrize(
    ("ecrit", "attendu"),
    [
        (en_heures(Decimal("1820.5")), f"1{FINE}820,50"),
        (en_heures(Decimal("-0.01")), "-0,01"),
        (en_nombre(1234567), f"1{FINE}234{FINE}567"),
        (en_euros(Decimal("12500.00")), f"12{FINE}500{INSECABLE}€"),
        (en_euros(Decimal("12500.40")), f"12{FINE}500,40{INSECABLE}€"),
        (en_taux(Decimal("0.958350")), f"95,84{FINE}%"),
        (en_taux(Decimal("1.2"), 0), f"120{FINE}%"),
        (en_lettres(datetime.date(2026, 8, 1)), "août 2026"),
    ],
)
def test_les_nombres_s_ecrivent_a_la_francaise(ecrit: str, attendu: str):
    assert ecrit == attendu
