"""Dix structures de 500 personnes : chaque cellule des classeurs A, B, C et E, recomptée depuis la reprise."""

from __future__ import annotations

import datetime
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bilans import acheteur, ave, catalogue, departement
from bilans.copil import bilan as copil
from bilans.faits import Periode as PeriodeDuBilan
from bilans.rapport import Bilan, Demande
from bilans.reprise import TOUTES
from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Commune, Epci
from heures.imports.reprise.classeur_plein import ecrire_structure
from tests.factories import StructureFactory, acteur
from tests.oracle import classeur, de_l_acheteur, de_l_ave, du_comite, du_departement
from tests.oracle.ave import CompteAve
from tests.oracle.classeur import Feuille, Ligne
from tests.oracle.comite import Comite
from tests.oracle.compte import Compte, Periode
from tests.oracle.generateur import ANNEE, engendrer
from tests.oracle.structure import Structure, lire

PERIODE = Periode(datetime.date(ANNEE, 1, 1), datetime.date(ANNEE, 12, 31))
UN_AN_PLUS_TOT = Periode(datetime.date(ANNEE - 1, 1, 1), datetime.date(ANNEE - 1, 12, 31))
INSTANT = datetime.datetime(2026, 3, 15, 12, tzinfo=datetime.UTC)
Classeurs = dict[str, tuple[dict[str, list[Ligne]], dict[str, Feuille]]]
"""Par bilan, ce que son classeur montre et ce que le second compte attend."""


# Deux structures suffisent à PostgreSQL : le second compte relit le même classeur, quelle que soit la base.
SUR_LES_DEUX_BASES = 2
GRAINES = [pytest.param(n, marks=() if n < SUR_LES_DEUX_BASES else pytest.mark.sur_sqlite) for n in range(10)]


@pytest.mark.parametrize("graine", GRAINES)
def test_chaque_cellule_est_celle_du_second_compte(graine, tmp_path):
    classeurs, masques = etablir(graine, tmp_path / "structure.xlsx")
    assert {nom: trouves for nom, un in classeurs.items() if (trouves := classeur.ecarts(*un))} == {}
    assert {nom: lus for nom, un in masques.items() if (lus := classeur.ecarts(*un, est_masque=True))} == {}
    assert len(classeurs) > 8
    assert [ligne for un, _ in masques.values() for ligne in un_a_quatre(un)] == []
    if graine == 0:
        verifier_que_la_garde_mord(classeurs)
        assert colonnes_sans_valeur(classeurs) == TOUJOURS_VIDES


def etablir(graine: int, chemin: Path) -> tuple[Classeurs, Classeurs]:
    """Les classeurs entiers de la structure, puis ceux qui en sortent masqués."""
    structure = StructureFactory(etp_facilitateurs=Decimal("2.50"))
    par = acteur(structure, Role.RESPONSABLE)
    with time_machine.travel(INSTANT, tick=False):
        engendrer(graine, structure, par=par)
        relue = relire(par, structure, chemin)
        compte, avant = Compte(relue, PERIODE), Compte(relue, UN_AN_PLUS_TOT)
        noms = dict(Epci.objects.values_list("siren", "nom"))
        comptes = ave.compter(par, demander(ave.NOM))
        national = de_l_ave.feuilles(CompteAve(compte))
        a = departement.etablir(par, demander(departement.NOM))
        b = copil.etablir(par, demander(copil.NOM))
        classeurs = {
            "A": (ecrire(a), du_departement.feuilles(compte, avant, noms)),
            "B": (ecrire(b), du_comite.feuilles(Comite(relue, ANNEE, populations()), noms)),
            "E": (ecrire(ave.assembler(comptes, demander(ave.NOM))), national),
        }
        masques = {"E": (ecrire(ave.assembler(ave.masquer(comptes), demander(ave.NOM))), national)}
        for code, sirets in perimetres(relue).items():
            restreinte = de_l_acheteur.chez(relue, sirets)
            sien, n1 = Compte(restreinte, PERIODE), Compte(restreinte, UN_AN_PLUS_TOT)
            try:
                lu = acheteur.etablir(par, demander(acheteur.NOM, code))
            except ActionImpossible:
                assert not sien.validees
                continue
            attendues = de_l_acheteur.feuilles(sien, n1, est_epci=len(code) == 9)
            classeurs[f"C {code}"] = (ecrire(lu), attendues)
            if len(code) == 9:
                sorti = acheteur.sortir(par, demander(acheteur.NOM, code))
                masques[f"C {code}"] = (ecrire(sorti), attendues)
    return classeurs, masques


