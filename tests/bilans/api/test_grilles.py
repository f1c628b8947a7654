"""Les grilles de correspondance par l’API : lues, réécrites et rétablies comme à la page."""

from __future__ import annotations

from typing import Any

import pytest

from bilans.grilles.forme import NOMS, livree
from bilans.models import CorrespondanceGrille
from clauses.comptes.acteurs import Role
from tests.factories import StructureFactory
from tests.heures.api.porte import Porte, fautes, refus

TABLEAU = "grilles/ave-2025/tableaux/secteurs/"


@pytest.fixture
def porte() -> Porte:
    return Porte(StructureFactory(), Role.RESPONSABLE)


def lignes(porte: Porte) -> list[dict[str, Any]]:
    lues: list[dict[str, Any]] = porte.lire(TABLEAU).json()["lignes"]
    return lues


def test_les_grilles_livrees_se_lisent_entieres(porte: Porte) -> None:
    assert [grille["nom"] for grille in porte.lire("grilles/").json()] == list(NOMS)
    for nom in NOMS:
        lue = porte.lire(f"grilles/{nom}/").json()
        assert [t["cle"] for t in lue["tableaux"]] == [t.cle for t in livree(nom).tableaux]
        assert not any(t["est_reecrit"] for t in lue["tableaux"])
    tableau = porte.lire(TABLEAU)
    assert (tableau["ETag"], tableau.json()["version"]) == ('"0"', 0)
    assert tableau.json()["lignes"] == [ligne.en_json() for ligne in livree("ave-2025").tableau("secteurs").lignes]


def test_reecrire_un_tableau_puis_revenir_a_l_origine(porte: Porte) -> None:
    livrees = lignes(porte)
    premiere = livrees[0] | {"libelle": "Autrement dit"}
    sans_cle = {"libelle": livrees[1]["libelle"], "codes": livrees[1]["codes"]}
    ecrit = porte.rapiecer(TABLEAU, {"lignes": [premiere, sans_cle]}, version=0)
    assert (ecrit.status_code, ecrit["ETag"], ecrit.json()["est_reecrit"]) == (200, '"1"', True), ecrit.content
    assert ecrit.json()["lignes"][0] == premiere
    assert ecrit.json()["lignes"][1]["cle"]
    # Les codes des lignes retirées ne vont plus à aucune ligne.
    retires = {code for ligne in livrees[2:] for code in ligne["codes"]}
    assert retires - {"*"} <= set(ecrit.json()["non_rattaches"])
    du_tableau = {t["cle"]: t["est_reecrit"] for t in porte.lire("grilles/ave-2025/").json()["tableaux"]}
    assert [cle for cle, est_reecrit in du_tableau.items() if est_reecrit] == ["secteurs"]
    origine = porte.poster(f"{TABLEAU}origine/", {})
    assert (origine.status_code, origine.json()["lignes"], origine["ETag"]) == (200, livrees, '"0"')
    assert "déjà celui que livre" in refus(porte.poster(f"{TABLEAU}origine/", {}))
    gestes = [geste for geste, _, _ in porte.journal("ECRITURE")]
    assert gestes == ["réécrire un tableau de grille", "rétablir un tableau de grille"]


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({}, "lignes", "obligatoire"),
        ({"lignes": []}, "lignes", "vide"),
        ({"lignes": [{"libelle": "A", "codes": []}]}, "lignes.0.codes", "vide"),
        ({"lignes": [{"codes": ["X"]}]}, "lignes.0.libelle", "obligatoire"),
        ({"lignes": [{"libelle": "A" * 121, "codes": ["X"]}]}, "lignes.0.libelle", "120"),
        ({"lignes": [{"libelle": "A", "codes": ["X"], "retirer": True}]}, "lignes.0.retirer", "Champ inconnu"),
        ({"lignes": [{"libelle": "A", "codes": "X"}]}, "lignes.0.codes", "liste"),
        ({"lignes": [{"libelle": "A", "codes": ["X"], "cle": "é è"}]}, "lignes.0.cle", "lettres"),
    ],
)
def test_un_tableau_mal_ecrit_se_dit_a_sa_ligne(porte: Porte, corps: Any, champ: str, phrase: str) -> None:
    assert phrase in fautes(porte.rapiecer(TABLEAU, corps, version=0))[champ]
    assert not CorrespondanceGrille.objects.exists()


def test_un_seul_code_faux_et_rien_n_est_enregistre(porte: Porte) -> None:
    une, deux = lignes(porte)[:2]
    refuses = {
        "n’existe pas": [une, deux | {"codes": ["INVENTE"]}],
        "est rattaché à": [une, deux | {"codes": une["codes"]}],
        "s’appellent": [une, deux | {"libelle": une["libelle"], "groupe": une["groupe"]}],
        "clef réservée": [une, deux | {"cle": "TOTAL"}],
    }
    for phrase, proposees in refuses.items():
        assert phrase in refus(porte.rapiecer(TABLEAU, {"lignes": proposees}, version=0))
    assert not CorrespondanceGrille.objects.exists()


def test_reecrire_part_de_la_version_lue(porte: Porte) -> None:
    corps = {"lignes": lignes(porte)[:1]}
    assert porte.rapiecer(TABLEAU, corps, version=None).status_code == 428
    assert porte.rapiecer(TABLEAU, corps, version=3).status_code == 412
    assert porte.rapiecer(TABLEAU, corps, version=0).status_code == 200
    assert porte.rapiecer(TABLEAU, corps, version=0).status_code == 412
    assert CorrespondanceGrille.objects.get().version == 1


def test_les_grilles_sont_au_responsable_chacune_a_sa_structure(porte: Porte) -> None:
    for role in (Role.FACILITATEUR, Role.LECTEUR):
        autre = Porte(porte.structure, role)
        assert autre.lire("grilles/").status_code == autre.lire(TABLEAU).status_code == 403
        assert autre.rapiecer(TABLEAU, {}).status_code == autre.poster(f"{TABLEAU}origine/", {}).status_code == 403
    porte.rapiecer(TABLEAU, {"lignes": lignes(porte)[:1]}, version=0)
    ailleurs = Porte(StructureFactory(), Role.RESPONSABLE)
    assert ailleurs.lire(TABLEAU).json()["est_reecrit"] is False
    for inconnue in ("grilles/inconnue/", "grilles/ave-2025/tableaux/inconnu/"):
        assert porte.lire(inconnue).status_code == 404
    assert porte.poster("grilles/ave-2025/tableaux/inconnu/origine/", {}).status_code == 404
