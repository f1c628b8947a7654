"""Dix structures de 500 personnes : chaque cellule du Département et de l’AVE, recomptée du classeur exporté."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bilans import ave
from bilans.departement import NOM, etablir
from bilans.exports import document
from bilans.faits import Periode as PeriodeDuBilan
from bilans.rapport import Demande
from clauses.comptes.acteurs import Role
from clauses.territoires.models import Commune
from heures.demo.plan import tracer
from heures.demo.pose import poser
from heures.imports.reprise.classeur_plein import ecrire_structure
from tests.factories import StructureFactory, acteur
from tests.oracle.ave import CompteAve
from tests.oracle.compte import Compte, Periode
from tests.oracle.structure import Structure, lire
from tests.outils.statistiques import tenir_les_statistiques

JOUR = datetime.date(2026, 3, 15)
PERIODE = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
ETP = Decimal("2.50")
TABLEAUX = ("publics", "publics_au_moins_un", "profil", "territoires", "acheteurs", "modalites")


def relire(par: Any, structure: Any, chemin: Path) -> Structure:
    with chemin.open("wb") as fichier:
        ecrire_structure(fichier, par=par)
    communes = Commune.objects.order_by().values_list("code_insee", "epci_id", "departement")
    return lire(
        chemin,
        {code: (epci or "", departement) for code, epci, departement in communes},
        tuple(structure.territoire.values_list("siren", flat=True)),
        structure.departement,
    )


@pytest.mark.parametrize("graine", range(10))
def test_chaque_cellule_est_celle_du_second_compte(graine, tmp_path):
    structure = StructureFactory(etp_facilitateurs=ETP)
    par = acteur(structure, Role.RESPONSABLE)
    with time_machine.travel(datetime.datetime(2026, 3, 15, 12, tzinfo=datetime.UTC), tick=False):
        poser(tracer(graine, JOUR, nombre_marches=60, nombre_personnes=500), structure, par=par)
        tenir_les_statistiques()
        lu = document(etablir(par, Demande(NOM, PeriodeDuBilan(PERIODE.du, PERIODE.au, PERIODE.au))))
        aves = etablir_l_ave(par)
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
    comparer_l_ave(*aves, CompteAve(compte, ETP))


def etablir_l_ave(par: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """L’AVE entière, puis telle qu’elle sort."""
    demande = Demande(ave.NOM, PeriodeDuBilan(PERIODE.du, PERIODE.au, PERIODE.au))
    comptes = ave.compter(par, demande)
    return document(ave.assembler(comptes, demande)), document(ave.assembler(ave.masquer(comptes), demande))


def comparer_l_ave(entiere: dict[str, Any], masquee: dict[str, Any], attendue: CompteAve) -> None:
    """Chaque cellule des onze tableaux ; masquée, elle est tue ou la même."""
    assert entiere["indicateurs"] == attendue.chiffres_cles()
    assert {cle: v for cle, v in masquee["indicateurs"].items() if v != "secret"}.items() <= (
        entiere["indicateurs"].items()
    )
    recomptes = attendue.tableaux()
    assert {*recomptes, "structure"} == set(entiere["tableaux"])
    chiffres = {
        x["code"]: next(x[u] for u in UNITES if x.get(u) is not None) for x in entiere["tableaux"]["structure"]
    }
    assert chiffres == attendue.structure()
    for nom, recompte in recomptes.items():
        vraies, sorties = (x["tableaux"][nom] + x["totaux"][nom] for x in (entiere, masquee))
        assert sorted(ligne["code"] for ligne in vraies) == sorted(recompte)
        for vraie, sortie in zip(vraies, sorties, strict=True):
            chiffree = {cle: v for cle, v in vraie.items() if cle not in {"code", "libelle", "groupe"}}
            assert chiffree == {cle: recompte[vraie["code"]][cle] for cle in chiffree}, (nom, vraie)
            assert {cle for cle, v in sortie.items() if v not in ("secret", vraie[cle])} == set()
            assert not [cle for cle in EFFECTIFS & set(sortie) if sortie[cle] in (1, 2, 3, 4)], (nom, sortie)


UNITES = ("nombre", "heures")
EFFECTIFS = {"beneficiaires", "femmes", "hommes", "nouveaux", "contrats", "sorties"}
TEXTES = {
    "rubrique", "code", "libelle", "acheteur", "siret", "epci", "type", "type_libelle", "modalite",
    "modalite_libelle", "type_contrat", "type_contrat_libelle",
}  # fmt: skip
