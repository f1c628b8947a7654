"""Les règles des heures, sans base : chaque refus et chaque avertissement est une phrase (domaine.md §3)."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heures.calculs import Cadre, avertissements, fin_eligibilite, refus

MARS = datetime.date(2025, 3, 1)
CADRE = Cadre(
    embauche=datetime.date(2025, 1, 15),
    fin_contrat=datetime.date(2025, 9, 30),
    debut_engagement=datetime.date(2025, 1, 1),
    fin_engagement=datetime.date(2025, 12, 31),
    fin_eligibilite=datetime.date(2027, 1, 15),
    date_constat=datetime.date(2025, 1, 10),
    notification=datetime.date(2025, 1, 1),
    aujourd_hui=datetime.date(2025, 12, 15),
    seuil_avertissement=Decimal("151.67"),
    seuil_refus=Decimal("250.00"),
)


def test_un_mois_dans_toutes_les_bornes_est_admis():
    assert refus(MARS, Decimal("151.67"), CADRE) is None
    assert avertissements(Decimal("151.67"), CADRE) == []


@pytest.mark.parametrize(
    ("mois", "cadre", "phrase"),
    [
        (datetime.date(2026, 1, 1), CADRE, "Janvier 2026 n’est pas commencé"),
        (datetime.date(2024, 12, 1), CADRE, "Décembre 2024 précède l’embauche du 15/01/2025."),
        (datetime.date(2025, 10, 1), CADRE, "Octobre 2025 suit la fin du contrat de travail, le 30/09/2025."),
        (
            MARS,
            replace(CADRE, debut_engagement=datetime.date(2025, 4, 2)),
            "Mars 2025 précède le début de l’engagement, le 02/04/2025.",
        ),
        (
            MARS,
            replace(CADRE, fin_engagement=datetime.date(2025, 2, 28)),
            "Mars 2025 suit la fin de l’engagement, le 28/02/2025.",
        ),
        (
            MARS,
            replace(CADRE, fin_eligibilite=datetime.date(2025, 2, 10)),
            "L’éligibilité s’arrête le 10/02/2025",
        ),
    ],
)
def test_un_mois_hors_des_bornes_est_refuse_en_disant_laquelle(mois, cadre, phrase):
    assert (refus(mois, Decimal(1), cadre) or "").startswith(phrase)


def test_le_mois_entame_par_une_borne_compte_en_entier():
    assert refus(datetime.date(2025, 1, 1), Decimal(1), CADRE) is None
    assert refus(MARS, Decimal(1), replace(CADRE, fin_eligibilite=datetime.date(2025, 3, 1))) is None


def test_une_date_absente_ne_borne_pas():
    libre = replace(
        CADRE, fin_contrat=None, debut_engagement=None, fin_engagement=None, fin_eligibilite=None, notification=None
    )
    assert refus(datetime.date(2025, 12, 1), Decimal(1), libre) is None


def test_des_heures_negatives_sont_refusees():
    assert "ne peuvent pas être négatives" in (refus(MARS, Decimal("-0.01"), CADRE) or "")


def test_le_plafond_compte_tous_les_engagements_de_la_personne():
    deja = replace(CADRE, autres_heures=Decimal("200.00"))
    assert refus(MARS, Decimal("50.00"), deja) is None
    phrase = refus(MARS, Decimal("50.01"), deja)
    assert phrase is not None
    assert "250,01 h ce mois-ci, tous engagements confondus" in phrase
    assert "le plafond est de 250,00 h" in phrase


def test_plus_d_un_mois_plein_avertit_sans_refuser():
    assert refus(MARS, Decimal("151.68"), CADRE) is None
    (phrase,) = avertissements(Decimal("151.68"), CADRE)
    assert phrase.startswith("151,68 h ce mois-ci, tous engagements")
    assert phrase.endswith("plus d’un mois plein (151,67 h).")


def test_un_constat_apres_l_embauche_et_une_embauche_avant_la_notification_avertissent():
    tardif = replace(CADRE, date_constat=datetime.date(2025, 2, 1), notification=datetime.date(2025, 2, 15))
    assert avertissements(Decimal(1), tardif) == [
        "Éligibilité constatée le 01/02/2025, après l’embauche.",
        "Embauche avant la notification du marché, le 15/02/2025.",
    ]


def test_l_eligibilite_est_l_entree_plus_la_duree_ou_la_plus_lointaine_prolongation():
    entree = datetime.date(2024, 1, 31)
    assert fin_eligibilite(None, 24) is None
    assert fin_eligibilite(entree, 13) == datetime.date(2025, 2, 28)
    prolongations = [datetime.date(2025, 6, 30), datetime.date(2026, 6, 30)]
    assert fin_eligibilite(entree, 24, prolongations) == datetime.date(2026, 6, 30)


@given(
    heures=st.decimals(min_value=0, max_value=800, places=2),
    autres=st.decimals(min_value=0, max_value=800, places=2),
)
def test_le_volume_est_refuse_exactement_au_dela_du_plafond(heures, autres):
    cadre = replace(CADRE, autres_heures=autres)
    assert (refus(MARS, heures, cadre) is not None) == (heures + autres > Decimal("250.00"))
