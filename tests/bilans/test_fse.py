"""Le bilan FSE+ (F) : le jeu de comptage, une opération, la grille que l’on réécrit, le secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bilans import fse
from bilans.grilles import actions
from bilans.grilles.correspondance import non_rattaches, verifier
from bilans.grilles.forme import FSE, LigneGrille, livree
from bilans.rapport import Bilan, Demande
from bilans.secret import SECRET
from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from marches.models import Operation
from tests.bilans import jeu
from tests.bilans.outils import annee, connecte, contenu, parametres
from tests.factories import SortieFactory, acteur

PAGE, EXPORT = "/bilans/fse/", "/bilans/fse/export/"


@pytest.fixture
def pose() -> jeu.Jeu:
    """Le jeu de comptage, dont M2 est d’une opération."""
    pose = jeu.poser()
    marche = pose.engagements["2025-M2"].clause.lot.marche
    marche.operation = Operation.objects.create(structure=pose.structure, nom="Opération fictive")
    marche.save(update_fields=["operation"])
    return pose


def etablir(pose: jeu.Jeu, operation: str = "") -> Bilan:
    return fse.etablir(pose.par, Demande("fse", annee(2025), operation=operation))


def participants(bilan: Bilan, tableau: str) -> dict[str, Any]:
    return {ligne["code"]: ligne["beneficiaires"] for ligne in bilan.tableaux[tableau].details()}


def test_la_grille_livree_rattache_chaque_code_une_fois():
    for tableau in livree(FSE).tableaux:
        verifier(tableau)
        assert non_rattaches(tableau) == []


def test_le_jeu_de_comptage_se_lit_a_l_ecran_et_dans_chaque_format(pose):
    client = connecte(pose.structure)
    lu = json.loads(contenu(client.get(EXPORT, {**parametres(2025), "format": "json", "complet": "on"})))
    assert lu["indicateurs"]["heures_realisees"] == "988.84"
    assert (lu["indicateurs"]["beneficiaires"], lu["indicateurs"]["nouveaux_entrants"]) == (6, 5)
    csv = contenu(client.get(EXPORT, {**parametres(2025), "format": "csv", "complet": "on"})).decode("utf-8-sig")
    assert "2025;chiffres_cles;heures_realisees;valeur;988,84;heures" in csv
    assert "2025;genre;femmes;beneficiaires;2;nombre" in csv
    page = client.get(PAGE, parametres(2025))
    assert page.status_code == 200
    assert "988,84" in page.content.decode()


def test_les_participants_se_rangent_par_age_et_par_handicap(pose):
    bilan = etablir(pose)
    assert participants(bilan, "age") == {
        "moins_18": 0, "de_18_a_29": 3, "de_30_a_54": 3, "plus_55": 0, "nr": 0, "NON_RATTACHE": 0,
    }  # fmt: skip
    assert participants(bilan, "handicap") == {"oui": 1, "non": 5, "nr": 0, "NON_RATTACHE": 0}


def test_une_operation_n_a_que_ses_participants_et_ses_entrees(pose):
    """P1, entrée en 2024 dans la structure, entre en 2025 dans l’opération."""
    bilan = etablir(pose, "Opération fictive")
    assert (bilan.indicateurs["beneficiaires"], bilan.indicateurs["nouveaux_entrants"]) == (2, 2)
    assert str(bilan.indicateurs["heures_realisees"]) == "383.34"
    assert "Opération fictive" in bilan.entete.filtres
    avant = {ligne.indicateur.cle: ligne.realise_n1 for ligne in etablir(pose).synthese}
    assert str(avant["heures_realisees"]) == "210.00"


def test_une_sortie_se_compte_puis_son_echeance_six_mois_apres(pose):
    SortieFactory(participant=pose.personnes["P1"], date="2025-03-31", situation="CDI", situation_6_mois="RECHERCHE")
    bilan = etablir(pose)
    assert {r["code"]: r["sorties"] for r in bilan.tableaux["sorties"].details() if r["sorties"]} == {
        "emploi": 1, "nr": 4,
    }  # fmt: skip
    assert {r["code"]: r["sorties"] for r in bilan.tableaux["six_mois"].details() if r["sorties"]} == {
        "recherche": 1, "nr": 2,
    }  # fmt: skip


def test_le_responsable_reecrit_la_grille(pose):
    par = acteur(pose.structure, Role.RESPONSABLE)
    lignes = [LigneGrille("jeunes", "Moins de 30 ans", ("..30",)), LigneGrille("autres", "30 ans et plus", ("30..",))]
    actions.ecrire_tableau(FSE, "age", lignes, version=0, par=par)
    assert participants(etablir(pose), "age") == {"jeunes": 3, "autres": 3, "NON_RATTACHE": 0}
    assert connecte(pose.structure, role=Role.RESPONSABLE).get(f"/bilans/grilles/{FSE}/").status_code == 200


def test_un_fichier_tait_les_petits_effectifs(pose):
    masque = fse.sortir(pose.par, Demande("fse", annee(2025)))
    assert masque.indicateurs["beneficiaires"] == 6
    assert masque.indicateurs["femmes"] is SECRET
    assert participants(masque, "genre")["femmes"] is SECRET


def test_une_operation_inconnue_ou_sans_heures_se_refuse(pose, tmp_path):
    with pytest.raises(ActionImpossible, match=r"Aucune opération .*Ailleurs"):
        etablir(pose, "Ailleurs")
    Operation.objects.create(structure=pose.structure, nom="Vide")
    with pytest.raises(ActionImpossible, match="Aucune heure validée dans la période sur cette opération"):
        etablir(pose, "Vide")
    options = {"structure": "MEMPA", "du": "2025-01-01", "au": "2025-12-31", "sortie": str(tmp_path / "fse.csv")}
    with pytest.raises(CommandError, match="Aucune opération"):
        call_command("exporter_bilan", "fse", operation="Ailleurs", **options)
    call_command("exporter_bilan", "fse", operation="Opération fictive", complet=True, **options)
    assert "383,34" in (tmp_path / "fse.csv").read_text(encoding="utf-8-sig")
