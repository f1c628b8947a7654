"""Le jeu de comptage, de bout en bout : classeur → `importer_reprise` → `exporter_bilan`, en JSON et en XLSX.

Chaque chiffre attendu est celui du tableau de bilans.md.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from tests import jeu_de_comptage

ARRAS, SUD_ARTOIS, CAMPAGNES, OSARTIS = "200033579", "200035442", "200069482", "200044048"


@pytest.fixture
def classeur(tmp_path: Path) -> Path:
    chemin = tmp_path / "reprise.xlsx"
    jeu_de_comptage.ecrire(chemin)
    return chemin


@pytest.fixture
def structure(classeur: Path) -> str:
    call_command("creer_structure", sigle="MEMPA", nom="PLIE (fictif)", responsable="r@exemple.invalid")
    call_command("importer_reprise", str(classeur), structure="MEMPA")
    return "MEMPA"


def exporter(tmp_path: Path, annee: int, format_: str) -> Path:
    sortie = tmp_path / f"bilan-{annee}.{format_}"
    call_command(
        "exporter_bilan",
        "departement",
        structure="MEMPA",
        du=f"{annee}-01-01",
        au=f"{annee}-12-31",
        format=format_,
        sortie=str(sortie),
    )
    return sortie


def bilan(tmp_path: Path, annee: int) -> dict[str, Any]:
    return json.loads(exporter(tmp_path, annee, "json").read_text(encoding="utf-8"))


def par(lignes: list[dict[str, Any]], clef: str) -> dict[str, dict[str, Any]]:
    return {ligne[clef]: ligne for ligne in lignes}


INDICATEURS_2025 = {
    "heures_realisees": "988.84",
    "heures_brsa": "240.00",
    "beneficiaires": 6,
    "nouveaux_entrants": 5,
    "beneficiaires_brsa": 2,
    "nouveaux_brsa": 1,
    "moins_26_ans": 2,
    "femmes": 2,
    "heures_femmes": "215.50",
    "qpv": 1,
    "heures_qpv": "180.00",
    "participants_plie": 0,
    "contrats": 7,
    "marches_actifs": 3,
    "marches_notifies": 2,
    "marches_en_cours": 3,
    "heures_engagees_cumul": "2200.00",
    "heures_realisees_cumul": "1198.84",
    "acheteurs_actifs": 3,
    "siae_heures": "525.50",
    "sorties": 0,
    "etp": "0.543",
}


@pytest.mark.parametrize("clef", INDICATEURS_2025)
def test_chaque_indicateur_de_2025(structure: str, tmp_path: Path, clef: str):
    assert bilan(tmp_path, 2025)["indicateurs"][clef] == INDICATEURS_2025[clef]


def test_l_entete_de_2025_est_celui_du_contrat(structure: str, tmp_path: Path):
    document = bilan(tmp_path, 2025)
    assert document["bilan"] == "departement"
    assert document["structure"] == "MEMPA"
    assert document["periode"] == {"du": "2025-01-01", "au": "2025-12-31"}
    assert document["arrete_au"] == "2025-12-31"
    assert document["base_etp"] == 1820


def test_les_heures_par_residence(structure: str, tmp_path: Path):
    territoires = par(bilan(tmp_path, 2025)["tableaux"]["territoires"], "code")
    heures = {code: ligne["heures"] for code, ligne in territoires.items() if Decimal(ligne["heures"])}
    assert heures == {
        ARRAS: "483.34",
        SUD_ARTOIS: "210.00",
        CAMPAGNES: "35.50",
        OSARTIS: "60.00",
        "HORS": "200.00",
    }


def test_les_acheteurs_et_leur_cumul(structure: str, tmp_path: Path):
    acheteurs = bilan(tmp_path, 2025)["tableaux"]["acheteurs"]
    periode = sorted((ligne["heures_periode"], ligne["beneficiaires"]) for ligne in acheteurs)
    assert periode == [("300.00", 2), ("305.50", 3), ("383.34", 2)]
    cumuls = sorted((a["heures_cumul"], a["heures_engagees_cumul"], a["taux"]) for a in acheteurs)
    assert cumuls == [("305.50", "800.00", "0.3819"), ("383.34", "400.00", "0.9584"), ("510.00", "1000.00", "0.5100")]
    assert sum(ligne["beneficiaires"] for ligne in acheteurs) == 7  # plus que les 6 personnes distinctes


def test_les_criteres_principaux_font_six_et_les_autres_neuf(structure: str, tmp_path: Path):
    tableaux = bilan(tmp_path, 2025)["tableaux"]
    principaux = {ligne["code"]: ligne["total"] for ligne in tableaux["publics"] if ligne["total"]}
    assert principaux == {"RSA": 2, "JEUNE_26_SANS_QUALIF": 1, "DELD": 1, "BOETH": 1, "IAE": 1}
    au_moins_un = {ligne["code"]: ligne["total"] for ligne in tableaux["publics_au_moins_un"] if ligne["total"]}
    assert au_moins_un == {
        "RSA": 2, "DELD": 2, "JEUNE_26_SANS_QUALIF": 2, "BOETH": 1, "SENIOR_50": 1, "IAE": 1,
    }  # fmt: skip


def test_l_annee_2024(structure: str, tmp_path: Path):
    indicateurs = bilan(tmp_path, 2024)["indicateurs"]
    assert indicateurs["heures_realisees"] == "210.00"
    assert (indicateurs["beneficiaires"], indicateurs["nouveaux_entrants"]) == (1, 1)


def test_l_annee_2026_n_a_pas_de_nouvel_entrant(structure: str, tmp_path: Path):
    indicateurs = bilan(tmp_path, 2026)["indicateurs"]
    assert indicateurs["heures_realisees"] == "120.00"
    assert (indicateurs["beneficiaires"], indicateurs["nouveaux_entrants"]) == (1, 0)


def test_une_annee_sans_heure_est_refusee_d_une_phrase(structure: str, tmp_path: Path):
    with pytest.raises(CommandError, match="heure validée"):
        exporter(tmp_path, 2023, "json")


@pytest.mark.parametrize("annee", [2024, 2025, 2026])
def test_le_classeur_porte_les_memes_chiffres_que_le_json(structure: str, tmp_path: Path, annee: int):
    indicateurs = bilan(tmp_path, annee)["indicateurs"]
    classeur = openpyxl.load_workbook(exporter(tmp_path, annee, "xlsx"))
    synthese = {ligne[0]: ligne for ligne in classeur.worksheets[0].iter_rows(min_row=2, values_only=True)}
    entetes = [cellule.value for cellule in classeur.worksheets[0][1]]
    colonne = entetes.index("Réalisé N")
    attendus = {"Heures d’insertion réalisées": "heures_realisees", "Bénéficiaires": "beneficiaires"}
    for libelle, clef in attendus.items():
        assert Decimal(str(synthese[libelle][colonne])) == Decimal(str(indicateurs[clef]))


def test_la_date_d_arrete_change_le_cumul_pas_la_periode(structure: str, tmp_path: Path):
    sortie = tmp_path / "arrete.json"
    call_command(
        "exporter_bilan", "departement", structure="MEMPA", du="2025-01-01", au="2025-06-30",
        arrete_au="2025-09-30", format="json", sortie=str(sortie),
    )  # fmt: skip
    document = json.loads(sortie.read_text(encoding="utf-8"))
    assert document["arrete_au"] == datetime.date(2025, 9, 30).isoformat()
    assert document["indicateurs"]["heures_engagees_cumul"] == "2000.00"  # l’avenant de M3 est du 1er octobre


def test_un_second_passage_ne_cree_rien(structure: str, classeur: Path, tmp_path: Path):
    avant = bilan(tmp_path, 2025)
    call_command("importer_reprise", str(classeur), structure="MEMPA")
    assert bilan(tmp_path, 2025)["indicateurs"] == avant["indicateurs"]
