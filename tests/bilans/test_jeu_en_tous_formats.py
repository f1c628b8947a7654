"""Le jeu de comptage dans la qualité (I) et l’attestation (D) : les mêmes chiffres dans chacun de leurs formats."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal

import openpyxl
import pytest
import time_machine
from django.test import Client

from bilans.catalogue import RAPPORTS
from bilans.enums import NatureDocument
from tests.bilans import jeu
from tests.bilans.documents.outils import emettre, en_ligne, texte_de
from tests.bilans.outils import connecte, contenu, decimal, feuille

PERIODE = {"du": "2025-01-01", "au": "2025-12-31"}
# Contrôle : (défauts, sur combien, complétude, heures).
QUALITE = {
    "lignes_non_validees": (1, 10, "0.9000", "40.00"),
    "sans_critere": (0, 6, "1.0000", None),
    "sans_piece": (6, 6, "0.0000", None),
    "sans_constat": (0, 6, "1.0000", None),
    "sans_commune": (0, 6, "1.0000", None),
    "sans_qpv": (0, 6, "1.0000", None),
    "mois_pleins": (1, None, None, "200.00"),
    "chevauchements": (0, None, None, None),
    "sorties_sans_situation": (5, 5, "0.0000", None),
    "echeances": (0, 0, None, None),
    "marches_sans_engagement": (0, 3, "1.0000", None),
    "releves_en_retard": (25, 34, "0.2647", None),
}
# Marché : heures de 2025, retenues depuis le début, engagées, réalisation, puis chaque ligne de l’état annexé.
ATTESTATIONS = {
    "2024-M1": ("300.00", "510,00", "1 000,00", "51,00", ("P1 100,00", "P6 200,00")),
    "2025-M2": ("383.34", "383,34", "400,00", "95,84", ("P1 80,00", "P2 151,67", "P2 151,67")),
    "2025-M3": ("305.50", "305,50", "800,00", "38,19", ("P3 70,00", "P3 140,00", "P4 35,50", "P5 60,00")),
}


@pytest.fixture
def pose() -> jeu.Jeu:
    return jeu.poser()


def test_la_qualite_a_les_chiffres_du_jeu_en_json_en_classeur_et_a_l_ecran(pose):
    assert set(RAPPORTS["qualite"].formats) == {"json", "xlsx"}
    client = connecte(pose.structure)
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        lu = json.loads(contenu(client.get("/bilans/qualite/export/", {**PERIODE, "format": "json"})))
        ecrit = contenu(client.get("/bilans/qualite/export/", {**PERIODE, "format": "xlsx"}))
        page = en_ligne(client.get("/bilans/qualite/", PERIODE).content.decode())
    controles = {ligne["code"]: ligne for ligne in lu["tableaux"]["controles"]}
    vus = {c: tuple(x[k] for k in ("defauts", "attendus", "taux", "heures")) for c, x in controles.items()}
    assert vus == QUALITE
    classeur = openpyxl.load_workbook(io.BytesIO(ecrit))
    cellules = {
        ligne["Code"]: tuple(en_decimal(ligne[c]) for c in ("Défauts", "Sur", "Complétude", "Heures"))
        for ligne in feuille(classeur, "Contrôles")
    }
    assert cellules == {code: tuple(map(en_decimal, attendus)) for code, attendus in QUALITE.items()}
    defauts = feuille(classeur, "Défauts")
    assert len(defauts) == sum(nombre for nombre, *_ in QUALITE.values())
    lus = [(x["Personne, marché ou engagement"], en_decimal(x["Heures"])) for x in defauts if x["Heures"]]
    assert lus == [("SUPPOSÉE Diane (P4)", Decimal(40)), ("RÊVÉ Fabio (P6)", Decimal(200))]
    assert ("40,00" in page, "200,00" in page) == (True, True)


def en_decimal(valeur: object) -> Decimal | None:
    return None if valeur is None else decimal(valeur)


@pytest.mark.parametrize("marche", ATTESTATIONS)
def test_l_attestation_a_les_heures_du_jeu_sur_le_papier_et_sur_la_page_publique(pose, marche):
    heures, retenues, engagees, realisation, lignes = ATTESTATIONS[marche]
    du, au = datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)
    with time_machine.travel(jeu.AUJOURD_HUI, tick=False):
        nature = NatureDocument.ATTESTATION_INTERMEDIAIRE
        document = emettre(pose.engagements[marche], nature, par=pose.par, du=du, au=au)
        page = en_ligne(Client().post("/verifier/", {"code": document.code}).content.decode())
    assert document.totaux["heures"] == heures
    lu, annexe = texte_de(document), texte_de(document).partition("Annexe")[2]
    en_lettres = heures.replace(".", ",")
    for mots in (
        f"fait réaliser {en_lettres} heures d’insertion", f"Validées sur la période {en_lettres} h",
        f"Retenues depuis le début {retenues} h", f"Engagées {engagees} h", f"Réalisation {realisation} %",
    ):  # fmt: skip
        assert mots in lu, mots
    assert [annexe.count(ligne) for ligne in lignes] == [lignes.count(ligne) for ligne in lignes]
    assert f"Lignes : {len(lignes)}" in annexe
    assert f"Total {en_lettres}" in annexe
    assert en_lettres in page
