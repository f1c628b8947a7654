"""Conversions : B12 à B16 et B22 de la conception « sécurité », et les allers-retours."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.socle import conversions
from clauses.socle.cellules import CelluleEnErreur
from clauses.socle.conversions import (
    ValeurRefusee,
    normaliser,
    texte_mal_decode,
    vers_choix,
    vers_code_insee,
    vers_date,
    vers_entier,
    vers_heures,
    vers_mois,
    vers_montant,
    vers_oui_non,
    vers_siret,
    vers_texte,
    vide,
)

SIRET = "73282932000074"
SIRET_A_ZERO = "00542002100049"
CHOIX = {"CDI": "CDI", "INTERIM": "Intérim", "INTERIM_INSERTION": "Intérim d’insertion", "1_2": "Aucun diplôme"}
TOUTES = [
    vers_texte,
    vers_siret,
    vers_heures,
    vers_montant,
    vers_date,
    vers_mois,
    vers_oui_non,
    vers_entier,
    vers_code_insee,
    lambda valeur: vers_choix(valeur, CHOIX),
]


def refus(convertir, *valeurs, **options) -> str:
    with pytest.raises(ValeurRefusee) as leve:
        convertir(*valeurs, **options)
    return str(leve.value)


def test_toutes_les_conversions_publiees_sont_eprouvees_ensemble():
    publiees = {nom for nom in conversions.__all__ if nom.startswith("vers_")}

    assert len(publiees) == len(TOUTES)


@pytest.mark.parametrize("convertir", TOUTES)
@pytest.mark.parametrize("valeur", [None, "", "  \t\r\n", "\u00a0\u202f", "\u200b\ufeff"])
def test_b19_le_vide_n_est_jamais_une_valeur(convertir, valeur):
    assert vide(valeur)
    assert refus(convertir, valeur) == "La valeur manque."


@pytest.mark.parametrize("convertir", TOUTES)
def test_b13_une_cellule_en_erreur_n_est_jamais_une_valeur(convertir):
    assert "(#DIV/0!)" in refus(convertir, CelluleEnErreur("#DIV/0!"))


@pytest.mark.parametrize("valeur", [0, 0.0, False, "0", "néant", CelluleEnErreur("#N/A")])
def test_zero_faux_et_une_erreur_ne_sont_pas_vides(valeur):
    assert not vide(valeur)


@pytest.mark.parametrize("convertir", TOUTES)
@given(
    valeur=st.one_of(
        st.text(max_size=30),
        st.text("0123456789.,:/-hT eE+", max_size=20),
        st.integers(),
        st.floats(),
        st.decimals(),
        st.booleans(),
        st.datetimes(),
        st.dates(),
        st.times(),
        st.timedeltas(),
    )
)
def test_toute_valeur_est_convertie_ou_refusee_d_une_phrase(convertir, valeur):
    phrase = ""
    try:
        convertir(valeur)
    except ValeurRefusee as refuse:
        phrase = str(refuse)

    assert phrase == "" or phrase.endswith(".")


# Textes


@pytest.mark.parametrize(
    "valeur", ["NA", "Null", "None", "Nan", "N/A", "True", "Mars", "=1+1", "@SUM(1)", "\uff1d1+1"]
)
def test_b12_b16_les_textes_pieges_restent_des_textes(valeur):
    assert vers_texte(valeur) == valeur


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        pytest.param(12.0, "12", id="nombre-entier"),
        pytest.param(2.5, "2.5", id="nombre"),
        pytest.param("  Élodie\u00a0 Du\u202fpont ", "Élodie  Du pont", id="insecables"),
        pytest.param("E\u0301lodie", "Élodie", id="nfc"),
        pytest.param("\ufeffa\u200bb\u00adc", "abc", id="sans-largeur"),
        pytest.param("\t=1", "=1", id="B12-tabulation"),
        pytest.param("a\r\nb\tc", "a b c", id="une-seule-ligne"),
    ],
)
def test_un_texte_est_mis_au_propre(valeur, attendu):
    assert vers_texte(valeur) == attendu


def test_un_texte_de_plusieurs_lignes_les_garde_sur_demande():
    assert vers_texte("a\r\nb\u2028c", multiligne=True) == "a\nb\nc"


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        pytest.param("a\u202eb", "U+202E", id="sens-renverse"),
        pytest.param("a\x00b", "U+0000", id="B22-nul"),
        pytest.param("a\x1b[31m", "U+001B", id="controle"),
        pytest.param("x" * 256, "256 caractères, pour 255 au plus", id="trop-long"),
        pytest.param(True, "«\u00a0VRAI\u00a0» n’est pas un texte", id="B16-vrai-devenu-booleen"),
        pytest.param(datetime.date(2026, 2, 1), "«\u00a001/02/2026\u00a0» n’est pas un texte", id="devenu-date"),
        pytest.param(1e20, "trop de chiffres", id="nombre-arrondi"),
        pytest.param(math.inf, "trop de chiffres", id="infini"),
    ],
)
def test_un_texte_impossible_est_refuse(valeur, attendu):
    assert attendu in refus(vers_texte, valeur)


def test_b22_un_texte_mal_decode_est_signale_avec_sa_lecture_probable():
    assert texte_mal_decode("LEFÃ\u02c6VRE") == "LEFÈVRE"
    assert [texte_mal_decode(nom) for nom in ("LEFÈVRE", "Dupont", "Ã", "Çağlar")] == [None] * 4


@pytest.mark.parametrize("autre", ["LE FEVRE D ARTOIS", " le-fèvre  d’Artois", "Le_Fe\u0300vre\u00a0d'artois"])
def test_normaliser_rapproche_les_graphies_d_un_nom(autre):
    assert normaliser(autre) == normaliser("Le Fèvre d’Artois") == "le fevre d artois"


def test_normaliser_deplie_les_ligatures():
    assert normaliser("Œuvre ÆGIR Straße") == "oeuvre aegir strasse"


# Listes, oui ou non


@pytest.mark.parametrize("valeur", ["interim_insertion", "INTÉRIM D'INSERTION", "  intérim   d’insertion"])
def test_un_choix_se_donne_par_code_ou_par_libelle(valeur):
    assert vers_choix(valeur, CHOIX) == "INTERIM_INSERTION"


def test_un_choix_inconnu_cite_les_valeurs_proches_puis_les_admises():
    assert refus(vers_choix, "interimm", CHOIX).endswith("Valeurs proches\u00a0: INTERIM.")
    assert "1_2 (Aucun diplôme)" in refus(vers_choix, "zzz", CHOIX)
    assert "modèle" in refus(vers_choix, "zzz", {f"CODE{n}": f"Libellé {n}" for n in range(30)})


@pytest.mark.parametrize("valeur", ["Oui", "o", "VRAI", "true", "x", "1", 1, 1.0, True])
def test_oui_sous_toutes_ses_formes(valeur):
    assert vers_oui_non(valeur) is True


@pytest.mark.parametrize("valeur", ["Non", "n", "Faux", "false", "0", 0, False])
def test_non_sous_toutes_ses_formes(valeur):
    assert vers_oui_non(valeur) is False


@pytest.mark.parametrize("valeur", ["peut-être", "?", 2, -1])
def test_ni_oui_ni_non_est_refuse(valeur):
    assert "ni oui ni non" in refus(vers_oui_non, valeur)


# Identifiants


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        pytest.param("732 829 320 00074", SIRET, id="B14-espaces"),
        pytest.param("732\u00a0829\u202f320\u00a000074", SIRET, id="B14-insecables"),
        pytest.param(73282932000074, SIRET, id="B14-nombre"),
        pytest.param(73282932000074.0, SIRET, id="B14-flottant"),
        pytest.param("73282932000074.0", SIRET, id="P3-point-zero"),
        pytest.param(542002100049, SIRET_A_ZERO, id="B14-zeros-perdus-par-le-tableur"),
        pytest.param("35600000000048", "35600000000048", id="B14-la-poste-siege"),
        pytest.param("35600000049837", "35600000049837", id="B14-la-poste-bureau"),
    ],
)
def test_un_siret_est_reconnu(valeur, attendu):
    assert vers_siret(valeur) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        pytest.param(SIRET_A_ZERO[1:], f"({SIRET_A_ZERO})", id="B14-texte-de-13-chiffres"),
        pytest.param(1234567890123, "(01234567890123)", id="B14-nombre-de-13-chiffres-faux"),
        pytest.param("1.23457E+13", "des chiffres sont perdus", id="B14-scientifique"),
        pytest.param(12345700000000.0, "des chiffres sont perdus", id="B14-nombre-arrondi"),
        pytest.param(f"{SIRET}1", "a 15 chiffres", id="B14-15-chiffres"),
        pytest.param("73282932000079", "clef de contrôle fausse", id="B14-clef"),
        pytest.param("732829320", "est un SIREN", id="siren"),
        pytest.param(732829320, "14 chiffres", id="siren-nombre"),
        pytest.param("0" * 14, "d’aucun établissement", id="zeros"),
        pytest.param("73282932000000", "d’aucun établissement", id="etablissement-zero"),
        pytest.param("7328293200007\uff14", "14 chiffres", id="chiffre-pleine-largeur"),
        pytest.param(True, "«\u00a0VRAI\u00a0»", id="booleen"),
        pytest.param(math.nan, "14 chiffres", id="nan"),
    ],
)
def test_un_siret_impossible_est_refuse_avec_un_indice(valeur, attendu):
    assert attendu in refus(vers_siret, valeur)


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [("62041", "62041"), (62041, "62041"), ("02100 ", "02100"), ("2a004", "2A004"), ("97400", "97400")],
)
def test_b15_un_code_commune_est_reconnu(valeur, attendu):
    assert vers_code_insee(valeur) == attendu


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (2100, "(02100)"),
        ("2100", "(02100)"),
        ("2C004", "INSEE"),
        ("00100", "INSEE"),
        (True, "VRAI"),
        (2100.5, "2100,5"),
    ],
)
def test_b15_un_zero_perdu_est_refuse_avec_un_indice(valeur, attendu):
    assert attendu in refus(vers_code_insee, valeur)
