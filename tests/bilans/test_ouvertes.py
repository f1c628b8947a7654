"""Les données ouvertes (H) : le jeu de comptage dans chaque format, le schéma qui les valide, les refus."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import zipfile
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bilans.donnees_ouvertes import bilan as ouvertes
from bilans.donnees_ouvertes.schema import schema
from bilans.faits import Periode
from bilans.rapport import Bilan, Demande
from clauses.socle.erreurs import ActionImpossible
from tests.bilans import jeu
from tests.bilans.outils import annee, connecte, contenu, parametres
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    LigneHeuresFactory,
    StructureFactory,
    acteur,
)

PAGE, EXPORT, SCHEMA = "/bilans/ouvertes/", "/bilans/ouvertes/export/", "/bilans/ouvertes/schema/"
TOTAL_2025 = {
    "annee": "2025", "structure": "MEMPA", "type_acheteur": "TOUS", "secteur": "TOUS", "modalite": "TOUS",
    "critere_principal": "TOUS", "beneficiaires": "6", "heures": "988,84",
}  # fmt: skip


@pytest.fixture(autouse=True)
def en_juin_2026():
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        yield


def exporter(client: Any, format_: str) -> bytes:
    return contenu(client.get(EXPORT, {**parametres(2025), "format": format_}))


def lire_csv(brut: bytes) -> list[dict[str, str]]:
    assert brut.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(brut.decode("utf-8-sig"), newline=""), delimiter=";"))


def valider(lignes: list[dict[str, str]], decrit: dict[str, Any]) -> list[str]:
    """Une petite lecture de Table Schema, écrite à côté : ordre, types, contraintes, valeurs manquantes, clef."""
    fautes, vues = [], set()
    noms = [champ["name"] for champ in decrit["fields"]]
    for rang, ligne in enumerate(lignes):
        if list(ligne) != noms:
            fautes.append(f"{rang} : colonnes {list(ligne)}")
        cle = tuple(ligne[nom] for nom in decrit["primaryKey"])
        fautes += [f"{rang} : clef répétée"] * (cle in vues)
        vues.add(cle)
        for champ in decrit["fields"]:
            fautes += [f"{rang}, {champ['name']} : {f}" for f in _fautes(ligne[champ["name"]], champ, decrit)]
    return fautes


def _fautes(texte: str, champ: dict[str, Any], decrit: dict[str, Any]) -> list[str]:
    contraintes = champ.get("constraints", {})
    if texte in decrit["missingValues"]:
        return ["manque"] * contraintes.get("required", False)
    motif = {"year": r"\d{4}", "integer": r"-?\d+", "number": r"-?\d+(,\d+)?", "string": r".*"}[champ["type"]]
    if not re.fullmatch(motif, texte):
        return [f"« {texte} » n’est pas {champ['type']}"]
    trop_petit = "minimum" in contraintes and Decimal(texte.replace(",", ".")) < contraintes["minimum"]
    inconnu = "enum" in contraintes and texte not in contraintes["enum"]
    return ["trop petit"] * trop_petit + ["hors liste"] * inconnu


def test_le_jeu_de_comptage_se_lit_dans_chaque_format():
    client = connecte(jeu.poser().structure)
    lignes = lire_csv(exporter(client, "csv"))
    assert lignes[0] == TOTAL_2025
    lu = json.loads(exporter(client, "json"))
    assert lu["indicateurs"]["heures_realisees"] == "988.84"
    assert lu["tableaux"]["annees"] == [{"annee": "2025", "beneficiaires": 6, "heures": "988.84"}]
    assert lu["licence"]["name"] == "etalab-2.0"
    assert lu["schema"] == schema()
    page = client.get(PAGE, parametres(2025))
    assert page.status_code == 200
    assert "988,84" in page.content.decode()
    with zipfile.ZipFile(io.BytesIO(exporter(client, "zip"))) as archive:
        assert archive.namelist() == ["donnees.csv", "schema.json", "datapackage.json", "LISEZ-MOI.md"]
        assert lire_csv(archive.read("donnees.csv")) == lignes
        paquet = json.loads(archive.read("datapackage.json"))
        assert json.loads(archive.read("schema.json")) == paquet["resources"][0]["schema"] == schema()
        assert "Licence Ouverte 2.0" in archive.read("LISEZ-MOI.md").decode()


def test_chaque_ligne_du_csv_suit_le_schema_que_sert_l_application():
    client = connecte(jeu.poser().structure)
    lignes, decrit = lire_csv(exporter(client, "csv")), json.loads(client.get(SCHEMA).content)
    assert valider(lignes, decrit) == []
    assert len(lignes) > 10
    assert "secret" in {ligne["beneficiaires"] for ligne in lignes}
    for colonne, faux in (("secteur", "PLOMBERIE"), ("beneficiaires", "2,5"), ("heures", "-1"), ("annee", "")):
        assert valider([{**lignes[0], colonne: faux}], decrit) != []


def test_le_petit_effectif_et_ses_heures_se_taisent_ensemble():
    """Six personnes en 2025 : aucun critère n’en compte cinq, aucun ne se lit."""
    lignes = lire_csv(exporter(connecte(jeu.poser().structure), "csv"))
    criteres = [ligne for ligne in lignes if ligne["critere_principal"] != "TOUS"]
    assert {(ligne["beneficiaires"], ligne["heures"]) for ligne in criteres} == {("secret", "secret")}
    assert all(ligne["type_acheteur"] == "TOUS" for ligne in criteres)


def des_gens(structure: Any, nombre: int, mois: datetime.date) -> None:
    engagement = EngagementFactory(clause__lot__marche__structure=structure)
    for _ in range(nombre):
        contrat = ContratTravailFactory(participant__structure=structure)
        LigneHeuresFactory(contrat=contrat, engagement=engagement, mois=mois, validee=True)


def lignes_de(bilan: Bilan, annee_: int) -> list[Any]:
    return [ligne for t in bilan.tableaux.values() for ligne in t.details() if ligne["annee"] == str(annee_)]


def test_une_annee_se_masque_seule_et_se_publie_pareil_avec_les_autres():
    """Sans quoi deux fichiers d’années qui se recouvrent se soustrairaient."""
    structure = StructureFactory()
    des_gens(structure, 6, datetime.date(2024, 3, 1))
    des_gens(structure, 7, datetime.date(2025, 3, 1))
    par, fin = acteur(structure), datetime.date(2025, 12, 31)
    deux = ouvertes.etablir(par, Demande("ouvertes", Periode(datetime.date(2024, 1, 1), fin, fin)))
    for numero, attendus in ((2024, 6), (2025, 7)):
        seule = ouvertes.etablir(par, Demande("ouvertes", annee(numero)))
        assert lignes_de(seule, numero) == lignes_de(deux, numero)
        assert lignes_de(seule, numero)[0]["beneficiaires"] == attendus
    assert "beneficiaires" not in deux.indicateurs


def test_une_annee_sous_cinq_beneficiaires_ne_se_distingue_pas_d_une_annee_vide():
    structure = StructureFactory()
    des_gens(structure, 6, datetime.date(2025, 3, 1))
    des_gens(structure, 4, datetime.date(2024, 3, 1))
    par, fin = acteur(structure), datetime.date(2025, 12, 31)
    bilan = ouvertes.etablir(par, Demande("ouvertes", Periode(datetime.date(2023, 1, 1), fin, fin)))
    assert {ligne["annee"] for ligne in bilan.tableaux["annees"].details()} == {"2025"}
    refus = set()
    for numero in (2023, 2024):
        with pytest.raises(ActionImpossible, match="Moins de cinq bénéficiaires") as leve:
            ouvertes.etablir(par, Demande("ouvertes", annee(numero)))
        refus.add(str(leve.value).replace(str(numero), "N"))
    assert len(refus) == 1


@pytest.mark.parametrize(
    ("du", "au", "phrase"),
    [
        ("2025-01-01", "2025-06-30", "années civiles entières"),
        ("2025-02-01", "2025-12-31", "années civiles entières"),
        ("2025-01-01", "2026-12-31", "L’année 2026 n’est pas achevée"),
        ("2000-01-01", "2025-12-31", "20 années au plus"),
    ],
)
def test_une_periode_qui_n_est_pas_d_annees_achevees_se_refuse(du, au, phrase):
    page = connecte(jeu.poser().structure).get(PAGE, {"du": du, "au": au})
    assert page.status_code == 400
    assert phrase in page.content.decode()


def test_la_page_propose_la_derniere_annee_achevee():
    page = connecte(jeu.poser().structure).get(PAGE)
    assert page.status_code == 200
    assert "988,84" in page.content.decode()
    assert SCHEMA in page.content.decode()


def test_la_commande_ecrit_le_schema_et_la_description_a_cote(tmp_path):
    jeu.poser()
    sortie = tmp_path / "ouvertes.csv"
    options = {"structure": "MEMPA", "du": "2025-01-01", "au": "2025-12-31", "sortie": str(sortie)}
    call_command("exporter_bilan", "ouvertes", **options)
    assert {chemin.name for chemin in tmp_path.iterdir()} == {
        "ouvertes.csv", "ouvertes.schema.json", "ouvertes.lisez-moi.md",
    }  # fmt: skip
    decrit = json.loads((tmp_path / "ouvertes.schema.json").read_text(encoding="utf-8"))
    assert valider(lire_csv(sortie.read_bytes()), decrit) == []
    with pytest.raises(CommandError, match="n’existe pas en « xlsx »"):
        call_command("exporter_bilan", "ouvertes", **{**options, "sortie": str(tmp_path / "ouvertes.xlsx")})
