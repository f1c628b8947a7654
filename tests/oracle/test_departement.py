"""Dix structures de 500 personnes : chaque cellule du bilan Département, recomptée depuis le classeur exporté."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bilans.departement import NOM, etablir
from bilans.exports import document
from bilans.faits import Periode as PeriodeDuBilan
from bilans.rapport import Demande
from bilans.reprise import TOUTES
from clauses.comptes.acteurs import Role
from clauses.territoires.models import Commune
from heures.demo.plan import tracer
from heures.demo.pose import poser
from heures.imports.reprise.classeur_plein import ecrire_structure
from tests.factories import StructureFactory, acteur
from tests.oracle.compte import Compte, Periode
from tests.oracle.structure import Structure, lire
from tests.outils.statistiques import tenir_les_statistiques

JOUR = datetime.date(2026, 3, 15)
PERIODE = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
TABLEAUX = ("publics", "publics_au_moins_un", "profil", "territoires", "acheteurs", "modalites")


def relire(par: Any, structure: Any, chemin: Path) -> Structure:
    with chemin.open("wb") as fichier:
        ecrire_structure(fichier, par=par, etapes=TOUTES)
    communes = Commune.objects.order_by().values_list("code_insee", "epci_id", "departement")
    return lire(
        chemin,
        {code: (epci or "", departement) for code, epci, departement in communes},
        tuple(structure.territoire.values_list("siren", flat=True)),
        structure.departement,
    )


@pytest.mark.parametrize("graine", range(10))
def test_chaque_cellule_est_celle_du_second_compte(graine, tmp_path):
    structure = StructureFactory()
    par = acteur(structure, Role.RESPONSABLE)
    with time_machine.travel(datetime.datetime(2026, 3, 15, 12, tzinfo=datetime.UTC), tick=False):
        poser(tracer(graine, JOUR, nombre_marches=60, nombre_personnes=500), structure, par=par)
        tenir_les_statistiques()
        lu = document(etablir(par, Demande(NOM, PeriodeDuBilan(PERIODE.du, PERIODE.au, PERIODE.au))))
    compte = Compte(relire(par, structure, tmp_path / "structure.xlsx"), PERIODE)
    attendus = compte.indicateurs()
    assert {cle: lu["indicateurs"][cle] for cle in attendus} == attendus
    assert int(attendus["beneficiaires"]) > 100
    for nom in TABLEAUX:
        recompter = getattr(compte, nom)
        for ligne in lu["tableaux"][nom]:
            attendue = recompter(ligne)
            assert {cle: ligne[cle] for cle in attendue} == attendue, (nom, ligne)
            assert set(ligne) - set(attendue) <= TEXTES, (nom, set(ligne) - set(attendue))


TEXTES = {
    "rubrique", "code", "libelle", "acheteur", "siret", "epci", "type", "type_libelle", "modalite",
    "modalite_libelle", "type_contrat", "type_contrat_libelle",
}  # fmt: skip
