"""A8 : l’activité par nature et par trimestre, comptée au jour où elle a eu lieu."""

from __future__ import annotations

import datetime

import pytest

from bilans import activite, agregats
from bilans.exports import document
from bilans.faits import Periode
from marches.enums import NatureActivite
from tests.bilans import jeu
from tests.bilans.outils import bilan
from tests.factories_conformite import ActiviteFactory

JOUR = datetime.date
PERIODE = Periode(JOUR(2025, 2, 10), JOUR(2025, 7, 31), JOUR(2025, 7, 31))


@pytest.fixture
def tableau():
    """A8 d’une période qui entame deux trimestres, avec ce qui se note à ses bornes et ailleurs."""
    pose = jeu.poser()
    for jour, nature in (
        ("2025-02-09", "AVIS"), ("2025-02-10", "AVIS"), ("2025-03-31", "AVIS"), ("2025-04-01", "AVIS"),
        ("2025-04-08", "REUNION"), ("2025-07-31", "REUNION"), ("2025-08-01", "REUNION"),
    ):  # fmt: skip
        ActiviteFactory(structure=pose.structure, date=JOUR.fromisoformat(jour), nature=nature)
    ActiviteFactory(date=JOUR(2025, 4, 8), nature="AVIS")
    return activite.construire(agregats.lire(pose.par, pose.structure, PERIODE))


def test_chaque_activite_compte_dans_son_trimestre_et_la_periode_borne(tableau):
    definition, rangees = tableau
    assert [c.nom for c in definition.colonnes[1:-1]] == ["Activité", "T1 2025", "T2 2025", "T3 2025", "Total"]
    lues = {r.valeurs["libelle"]: [r.valeurs[c.cle] for c in definition.colonnes[2:-1]] for r in rangees}
    assert lues["Avis rendu"] == [2, 1, 0, 3]
    assert lues["Réunion"] == [0, 1, 1, 2]
    assert lues["Contrôle"] == [0, 0, 0, 0]
    assert lues["Total"] == [2, 2, 1, 5]
    assert [r.valeurs["code"] for r in rangees[:-1]] == NatureActivite.values
    assert rangees[-1].niveau == "total"


def test_le_bilan_du_departement_porte_l_activite_notee_et_ses_lignes_a_zero():
    pose = jeu.poser()
    ActiviteFactory(structure=pose.structure, date=JOUR(2025, 4, 8), nature="REUNION")
    lues = {ligne["code"]: ligne for ligne in document(bilan(pose.par, 2025))["tableaux"]["activite"]}
    assert (lues["REUNION"]["2025-T2"], lues["REUNION"]["total"], lues["AVIS"]["total"]) == (1, 1, 0)
    assert set(lues) == set(NatureActivite.values)
