"""Ce qui se saisit sur une personne : ni NIR, ni code postal, ni date impossible ; combinaisons inhabituelles."""

from __future__ import annotations

import datetime

import pytest

from clauses.socle.conversions import ValeurRefusee
from heures.combinaisons import avertissements
from heures.communes import en_clair, vers_commune
from heures.eligibilite import derniere_entree_finissant
from heures.nir import contient_nir
from tests.factories import siret


@pytest.mark.parametrize(
    "texte",
    [
        "185057800608436",
        "1 85 05 78 006 084 36",
        "vu le 2.99.12.2A.123.456",
        "2 99 12 2B 123 456 01",
        "n°\u00a01850578006084, à vérifier",
        "78505780060843",
    ],
)
def test_un_nombre_forme_comme_un_nir_est_reconnu(texte):
    assert contient_nir(texte)


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "Relevé illisible, reçu le 12/03/2025",
        siret(3, "2"),
        f"SIRET {siret(3357, '2')}",
        "marché 2025-000123 lot 4",
        "9850578006084",
        "18505780060843699",
        "06 12 34 56 78",
    ],
)
def test_un_siret_une_reference_ou_un_telephone_n_est_pas_un_nir(texte):
    assert not contient_nir(texte)


@pytest.mark.parametrize("texte", ["62041", "Arras", "ARRAS", " arras ", "Arras (62041)", "ARRAS (62041) "])
def test_une_commune_se_donne_par_son_code_ou_son_nom(texte):
    assert vers_commune(texte) == "62041"


@pytest.mark.parametrize("texte", ["Ville-Qui-N-Existe-Pas", "620", "6204A"])
def test_une_commune_inconnue_est_refusee_d_une_phrase(texte):
    with pytest.raises(ValeurRefusee):
        vers_commune(texte)


def test_une_commune_hors_du_referentiel_se_montre_par_son_code():
    assert (en_clair("62041"), en_clair("13055"), en_clair("")) == ("Arras (62041)", "13055", "")


@pytest.mark.parametrize(
    ("employeur", "contrat", "modalite", "nombre"),
    [
        ("ENTREPRISE", "CDD", "EMBAUCHE_DIRECTE", 0),
        ("ETTI", "INTERIM_INSERTION", "MISE_A_DISPOSITION", 0),
        ("ACI", "CDDI", "EMBAUCHE_DIRECTE", 0),
        ("ENTREPRISE", "CDDI", "EMBAUCHE_DIRECTE", 1),
        ("ENTREPRISE", "INTERIM", "MISE_A_DISPOSITION", 2),
        ("ETT", "INTERIM", "EMBAUCHE_DIRECTE", 1),
    ],
)
def test_une_combinaison_inhabituelle_avertit(employeur, contrat, modalite, nombre):
    phrases = avertissements(type_employeur=employeur, type_contrat=contrat, modalite=modalite)
    assert len(phrases) == nombre


@pytest.mark.parametrize(
    ("limite", "entree"),
    [
        (datetime.date(2026, 2, 28), datetime.date(2024, 2, 29)),
        (datetime.date(2026, 3, 31), datetime.date(2024, 3, 31)),
        (datetime.date(2026, 4, 30), datetime.date(2024, 4, 30)),
    ],
)
def test_la_derniere_entree_qui_finit_a_une_date_tient_compte_des_fins_de_mois(limite, entree):
    assert derniere_entree_finissant(limite, 24) == entree
