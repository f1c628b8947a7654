"""A8 : l’activité par nature et par trimestre, comptée au jour où elle a eu lieu."""

from __future__ import annotations

import datetime

from bilans import activite
from bilans.exports import document
from bilans.faits import Periode
from marches.enums import NatureActivite
from tests.bilans import jeu
from tests.bilans.outils import bilan
from tests.factories import StructureFactory, acteur
from tests.factories_conformite import ActiviteFactory

JOUR = datetime.date
PERIODE = Periode(JOUR(2025, 2, 10), JOUR(2025, 7, 31), JOUR(2025, 7, 31))
ACTIVITES = [
    (JOUR(2025, 2, 9), "AVIS"),  # la veille de la période
    (JOUR(2025, 2, 10), "AVIS"),
    (JOUR(2025, 3, 31), "AVIS"),
    (JOUR(2025, 4, 1), "AVIS"),
    (JOUR(2025, 4, 8), "REUNION"),
    (JOUR(2025, 7, 31), "REUNION"),
    (JOUR(2025, 8, 1), "REUNION"),  # le lendemain
]


def test_chaque_activite_compte_dans_son_trimestre_et_la_periode_borne():
    definition, rangees = activite.construire(ACTIVITES, PERIODE)
    assert [c.nom for c in definition.colonnes] == [
        "Activité", "1er trim. 2025", "2e trim. 2025", "3e trim. 2025", "Total",
    ]  # fmt: skip
    lues = {r.valeurs["libelle"]: [r.valeurs[c.cle] for c in definition.colonnes[1:]] for r in rangees}
    assert lues["Avis rendu"] == [2, 1, 0, 3]
    assert lues["Réunion"] == [0, 1, 1, 2]
    assert lues["Contrôle"] == [0, 0, 0, 0]
    assert lues["Total"] == [2, 2, 1, 5]
    assert [r.valeurs["code"] for r in rangees[:-1]] == NatureActivite.values
    assert rangees[-1].niveau == "total"


def test_les_trimestres_suivent_les_annees():
    assert activite.trimestres(JOUR(2024, 12, 31), JOUR(2025, 4, 1)) == [(2024, 4), (2025, 1), (2025, 2)]


def test_une_periode_sans_activite_a_ses_lignes_a_zero():
    _, rangees = activite.construire([], PERIODE)
    assert len(rangees) == len(NatureActivite) + 1
    assert {r.valeurs["total"] for r in rangees} == {0}


def test_seules_les_activites_de_la_structure_se_lisent(db, django_assert_num_queries):
    structure = StructureFactory()
    ActiviteFactory(structure=structure, date=JOUR(2025, 4, 8))
    ActiviteFactory(structure=structure, date=JOUR(2025, 2, 9))
    ActiviteFactory(date=JOUR(2025, 4, 8))
    par = acteur(structure)
    with django_assert_num_queries(1):
        assert activite.lire(PERIODE, par=par) == [(JOUR(2025, 4, 8), "REUNION")]


def test_le_bilan_du_departement_porte_l_activite_notee():
    pose = jeu.poser()
    ActiviteFactory(structure=pose.structure, date=JOUR(2025, 4, 8), nature="REUNION")
    lues = {ligne["code"]: ligne for ligne in document(bilan(pose.par, 2025))["tableaux"]["activite"]}
    assert (lues["REUNION"]["t2025_2"], lues["REUNION"]["total"], lues["AVIS"]["total"]) == (1, 1, 0)
