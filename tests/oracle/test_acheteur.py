"""Deux structures générées : chaque lot du bilan par acheteur, recompté depuis le classeur exporté."""

from __future__ import annotations

import datetime

import pytest
import time_machine

from bilans.acheteur import NOM, etablir
from bilans.exports import document
from bilans.faits import Periode as PeriodeDuBilan
from bilans.rapport import Demande
from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from heures.demo.plan import tracer
from heures.demo.pose import poser
from tests.factories import StructureFactory, acteur
from tests.oracle.compte import Compte
from tests.oracle.test_departement import JOUR, PERIODE, relire
from tests.outils.statistiques import tenir_les_statistiques


@pytest.mark.parametrize("graine", [21, 22])
def test_chaque_lot_est_celui_du_second_compte(graine, tmp_path):
    structure = StructureFactory()
    par = acteur(structure, Role.RESPONSABLE)
    with time_machine.travel(datetime.datetime(2026, 3, 15, 12, tzinfo=datetime.UTC), tick=False):
        poser(tracer(graine, JOUR, nombre_marches=40, nombre_personnes=150), structure, par=par)
        tenir_les_statistiques()
        compte = Compte(relire(par, structure, tmp_path / "structure.xlsx"), PERIODE)
        vus, gens = [], 0
        for siret in sorted({cle[1] for cle in compte.marches}):
            try:
                demande = Demande(NOM, PeriodeDuBilan(PERIODE.du, PERIODE.au, PERIODE.au), siret)
                lu = document(etablir(par, demande))
            except ActionImpossible:
                assert not [h for h in compte.validees if h.engagement[1] == siret]
                continue
            siennes = [h for h in compte.validees if h.engagement[1] == siret]
            assert lu["indicateurs"]["beneficiaires"] == len(compte.personnes(siennes))
            gens += lu["indicateurs"]["beneficiaires"]
            for ligne in lu["tableaux"]["marches"]:
                attendue = compte.lot({**ligne, "acheteur_siret": siret})
                assert {cle: ligne[cle] for cle in attendue} == attendue, ligne
                vus.append((ligne["numero"], siret))
    actifs = {(f"{h.engagement[0]}, lot {h.engagement[2]}", h.engagement[1]) for h in compte.validees}
    assert actifs <= set(vus)
    assert len(vus) == len(set(vus)) > 20
    assert gens > len(compte.personnes(compte.validees)) > 30
