"""Dix structures de 500 personnes : chaque cellule des bilans A, B et E, recomptée depuis le classeur exporté."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bilans import ave, departement
from bilans.copil import bilan as copil
from bilans.exports import document
from bilans.faits import Periode as PeriodeDuBilan
from bilans.rapport import Bilan, Demande
from bilans.reprise import TOUTES
from clauses.comptes.acteurs import Role
from clauses.territoires.models import Commune
from heures.demo.plan import tracer
from heures.demo.pose import poser
from heures.imports.reprise.classeur_plein import ecrire_structure
from marches.enums import NatureActivite
from tests.factories import StructureFactory, acteur
from tests.factories_conformite import ActiviteFactory
from tests.oracle.ave import CompteAve
from tests.oracle.comite import Comite
from tests.oracle.compte import Compte, Periode
from tests.oracle.structure import Structure, lire
from tests.outils.statistiques import tenir_les_statistiques

JOUR = datetime.date(2026, 3, 15)
PERIODE = Periode(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
ETP = Decimal("2.50")
TABLEAUX = (
    "publics", "publics_au_moins_un", "profil", "territoires", "acheteurs", "modalites", "activite", "qualite",
)  # fmt: skip


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
    structure = StructureFactory(etp_facilitateurs=ETP)
    par = acteur(structure, Role.RESPONSABLE)
    with time_machine.travel(datetime.datetime(2026, 3, 15, 12, tzinfo=datetime.UTC), tick=False):
        poser(tracer(graine, JOUR, nombre_marches=60, nombre_personnes=500), structure, par=par)
        tenir_les_statistiques()
        demande = PeriodeDuBilan(PERIODE.du, PERIODE.au, PERIODE.au)
        noter_des_activites(structure, graine)
        etabli = departement.etablir(par, Demande(departement.NOM, demande))
        du_comite = document(copil.etablir(par, Demande(copil.NOM, demande)))
        aves = etablir_l_ave(par)
    relue = relire(par, structure, tmp_path / "structure.xlsx")
    compte = Compte(relue, PERIODE)
    verifier_le_departement(document(etabli), compte)
    verifier_les_matrices(etabli, compte)
    verifier_le_comite(du_comite, Comite(relue, PERIODE.du.year, populations()))
    comparer_l_ave(*aves, CompteAve(compte, ETP))


def verifier_le_departement(lu: dict[str, Any], compte: Compte) -> None:
    attendus = compte.indicateurs()
    assert {cle: lu["indicateurs"][cle] for cle in attendus} == attendus
    assert int(attendus["beneficiaires"]) > 100
    for nom in TABLEAUX:
        recompter = getattr(compte, nom)
        for ligne in lu["tableaux"][nom]:
            attendue = recompter(ligne)
            assert {cle: ligne[cle] for cle in attendue} == attendue, (nom, ligne)
            assert set(ligne) - set(attendue) <= TEXTES, (nom, set(ligne) - set(attendue))
    sorties = sorted(lu["tableaux"]["sorties"], key=lambda ligne: ligne["code"])
    comparer("sorties", sorties, compte.sorties.lignes())
    comparer("sorties", lu["totaux"]["sorties"], compte.sorties.totaux())


def noter_des_activites(structure: Any, graine: int) -> None:
    """La structure générée n’en a pas : vingt, dans l’année et autour, de natures inégales."""
    for n in range(20):
        jour = datetime.date(2024, 11, 15) + datetime.timedelta(days=23 * n + graine)
        ActiviteFactory(structure=structure, date=jour, nature=NatureActivite.values[n * n % 5])


def verifier_les_matrices(etabli: Bilan, compte: Compte) -> None:
    """A6 : chaque case, et les totaux distincts de chaque ligne et de chaque colonne."""
    vues = 0
    for nom, rang in (("matrice_heures", 0), ("matrice_personnes", 1)):
        tableau = etabli.tableaux[nom]
        for rangee in tableau.rangees:
            for colonne in tableau.definition.colonnes[1:]:
                type_contrat = "" if colonne.cle == "TOTAL" else colonne.cle
                attendu = compte.croisement(rangee.filtre.get("modalite", ""), type_contrat)[rang]
                lu = rangee.valeurs[colonne.cle]
                assert str(lu or (0 if rang else "0.00")) == str(attendu), (nom, rangee.filtre, colonne.cle)
                vues += 1
    assert vues > 30


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


UNITES = ("nombre", "heures", "etp")
EFFECTIFS = {"beneficiaires", "femmes", "hommes", "nouveaux", "contrats", "sorties"}
TEXTES = {
    "rubrique", "code", "libelle", "acheteur", "siret", "epci", "type", "type_libelle", "modalite",
    "modalite_libelle", "type_contrat", "type_contrat_libelle",
}  # fmt: skip


def populations() -> dict[str, int]:
    """Habitants par intercommunalité."""
    sommes: dict[str, int] = defaultdict(int)
    for epci, habitants in Commune.objects.order_by().values_list("epci_id", "population_municipale"):
        sommes[epci] += habitants or 0
    return {epci: nombre for epci, nombre in sommes.items() if epci and nombre}


def verifier_le_comite(lu: dict[str, Any], comite: Comite) -> None:
    """Chaque ligne de chaque tableau, dans l’ordre, et chaque total ; puis la synthèse et son année d’avant."""
    assert set(lu["tableaux"]) == {*DU_COMITE}
    for nom, (recompter, totaliser) in DU_COMITE.items():
        lignes, attendues = lu["tableaux"][nom], recompter(comite)
        if nom in SANS_ORDRE:
            lignes = sorted((ligne for ligne in lignes if ligne.get("heures") != "0.00"), key=lambda x: x["code"])
        comparer(nom, lignes, attendues)
        comparer(nom, lu["totaux"][nom], totaliser(comite))
    annee = comite.annee
    maintenant, avant = comite.indicateurs(annee) | comite.risques(), comite.indicateurs(annee - 1)
    for ligne in lu["synthese"]:
        assert ligne["realise"] == maintenant[ligne["cle"]], ligne
        assert ligne["realise_n1"] == avant.get(ligne["cle"]), ligne
    assert lu["indicateurs"] == {ligne["cle"]: ligne["realise"] for ligne in lu["synthese"]}


def comparer(nom: str, lignes: list[dict[str, Any]], attendues: list[dict[str, Any]]) -> None:
    assert len(lignes) == len(attendues), (nom, lignes, attendues)
    for ligne, attendue in zip(lignes, attendues, strict=True):
        assert {cle: ligne[cle] for cle in attendue} == attendue, (nom, ligne)
        assert set(ligne) - set(attendue) <= {*TEXTES, "entreprise", "situation", "categorie"}, (nom, ligne)


SANS_ORDRE = {"publics", "sorties"}


def rien(_: Comite) -> list[dict[str, Any]]:
    return []


DU_COMITE = {
    "serie": (Comite.serie, rien),
    "serie_siae": (Comite.serie_siae, rien),
    "serie_personnes": (Comite.serie_personnes, rien),
    "publics": (Comite.publics, Comite.total_des_publics),
    "territoires": (Comite.territoires, Comite.total_des_territoires),
    "serie_plie": (Comite.serie_plie, rien),
    "serie_sorties": (Comite.serie_sorties, rien),
    "sorties": (Comite.sorties, Comite.total_des_sorties),
    "premiers_acheteurs": (Comite.premiers_acheteurs, Comite.total_des_premiers),
    "premieres_entreprises": (Comite.premieres_entreprises, Comite.total_des_premiers),
    "engagements_a_risque": (Comite.engagements_a_risque, Comite.total_des_risques),
}
