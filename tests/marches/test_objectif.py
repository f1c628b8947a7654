"""Objectif et pénalité, sans base : exemples publiés et cas écrits à la main (domaine.md §4, §5)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.socle.jours import ajouter_jours_ouvres, est_ouvre, jours_ouvres_entre
from marches.enums import FormulePenalite
from marches.objectif import Assiette, heures_par_tranche, repartir
from marches.penalites import Faits, Regle, calculer, fin_du_delai

MILLION = Assiette(montant=Decimal(1_000_000), part=Decimal(50), taux=Decimal(5), cout_horaire=Decimal(30))


def test_l_exemple_publie_donne_833_heures():
    """1 000 000 × 50 % × 5 % ÷ 30 = 833 h (domaine.md §4)."""
    assert MILLION.heures == Decimal("833.33")
    assert MILLION.etapes[1] == ("Main-d’œuvre", "× 50\u202f% = 500\u202f000\u00a0€")


def test_le_personnel_repris_sort_de_l_assiette():
    assiette = Assiette(
        montant=Decimal(300_000), part=Decimal(80), taux=Decimal(5), cout_horaire=Decimal(25), exclu=Decimal(200_000)
    )
    assert assiette.heures == Decimal("160.00")


def test_une_heure_par_deux_mille_euros_factures():
    """Cas réel : 1 h par 2 000 € facturés (domaine.md §4)."""
    assert heures_par_tranche([Decimal("12500"), Decimal("-500")], Decimal(2000)) == Decimal("6.00")
    assert heures_par_tranche([Decimal("3333.33")], Decimal(2000)) == Decimal("1.67")
    assert heures_par_tranche([Decimal("-10")], Decimal(2000)) == Decimal(0)


@given(
    st.integers(0, 10_000_000),
    st.dictionaries(st.integers(1, 50), st.integers(1, 10_000), min_size=1, max_size=8),
)
def test_une_repartition_n_ajoute_ni_ne_perd_un_centieme(centiemes, parts):
    heures = Decimal(centiemes) / 100
    reparties = repartir(heures, {clef: Decimal(part) for clef, part in parts.items()})
    assert sum(reparties.values()) == heures
    total = sum(parts.values())
    for clef, valeur in reparties.items():
        assert abs(valeur - heures * parts[clef] / total) < Decimal("0.01")


@pytest.mark.parametrize(
    ("formule", "valeur", "attendu"),
    [
        (FormulePenalite.H_X_EUROS, "40", "4000.00"),
        (FormulePenalite.H_X_SMIC, "1.5", "1782.00"),  # 100 × 1,5 × 11,88
        (FormulePenalite.H_X_PLAFOND_SS, "4", "11600.00"),  # modèle publié : coefficient 4 (100 × 4 × 29)
        (FormulePenalite.PCT_MONTANT, "0.5", "2500.00"),
        (FormulePenalite.JOUR_RETARD, "50", "150.00"),  # modèle publié : 50 € par jour ouvré
        (FormulePenalite.FORFAIT_ABSENCE, "500", "1000.00"),  # modèle publié : 500 €
    ],
)
def test_chaque_formule_se_calcule(formule, valeur, attendu):
    faits = Faits(Decimal("100.00"), montant=Decimal(500_000), jours_de_retard=3, absences=2)
    baremes = {"SMIC_HORAIRE": Decimal("11.88"), "PLAFOND_SS_HORAIRE": Decimal("29.00")}
    calcul = calculer([Regle(formule, Decimal(valeur))], faits, baremes)
    assert (calcul.total, calcul.impossibles) == (Decimal(attendu), [])


def test_le_plus_bas_des_plafonds_l_emporte():
    regle = Regle(FormulePenalite.H_X_EUROS, Decimal(40), plafond_euros=Decimal(3000), plafond_pourcent=Decimal("0.5"))
    (terme,) = calculer([regle], Faits(Decimal(100), montant=Decimal(500_000)), {}).termes
    assert (terme.avant_plafond, terme.montant, terme.plafond) == (Decimal(4000), Decimal(2500), Decimal(2500))


def test_sans_heures_manquantes_il_n_y_a_pas_de_penalite():
    regles = [Regle(FormulePenalite.H_X_EUROS, Decimal(40)), Regle(FormulePenalite.PCT_MONTANT, Decimal(1))]
    assert calculer(regles, Faits(Decimal(0), montant=Decimal(500_000)), {}).total == 0


def test_ce_qui_manque_au_calcul_se_dit():
    regles = [
        Regle(FormulePenalite.H_X_SMIC, Decimal(1)),
        Regle(FormulePenalite.PCT_MONTANT, Decimal(1)),
        Regle(FormulePenalite.H_X_EUROS, Decimal(1), plafond_pourcent=Decimal(1)),
    ]
    calcul = calculer(regles, Faits(Decimal(10)), {})
    assert calcul.termes == []
    assert ["barème" in calcul.impossibles[0], "lot" in calcul.impossibles[1], "lot" in calcul.impossibles[2]] == [
        True
    ] * 3


def test_les_jours_ouvres_sautent_fins_de_semaine_et_feries():
    assert not est_ouvre(datetime.date(2026, 5, 14))  # Ascension
    assert not est_ouvre(datetime.date(2026, 11, 11))
    # Du mercredi 29 avril : jeudi 30, (vendredi 1er mai férié), lundi 4, mardi 5.
    assert ajouter_jours_ouvres(datetime.date(2026, 4, 29), 3) == datetime.date(2026, 5, 5)
    assert jours_ouvres_entre(datetime.date(2026, 4, 29), datetime.date(2026, 5, 5)) == 3
    assert jours_ouvres_entre(datetime.date(2026, 5, 5), datetime.date(2026, 5, 5)) == 0
    assert fin_du_delai(datetime.date(2026, 12, 18), 5) == datetime.date(2026, 12, 28)


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)), st.integers(1, 60))
def test_ajouter_puis_compter_des_jours_ouvres_se_repond(depart, nombre):
    assert jours_ouvres_entre(depart, ajouter_jours_ouvres(depart, nombre)) == nombre
