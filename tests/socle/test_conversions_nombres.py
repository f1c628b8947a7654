"""Conversions des heures, montants, entiers, dates et mois : B17 à B20 et B55 de la conception « sécurité »."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.socle.conversions import HeuresLues, vers_date, vers_entier, vers_heures, vers_mois, vers_montant
from clauses.socle.nombres import en_heures
from tests.socle.test_conversions import refus


def instant(*champs: int) -> datetime.datetime:
    return datetime.datetime(*champs)  # noqa: DTZ001 - sans fuseau, comme le tableur


@pytest.mark.parametrize(
    ("valeur", "centiemes"),
    [
        pytest.param("7,35", 735, id="B17-virgule"),
        pytest.param("7.35", 735, id="B17-point"),
        pytest.param("7h30", 750, id="B17-7h30"),
        pytest.param("7:30", 750, id="B17-7:30"),
        pytest.param("7 h", 700, id="B17-7-h"),
        pytest.param("1\u00a0820,50", 182_050, id="B17-insecable"),
        pytest.param("1\u202f820,50", 182_050, id="B17-fine-insecable"),
        pytest.param("7,35 h", 735, id="B17-unite"),
        pytest.param("7 heures", 700, id="heures"),
        pytest.param("7h30min", 750, id="minutes"),
        pytest.param("1803,60", 180_360, id="P4"),
        pytest.param(7.35, 735, id="flottant"),
        pytest.param(0.1 + 0.2, 30, id="bruit-binaire"),
        pytest.param(12, 1_200, id="entier"),
        pytest.param(Decimal("7.350"), 735, id="decimal"),
        pytest.param(datetime.timedelta(hours=35), 3_500, id="B18-duree"),
        pytest.param(datetime.timedelta(seconds=26_999.9996), 750, id="B18-bruit-de-duree"),
        pytest.param(datetime.time(7, 30), 750, id="B18-horaire"),
        pytest.param("0", 0, id="B19-zero"),
        pytest.param("néant", 0, id="B19-neant"),
        pytest.param("151,67", 15_167, id="B19-mois-plein"),
    ],
)
def test_des_heures_exactes_sont_lues_sans_avertissement(valeur, centiemes):
    assert vers_heures(valeur) == HeuresLues(Decimal(centiemes) / 100, None)
    assert str(vers_heures(valeur).valeur) == f"{Decimal(centiemes) / 100:.2f}"


@pytest.mark.parametrize(
    ("valeur", "lue"),
    [
        pytest.param("7,333333", "7.33", id="B19-sixieme"),
        pytest.param("151,675 h", "151.68", id="demi-centieme-vers-le-haut"),
        pytest.param(1.005, "1.01", id="G24-flottant-ecrit-1,005"),
        pytest.param(7.333333333333333, "7.33", id="flottant-periodique"),
        pytest.param("7h20", "7.33", id="minutes-periodiques"),
        pytest.param(datetime.time(0, 0, 18), "0.01", id="dix-huit-secondes"),
        pytest.param("1,820", "1.82", id="P4-millier-possible"),
        pytest.param("1.820 h", "1.82", id="P4-millier-possible-au-point"),
    ],
)
def test_des_heures_interpretees_le_disent(valeur, lue):
    heures = vers_heures(valeur)

    assert heures.valeur == Decimal(lue)
    assert en_heures(Decimal(lue)) in heures.avertissement


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        pytest.param("-1", "négatif", id="B19-negatif"),
        pytest.param("\u22121", "négatif", id="moins-typographique"),
        pytest.param("0,004", "devient zéro", id="B19-zero-par-arrondi"),
        pytest.param("1e400", "nombre d’heures", id="B19-1e400"),
        pytest.param("inf", "nombre d’heures", id="B19-inf"),
        pytest.param(math.inf, "plausible", id="B19-infini"),
        pytest.param("NaN", "nombre d’heures", id="B19-nan"),
        pytest.param(math.nan, "plausible", id="B19-nan-flottant"),
        pytest.param(10**400, "plausible", id="entier-demesure"),
        pytest.param("1_000", "nombre d’heures", id="B19-souligne"),
        pytest.param("\u0667", "nombre d’heures", id="B19-chiffre-arabe"),
        pytest.param("²", "nombre d’heures", id="B19-exposant"),
        pytest.param(True, "VRAI", id="B19-booleen"),
        pytest.param("=1+1", "nombre d’heures", id="B12-formule"),
        pytest.param("1.820,50", "nombre d’heures", id="deux-separateurs"),
        pytest.param("1 82,5", "nombre d’heures", id="groupe-incomplet"),
        pytest.param("7h5", "7h05 ou 7h50", id="minutes-ambigues"),
        pytest.param("7h75", "59 minutes", id="minutes-impossibles"),
        pytest.param(instant(1900, 1, 1, 1), "[h]:mm", id="B18-25-heures-devenues-date"),
        pytest.param(datetime.date(2026, 7, 1), "est une date", id="date"),
    ],
)
def test_des_heures_impossibles_sont_refusees(valeur, attendu):
    assert attendu in refus(vers_heures, valeur)


def test_b19_un_maximum_se_demande_et_les_mouvements_peuvent_etre_negatifs():
    assert "744,00" in refus(vers_heures, "800", maximum=Decimal(744))
    assert vers_heures("-12,5", negatif=True).valeur == Decimal("-12.50")


@given(st.integers(0, 10**9))
def test_des_heures_ecrites_puis_relues_sont_les_memes(centiemes):
    heures = Decimal(centiemes) / 100

    assert vers_heures(en_heures(heures)).valeur == heures
    assert vers_heures(str(heures.quantize(Decimal("0.01")))) == HeuresLues(heures.quantize(Decimal("0.01")))
    assert vers_heures(float(heures)).valeur == heures


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        ("12 500,50 €", "12500.50"),
        ("12\u202f500 € HT", "12500.00"),
        ("12500.5", "12500.50"),
        (12.345, "12.35"),
        (1_000_000, "1000000.00"),
    ],
)
def test_un_montant_est_lu_au_centime(valeur, attendu):
    assert str(vers_montant(valeur)) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [("12.500", "ambigu"), ("12,500 €", "ambigu"), ("-3", "négatif"), (1e17, "plausible"), ("12 k€", "montant")],
)
def test_un_montant_douteux_est_refuse(valeur, attendu):
    assert attendu in refus(vers_montant, valeur)


def test_un_entier_est_lu_entre_ses_bornes():
    assert [vers_entier(valeur) for valeur in ("12", 12.0, "12,0", "1 200")] == [12, 12, 12, 1200]
    assert "pas un nombre entier" in refus(vers_entier, "12,5")
    assert "entre 1 et 60" in refus(vers_entier, 61, minimum=1, maximum=60)


# Dates et mois


@pytest.mark.parametrize(
    "valeur",
    [
        "01/02/2026",
        "2026-02-01",
        "1/2/26",
        "01.02.2026",
        "2026-02-01T23:59:59.999",
        "01/02/2026 08:30",
        datetime.date(2026, 2, 1),
        instant(2026, 2, 1, 23, 59, 59, 999_000),
    ],
)
def test_b20_une_date_est_lue_a_la_francaise(valeur):
    assert vers_date(valeur) == datetime.date(2026, 2, 1)
    assert vers_mois(valeur) == datetime.date(2026, 2, 1)


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        ("31/02/2026", "calendrier"),
        ("13/13/2026", "calendrier"),
        ("02/13/2026", "calendrier"),
        ("0000-00-00", "calendrier"),
        (46023, "format Date"),
        (True, "format Date"),
        ("01/01/1900", "plausible"),
        ("31/12/9999", "plausible"),
        ("01/02-2026", "JJ/MM/AAAA"),
        ("2026-02-01Z", "JJ/MM/AAAA"),
    ],
)
def test_b20_une_date_impossible_est_refusee(valeur, attendu):
    assert attendu in refus(vers_date, valeur)


def test_une_annee_a_deux_chiffres_reste_dans_le_possible():
    assert vers_date("1/2/85") == datetime.date(1985, 2, 1)
    assert vers_date("1/2/60", au_plus_tard=datetime.date(2026, 1, 1)) == datetime.date(1960, 2, 1)


@pytest.mark.parametrize("valeur", ["2026-03", "03/2026", "3/2026", "mars 2026", "Mars 2026", instant(2026, 3, 31)])
def test_un_mois_est_son_premier_jour(valeur):
    assert vers_mois(valeur) == datetime.date(2026, 3, 1)


@pytest.mark.parametrize("valeur", ["2026-13", "00/2026", "mar 2026", "2026-02-30", 202603, "9999-01", "1899-12"])
def test_b55_un_mois_impossible_est_refuse(valeur):
    assert refus(vers_mois, valeur).endswith(".")
