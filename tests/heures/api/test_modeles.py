"""Les modèles de courriel par l’API : lire, écrire, voir l’aperçu, revenir à l’origine ; le responsable seul."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from heures.courriels import D_ORIGINE
from heures.enums import NatureEnvoi
from heures.models import ModeleCourriel
from tests.factories_releves import ModeleCourrielFactory
from tests.heures.api.porte import Porte, fautes, refus

DEMANDE = "modeles-de-courriel/DEMANDE/"
TEXTE = {"objet": "Vos heures de {mois}", "corps": "Bonjour,\n\n{lien}"}


@pytest.fixture
def porte(structure: Any) -> Porte:
    return Porte(structure, Role.RESPONSABLE)


def test_sans_modele_le_texte_d_origine_se_lit(porte: Porte) -> None:
    ModeleCourrielFactory()  # celui d’une autre structure
    lus = porte.lire("modeles-de-courriel/").json()
    assert [lu["nature"] for lu in lus] == NatureEnvoi.values
    assert all(lu["est_d_origine"] and lu["version"] == 0 for lu in lus)
    fiche = porte.lire(DEMANDE)
    assert (fiche["ETag"], fiche.json()["objet"]) == ('"0"', D_ORIGINE[NatureEnvoi.DEMANDE].objet)


def test_un_modele_s_ecrit_puis_se_modifie_de_sa_version(porte: Porte, structure: Any) -> None:
    ecrit = porte.rapiecer(DEMANDE, TEXTE, version=0)
    assert (ecrit.status_code, ecrit["ETag"], ecrit.json()["est_d_origine"]) == (200, '"1"', False)
    modifie = porte.rapiecer(DEMANDE, {"objet": "Relevé de {mois}"}, version=1).json()
    assert (modifie["objet"], modifie["corps"], modifie["version"]) == ("Relevé de {mois}", TEXTE["corps"], 2)
    assert porte.rapiecer(DEMANDE, TEXTE, version=1).status_code == 412
    assert porte.rapiecer(DEMANDE, TEXTE, version=None).status_code == 428
    assert ModeleCourriel.objects.get(structure=structure).objet == "Relevé de {mois}"
    assert [geste for geste, *_ in porte.journal("ECRITURE")] == [
        "écrire un modèle de courriel", "modifier un modèle de courriel",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"corps": "Sans rien"}, "corps", "{lien}"),
        ({"objet": "Pour {facilitateur}"}, "objet", "n’a pas sa place"),
        ({"corps": "{inconnue} {lien}"}, "corps", "n’existe pas"),
        ({"corps": "290056204100112 {lien}"}, "corps", "sécurité sociale"),
        ({"nature": "REFUS"}, "nature", "Champ inconnu"),
    ],
)
def test_un_modele_faux_se_dit_et_ne_s_ecrit_pas(porte: Porte, champs: Any, champ: str, phrase: str) -> None:
    assert phrase in fautes(porte.rapiecer(DEMANDE, TEXTE | champs, version=0))[champ]
    assert not ModeleCourriel.objects.exists()


def test_un_apercu_n_enregistre_rien(porte: Porte) -> None:
    lu = porte.poster(f"{DEMANDE}apercu/", TEXTE).json()
    assert lu["objet"] == "Vos heures de mars 2026"
    assert "[lien personnel]" in lu["corps"]
    assert "corps" in fautes(porte.poster(f"{DEMANDE}apercu/", TEXTE | {"corps": "x"}))
    assert not ModeleCourriel.objects.exists()


def test_le_texte_d_origine_revient(porte: Porte, structure: Any) -> None:
    ModeleCourrielFactory(structure=structure)
    lu = porte.poster(f"{DEMANDE}origine/", {}).json()
    assert (lu["est_d_origine"], lu["version"]) == (True, 0)
    assert not ModeleCourriel.objects.exists()
    assert "déjà celui d’origine" in refus(porte.poster(f"{DEMANDE}origine/", {}))


def test_une_nature_inconnue_et_un_autre_role_se_refusent(porte: Porte, en: Any) -> None:
    assert porte.lire("modeles-de-courriel/AUTRE/").status_code == 404
    facilitateur = en(Role.FACILITATEUR)
    assert facilitateur.lire(DEMANDE).status_code == 403
    assert facilitateur.rapiecer(DEMANDE, TEXTE, version=0).status_code == 403
    assert not ModeleCourriel.objects.exists()
