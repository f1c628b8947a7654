"""Dix structures de 500 personnes : chaque lot du bilan par acheteur, recompté depuis le classeur exporté."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

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
from tests.oracle.compte import Compte, en_heures
from tests.oracle.structure import Structure, taux
from tests.oracle.test_departement import JOUR, PERIODE, relire
from tests.outils.statistiques import tenir_les_statistiques


@pytest.mark.parametrize("graine", range(21, 31))
def test_chaque_lot_est_celui_du_second_compte(graine, tmp_path):
    structure = StructureFactory()
    par = acteur(structure, Role.RESPONSABLE)
    with time_machine.travel(datetime.datetime(2026, 3, 15, 12, tzinfo=datetime.UTC), tick=False):
        poser(tracer(graine, JOUR, nombre_marches=60, nombre_personnes=500), structure, par=par)
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
            verifier_les_publics(lu, Compte(chez(compte.structure, siret), PERIODE))
            gens += lu["indicateurs"]["beneficiaires"]
            for ligne in lu["tableaux"]["marches"]:
                attendue = compte.lot({**ligne, "acheteur_siret": siret})
                assert {cle: ligne[cle] for cle in attendue} == attendue, ligne
                vus.append((ligne["numero"], siret))
    actifs = {(f"{h.engagement[0]}, lot {h.engagement[2]}", h.engagement[1]) for h in compte.validees}
    assert actifs <= set(vus)
    assert len(vus) == len(set(vus)) > 20
    assert gens > len(compte.personnes(compte.validees)) > 30


def chez(structure: Structure, siret: str) -> Structure:
    """La même structure, réduite aux marchés d’un acheteur ; « nouveau » s’y juge toujours sur toute la structure."""
    feuilles = {
        nom: [ligne for ligne in lignes if ligne.get("acheteur_siret") in (None, siret)]
        for nom, lignes in structure.feuilles.items()
    }
    return replace(structure, feuilles=feuilles, heures=[h for h in structure.heures if h.engagement[1] == siret])


def verifier_les_publics(lu: dict[str, Any], compte: Compte) -> None:
    """Les indicateurs que le bilan garde, et chaque ligne de ses publics et de ses répartitions."""
    attendus = compte.indicateurs()
    communs = [cle for cle in lu["indicateurs"] if cle in attendus]
    assert len(communs) > 25
    assert {cle: lu["indicateurs"][cle] for cle in communs} == {cle: attendus[cle] for cle in communs}
    for nom in ("publics", "profil"):
        for ligne in lu["tableaux"][nom]:
            attendue = getattr(compte, nom)(ligne)
            assert {cle: ligne[cle] for cle in attendue} == attendue, (nom, ligne)
    secteurs = {(x["marche_reference"], x["numero"]): x["secteur"] or "NR" for x in compte.structure.feuilles["lots"]}
    lus = {
        "modalites": lambda h, code: compte.mode(h)[0] == code,
        "contrats": lambda h, code: compte.mode(h)[1] == code,
        "secteurs": lambda h, code: secteurs[h.engagement[0], h.engagement[2]] == code,
    }
    total = sum(h.centiemes for h in compte.validees)
    for nom, retenir in lus.items():
        cles = ("heures_periode", "part_periode") if nom == "secteurs" else ("heures", "part_heures")
        for ligne in lu["tableaux"][nom]:
            siennes = [h for h in compte.validees if retenir(h, ligne["code"])]
            heures = sum(h.centiemes for h in siennes)
            attendue = (en_heures(heures), taux(heures, total), len(compte.personnes(siennes)))
            assert (*(ligne[cle] for cle in cles), ligne["beneficiaires"]) == attendue, (nom, ligne)
