"""Quand demander, quand relancer : échéances et prochain geste, sans base."""

from __future__ import annotations

import datetime

import pytest

from heures.enums import StatutReleve
from heures.relances import Delais, Etape, Suite, echeance, suite

NOVEMBRE = datetime.date(2025, 11, 1)
ECHEANCE = datetime.date(2025, 12, 10)


def prochaine(**champs: object) -> Suite:
    options = {
        "statut": StatutReleve.ATTENDU,
        "est_demande": True,
        "attendu_le": ECHEANCE,
        "nombre_relances": 0,
        "relance_1_le": None,
        "delais": Delais(5, 7),
    }
    return suite(**(options | champs))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("le", "attendue"),
    [
        (datetime.date(2025, 12, 1), datetime.date(2025, 12, 10)),
        (datetime.date(2025, 12, 3), datetime.date(2025, 12, 10)),
        (datetime.date(2025, 12, 4), datetime.date(2025, 12, 11)),
        (datetime.date(2026, 2, 20), datetime.date(2026, 2, 27)),
    ],
)
def test_l_echeance_est_le_jour_regle_ou_sept_jours_apres_une_demande_tardive(le, attendue):
    assert echeance(NOVEMBRE, jour=10, le=le) == attendue


def test_decembre_s_attend_en_janvier():
    assert echeance(datetime.date(2025, 12, 1), jour=28, le=datetime.date(2026, 1, 2)) == datetime.date(2026, 1, 28)


@pytest.mark.parametrize(
    ("champs", "attendue"),
    [
        ({"est_demande": False}, Suite(Etape.A_DEMANDER)),
        ({}, Suite(Etape.RELANCE_1, datetime.date(2025, 12, 15))),
        ({"attendu_le": None}, Suite(Etape.RELANCE_1)),
        (
            {"nombre_relances": 1, "relance_1_le": datetime.date(2025, 12, 17)},
            Suite(Etape.RELANCE_2, datetime.date(2025, 12, 24)),
        ),
        ({"nombre_relances": 2}, Suite(Etape.SANS_REPONSE)),
        ({"statut": StatutReleve.A_COMPLETER}, Suite(Etape.A_COMPLETER)),
        ({"statut": StatutReleve.REFUSE}, Suite(Etape.A_COMPLETER)),
        ({"statut": StatutReleve.RECU, "est_demande": False}, Suite(Etape.RECU)),
        ({"statut": StatutReleve.NEANT}, Suite(Etape.RECU)),
        ({"statut": StatutReleve.VALIDE}, Suite(Etape.RECU)),
    ],
)
def test_le_prochain_geste_suit_l_etat_et_les_delais(champs, attendue):
    assert prochaine(**champs) == attendue


@pytest.mark.parametrize(("jour", "due"), [(14, False), (15, True), (31, True)])
def test_une_relance_est_due_a_partir_de_son_jour(jour, due):
    assert prochaine().est_due(datetime.date(2025, 12, jour)) is due


def test_un_geste_sans_date_n_est_jamais_du():
    assert not Suite(Etape.A_DEMANDER).est_due(datetime.date(2099, 1, 1))
