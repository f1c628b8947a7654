"""Calculs purs des bilans : bornes, arrondis, et ce qui doit rester vrai quelles que soient les heures."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilans import calculs, tableaux
from bilans.faits import (
    Acheteur,
    Cellule,
    Contrat,
    Engagement,
    Faits,
    Marche,
    Periode,
    Profil,
)
from bilans.indicateurs import compter

EPCI, AUTRE = "200033579", "200035442"
TERRITOIRES = [(EPCI, "A"), (AUTRE, "B"), ("AUTRE_DEPARTEMENT", "Reste"), ("HORS", "Hors"), ("NR", "NR")]
PERIODE = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31), datetime.date(2025, 12, 31))
COMMUNES = {"62041": (EPCI, "62"), "62080": (AUTRE, "62"), "62119": ("246200001", "62"), "59350": ("245900410", "59")}

profils = st.builds(
    Profil,
    sexe=st.sampled_from("FH"),
    age=st.none() | st.integers(16, 67),
    territoire=st.sampled_from([code for code, _ in TERRITOIRES]),
    zone=st.just("NR"),
    qpv=st.sampled_from(["OUI", "NON", "NR"]),
    niveau=st.sampled_from(["1_2", "3", "NR"]),
    duree=st.just("NR"),
    brsa=st.sampled_from(["OUI", "NON", "NR"]),
    plie=st.sampled_from(["OUI", "NON"]),
    principal=st.sampled_from(["RSA", "DELD", "NR"]),
    criteres=st.frozensets(st.sampled_from(["RSA", "DELD", "BOETH"]), min_size=1),
)


@st.composite
def faits(dessiner) -> Faits:
    """Des heures quelconques, annulations comprises, de huit personnes au plus chez trois acheteurs."""
    gens = dessiner(st.lists(profils, min_size=1, max_size=8))
    lues = dessiner(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, len(gens) - 1), st.integers(-500, 25_000)),
            min_size=1,
            max_size=25,
        )
    )
    cellules = [Cellule(e, p, "EMBAUCHE_DIRECTE", p, heures) for e, p, heures in lues]
    return Faits(
        periode=PERIODE,
        cellules=cellules,
        premiers_mois={p: datetime.date(2025 - p % 2, 3, 1) for p in range(len(gens))},
        profils=dict(enumerate(gens)),
        contrats={p: Contrat(p, p % 3, "CDD", "ETTI" if p % 2 else "ENTREPRISE") for p in range(len(gens))},
        engagements={e: Engagement(marche=e, entreprise=e) for e in range(3)},
        marches={m: Marche(m, datetime.date(2025, 1, 1), est_clos=False) for m in range(3)},
        acheteurs={a: Acheteur(f"Acheteur {a}", str(a), "COMMUNE", EPCI) for a in range(3)},
        engagees={},
        realisees={},
        sorties=[],
        hors_compte={},
        territoires=TERRITOIRES,
        base_etp=1820,
        etp_facilitateurs=None,
    )


def details(rangees, cle):
    return sum(rangee.valeurs[cle] for rangee in rangees if rangee.niveau == tableaux.DETAIL)


@given(faits())
def test_les_lignes_exclusives_font_le_total(donnees):
    """Territoires, critère principal et chaque rubrique de profil partagent les personnes et les heures."""
    indicateurs = compter(donnees)
    for rangees, personnes in ((tableaux.territoires(donnees), "beneficiaires"), (tableaux.publics(donnees), "total")):
        assert details(rangees, "heures") == indicateurs["heures_realisees"]
        assert details(rangees, personnes) == indicateurs["beneficiaires"]


@given(faits())
def test_les_heures_par_acheteur_et_par_modalite_font_le_total(donnees):
    total = compter(donnees)["heures_realisees"]
    assert details(tableaux.acheteurs(donnees), "heures_periode") == total
    assert details(tableaux.modalites(donnees), "heures") == total


@given(faits())
def test_un_total_distinct_ne_depasse_ni_les_personnes_ni_la_somme_des_criteres(donnees):
    indicateurs = compter(donnees)
    assert indicateurs["beneficiaires"] <= len(donnees.profils)
    assert indicateurs["nouveaux_brsa"] <= indicateurs["nouveaux_entrants"] <= indicateurs["beneficiaires"]
    assert details(tableaux.publics_au_moins_un(donnees), "total") >= indicateurs["beneficiaires"]


@given(faits(), st.sampled_from([("brsa", "OUI"), ("sexe", "F"), ("territoire", EPCI), ("critere", "RSA")]))
def test_le_filtre_d_un_chiffre_redonne_son_groupe(donnees, filtre):
    dimension, code = filtre
    heures = calculs.par_participant(donnees.cellules)
    groupe = calculs.grouper(donnees, heures, dimension).get(code, calculs.Groupe())
    retenues = calculs.par_participant(calculs.retenir(donnees, {dimension: code}))
    assert calculs.mesurer(donnees, retenues) == groupe


@pytest.mark.parametrize(
    ("commune", "code"),
    [("62041", EPCI), ("62119", "AUTRE_DEPARTEMENT"), ("59350", "HORS"), ("62999", "HORS"), ("", "NR")],
)
def test_une_commune_se_range_dans_un_territoire(commune, code):
    assert calculs.zone(commune, COMMUNES, {EPCI, AUTRE}, "62") == code


@pytest.mark.parametrize(
    ("numerateur", "denominateur", "attendu"),
    [("383.34", "400", "0.9584"), ("305.50", "800", "0.3819"), ("1", "3", "0.3333"), ("1", "0", None)],
)
def test_un_taux_est_exact_puis_arrondi_demi_vers_le_haut(numerateur, denominateur, attendu):
    lu = calculs.rapport(Decimal(numerateur), Decimal(denominateur))
    assert (None if lu is None else str(lu)) == attendu


@pytest.mark.parametrize(("centiemes", "attendu"), [(98884, "988.84"), (0, "0.00"), (-5, "-0.05")])
def test_des_centiemes_gardent_deux_decimales(centiemes, attendu):
    assert str(calculs.en_decimal(centiemes)) == attendu


@pytest.mark.parametrize(
    ("age", "tranche"), [(25, "MOINS_26"), (26, "DE_26_A_49"), (49, "DE_26_A_49"), (50, "PLUS_50"), (None, "NR")]
)
def test_les_tranches_d_age(age, tranche):
    assert calculs.tranche_d_age(age) == tranche


def test_un_an_plus_tot_une_fin_de_mois_reste_une_fin_de_mois():
    fin = datetime.date(2025, 2, 28)
    avant = Periode(datetime.date(2025, 1, 1), fin, fin).un_an_plus_tot()
    assert avant == (datetime.date(2024, 1, 1), datetime.date(2024, 2, 29), datetime.date(2024, 2, 29))


@pytest.mark.parametrize(
    ("type_contrat", "employeur", "groupe"),
    [
        ("INTERIM", "ETT", True),
        ("INTERIM_INSERTION", "ETTI", True),
        ("CDDI", "ACI", True),
        ("CDI_INTERIMAIRE", "ETT", False),
        ("CDD", "ENTREPRISE", False),
    ],
)
def test_interim_et_aci_font_un_contrat_par_personne_et_employeur(type_contrat, employeur, groupe):
    contrat = Contrat(7, 9, type_contrat, employeur)
    assert calculs.cle_de_contrat(1, contrat) == ((7, 9) if groupe else 1)