def demander(nom: str, code: str = "") -> Demande:
    return Demande(nom, PeriodeDuBilan(PERIODE.du, PERIODE.au, PERIODE.au), code)


def ecrire(bilan: Bilan) -> dict[str, list[Ligne]]:
    fichier = io.BytesIO()
    catalogue.ecrire("xlsx", bilan, fichier)
    return classeur.lire(fichier)


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


def populations() -> dict[str, int]:
    """Habitants par intercommunalité."""
    sommes: dict[str, int] = defaultdict(int)
    for epci, habitants in Commune.objects.order_by().values_list("epci_id", "population_municipale"):
        sommes[epci] += habitants or 0
    return {epci: nombre for epci, nombre in sommes.items() if epci and nombre}


def perimetres(structure: Structure) -> dict[str, set[str]]:
    """Chaque acheteur, par son SIRET, et chaque intercommunalité, par son SIREN, avec ses acheteurs."""
    trouves: dict[str, set[str]] = defaultdict(set)
    for fiche in structure.feuilles["acheteurs"]:
        trouves[fiche["siret"]].add(fiche["siret"])
        if fiche["epci_siren"]:
            trouves[fiche["epci_siren"]].add(fiche["siret"])
    return dict(trouves)


# L’objectif est celui de la structure : le bilan d’un acheteur n’en a pas.
TOUJOURS_VIDES = {("C", "A1 Synthèse", "Objectif"), ("C", "A1 Synthèse", "Taux d’atteinte")}
EFFECTIFS = {"Bénéficiaires", "Femmes", "Hommes", "Nouveaux", "Contrats", "Sorties", "Total", "Bénéf."}


def un_a_quatre(lues: Mapping[str, list[Ligne]]) -> Iterator[tuple[str, Ligne]]:
    """Les lignes d’un classeur masqué où se lit un effectif de 1 à 4."""
    for nom, lignes in lues.items():
        yield from ((nom, x) for x in lignes if any(x.get(colonne) in (1, 2, 3, 4) for colonne in EFFECTIFS))


def verifier_que_la_garde_mord(classeurs: Classeurs) -> None:
    """Une cellule faussée par colonne de chaque feuille, puis un compte retiré : chaque fois, un écart le dit."""
    faussees = 0
    for lues, attendues in classeurs.values():
        for nom, colonne, fausser, retablir in classeur.falsifications(lues):
            une = {nom: lues[nom]}, {nom: attendues[nom]}
            fausser()
            assert classeur.ecarts(*une), (nom, colonne)
            retablir()
            sans = [{c: v for c, v in ligne.items() if c != colonne} for ligne in attendues[nom].lignes]
            assert classeur.ecarts({nom: lues[nom]}, {nom: Feuille(attendues[nom].cles, sans)}), (nom, colonne)
            faussees += 1
        for nom in {*attendues} & {*lues}:
            assert classeur.ecarts(lues, {autre: x for autre, x in attendues.items() if autre != nom})
            assert not lues[nom] or classeur.ecarts({nom: lues[nom][1:]}, {nom: attendues[nom]}), nom
    assert faussees > 300


def colonnes_sans_valeur(classeurs: Classeurs) -> set[tuple[str, str, str]]:
    """Les colonnes où tout est vide ou nul, tous classeurs du même bilan réunis : rien n’y serait éprouvé."""
    pleines: dict[tuple[str, str, str], bool] = defaultdict(bool)
    for bilan, (lues, _) in classeurs.items():
        for nom, lignes in lues.items():
            for ligne in lignes:
                for colonne, valeur in ligne.items():
                    pleines[bilan[0], nom, colonne] |= valeur not in (None, "", 0)
    return {cle for cle, est_pleine in pleines.items() if not est_pleine}
