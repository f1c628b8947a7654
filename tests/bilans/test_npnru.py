"""Le bilan QPV et NPNRU (G) : le jeu de comptage dans chaque format, le stock, le renouvellement urbain, le secret."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from bilans.additions import completer, retrouvees
from bilans.definitions import Unite
from bilans.faits import Periode
from bilans.npnru import bilan as npnru
from bilans.rapport import Bilan, Demande
from bilans.secret import SECRET
from clauses.socle.erreurs import ActionImpossible
from marches.models import Clause, Operation
from tests.bilans import jeu
from tests.bilans.documents.outils import en_ligne, lire_pdf
from tests.bilans.outils import annee, connecte, contenu, decimal, feuille, liens, parametres
from tests.factories import StructureFactory, acteur

PAGE, EXPORT = "/bilans/npnru/", "/bilans/npnru/export/"


@pytest.fixture
def pose() -> jeu.Jeu:
    """Le jeu de comptage, dont M1 est d’une opération de renouvellement urbain qui compte 7 800 heures en tout."""
    pose = jeu.poser()
    operation = Operation.objects.create(structure=pose.structure, nom="Quartier fictif", est_npnru=True)
    clause = pose.engagements["2024-M1"].clause
    marche = clause.lot.marche
    marche.operation = operation
    marche.save(update_fields=["operation"])
    Clause.objects.filter(pk=clause.pk).update(
        objectif_heures_totales=Decimal("7800.00"), objectif_part_heures=Decimal("5.00")
    )
    return pose


def etablir(pose: jeu.Jeu, numero: int = 2025) -> Bilan:
    return npnru.etablir(pose.par, Demande("npnru", annee(numero)))


def exporter(pose: jeu.Jeu, format_: str, **reste: str) -> bytes:
    return contenu(connecte(pose.structure).get(EXPORT, {**parametres(2025), "format": format_, **reste}))


ATTENDUS = {
    "marches_stock": 3, "engagees_stock": "2200.00", "heures_stock": "1198.84", "taux_stock": "0.5449",
    "heures_periode": "988.84", "personnes_stock": 6, "qpv_stock": 1, "heures_qpv_stock": "390.00",
    "npnru_marches_stock": 1, "npnru_engagees_stock": "1000.00", "npnru_heures_stock": "510.00",
    "npnru_heures_periode": "300.00", "npnru_personnes_stock": 2, "npnru_qpv_stock": 1,
    "npnru_heures_qpv_stock": "310.00", "npnru_heures_totales": "7800.00", "npnru_part_anru": "0.0397",
}  # fmt: skip


def test_le_stock_se_lit_dans_chaque_format(pose):
    lu = json.loads(exporter(pose, "json", complet="on"))
    assert {cle: lu["indicateurs"][cle] for cle in ATTENDUS} == ATTENDUS
    assert [ligne["libelle"] for ligne in lu["tableaux"]["operations"]] == ["Quartier fictif"]
    classeur = openpyxl.load_workbook(io.BytesIO(exporter(pose, "xlsx", complet="on")))
    marches = feuille(classeur, "G3 Marchés")
    assert [ligne["Niveau"] for ligne in marches] == [
        "detail",
        "sous-total",
        "detail",
        "detail",
        "sous-total",
        "total",
    ]
    assert [decimal(ligne["Heures réalisées"]) for ligne in marches] == [
        decimal(h) for h in ("510.00", "510.00", "383.34", "305.50", "688.84", "1198.84")
    ]
    assert decimal(marches[-1]["dont période"]) == decimal("988.84")
    csv = exporter(pose, "csv", complet="on").decode("utf-8-sig")
    assert "synthese;heures_periode;dont heures de la période;realise;988,84;heures" in csv
    page = connecte(pose.structure).get(PAGE, parametres(2025)).content.decode()
    pages = lire_pdf(exporter(pose, "pdf", complet="on")).pages
    papier = en_ligne(" ".join(page.extract_text() for page in pages))
    assert not [h for h in ("988,84", "1 198,84", "510,00", "383,34", "305,50") if h not in papier]
    assert "988,84" in page
    assert "1 198,84" in page.replace("\u202f", " ").replace("\u00a0", " ")


def test_le_stock_ne_depend_que_de_la_date_d_arrete(pose):
    """La période ne change que ses propres heures ; un an plus tôt, le stock d’alors."""
    fin = datetime.date(2024, 12, 31)
    court = npnru.etablir(pose.par, Demande("npnru", Periode(datetime.date(2024, 12, 1), fin, fin)))
    assert str(court.indicateurs["heures_stock"]) == "210.00"
    assert str(court.indicateurs["heures_periode"]) == "90.00"
    avant = {ligne.indicateur.cle: ligne.realise_n1 for ligne in etablir(pose).synthese}
    assert str(avant["heures_stock"]) == "210.00"
    assert avant["marches_stock"] == 1


def test_chaque_chiffre_ouvert_redonne_sa_valeur(pose):
    client = connecte(pose.structure)
    ouverts = liens(etablir(pose))
    assert len(ouverts) > 40
    for url, valeur, unite in ouverts:
        page = client.get(url)
        assert page.status_code == 200, url
        ouvert = page.context["ouvert"]
        assert (ouvert.heures if unite is Unite.HEURES else ouvert.nombre) == valeur, url


def test_un_fichier_tait_les_petits_effectifs_et_ne_s_ouvre_pas(pose):
    masque = npnru.sortir(pose.par, Demande("npnru", annee(2025)))
    assert masque.indicateurs["personnes_stock"] == 6
    assert {masque.indicateurs[cle] for cle in ("qpv_stock", "heures_qpv_stock", "npnru_qpv_stock")} == {SECRET}
    for tableau in masque.tableaux.values():
        for ligne in tableau.details():
            assert ligne["personnes_stock"] is SECRET
            assert ligne["heures_qpv_stock"] is SECRET
    assert str(masque.tableaux["marches"].details()[0]["heures_stock"]) == "510.00"
    assert liens(masque) == []


def test_une_date_sans_rien_d_engage_se_refuse():
    jour = datetime.date(2025, 6, 30)
    with pytest.raises(ActionImpossible, match="Aucune heure engagée ni validée au 30/06/2025"):
        npnru.etablir(acteur(StructureFactory()), Demande("npnru", Periode(datetime.date(2025, 1, 1), jour, jour)))


def test_la_commande_ecrit_le_bilan_masque(pose, tmp_path):
    sortie = tmp_path / "npnru.json"
    options: dict[str, Any] = {"structure": "MEMPA", "du": "2025-01-01", "au": "2025-12-31", "sortie": str(sortie)}
    call_command("exporter_bilan", "npnru", **options)
    lu = json.loads(sortie.read_text(encoding="utf-8"))
    assert (lu["indicateurs"]["heures_stock"], lu["indicateurs"]["qpv_stock"]) == ("1198.84", "secret")
    with pytest.raises(CommandError, match="toute la structure"):
        call_command("exporter_bilan", "npnru", acheteur="1" * 14, **options)


A, B, C = frozenset({"a"}), frozenset({"b"}), frozenset({"c"})


def test_une_somme_que_ses_voisines_redonnent_se_complete():
    lignes = {"a": A, "b": B, "c": C, "ab": A | B, "": A | B | C}
    poids = {"a": 1, "b": 2, "c": 3, "ab": 100, "": 1000}
    assert retrouvees(lignes, {"a"}) == ["a"]
    assert retrouvees(lignes, {"a", "b"}) == []
    assert completer(lignes, {"a"}, poids) == {"a", "b"}
    assert completer(lignes, {"a", "b"}, poids) == {"a", "b"}
    assert retrouvees(lignes, {"a", "c", "ab"}) == []
    assert retrouvees(lignes, {"a", "ab"}) == ["a", "ab"]
