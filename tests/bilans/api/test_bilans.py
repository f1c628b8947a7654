"""L’annexe nominative, deux versions comparées, la qualité d’un engagement : ce que les pages en disent."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from clauses.comptes.acteurs import Role
from tests.bilans import jeu
from tests.bilans.emission.outils import emettre
from tests.bilans.outils import feuille
from tests.factories import StructureFactory
from tests.factories_conformite import BilanEmisFactory, ParametresBilanFactory
from tests.heures.api.porte import Porte, fautes, refus

ANNEE = "du=2025-01-01&au=2025-12-31"
ANNEXE = f"bilans/departement/annexe/?{ANNEE}"


@pytest.fixture
def pose() -> jeu.Jeu:
    return jeu.poser()


def test_l_annexe_est_le_classeur_de_la_page_et_s_inscrit_au_journal(pose: jeu.Jeu) -> None:
    ParametresBilanFactory(structure=pose.structure, annexe_nominative=True)
    porte = Porte(pose.structure, Role.RESPONSABLE)
    reponse = porte.lire(ANNEXE)
    assert reponse.status_code == 200
    assert reponse["Content-Disposition"].endswith('"bilan-departement-annexe-MEMPA-2025-01-01-2025-12-31.xlsx"')
    lu = openpyxl.load_workbook(io.BytesIO(reponse.content))
    assert len(feuille(lu, "Annexe personnes")) == 6
    assert [(geste, nombre) for geste, _, nombre in porte.journal()] == [("exporter l’annexe nominative du bilan", 6)]


def test_l_annexe_se_refuse_sans_convention_sans_droit_ou_mal_demandee(pose: jeu.Jeu) -> None:
    porte = Porte(pose.structure, Role.RESPONSABLE)
    assert "convention" in refus(porte.lire(ANNEXE))
    for role in (Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR):
        assert Porte(pose.structure, role).lire(ANNEXE).status_code == 403
    assert porte.lire(f"bilans/copil/annexe/?{ANNEE}").status_code == 404
    assert porte.lire("bilans/departement/annexe/?du=2025-12-31&au=2025-01-01").status_code == 400
    assert "Paramètre inconnu" in fautes(porte.lire(f"{ANNEXE}&complet=on"))["complet"]
    assert porte.journal() == []


def test_deux_versions_se_comparent_et_disent_ce_qui_a_change(pose: jeu.Jeu) -> None:
    un = emettre(pose.par, 2025)
    ParametresBilanFactory(structure=pose.structure, objectifs={"2025": {"heures_realisees": "2000.00"}})
    deux = emettre(pose.par, 2025)
    porte = Porte(pose.structure, Role.LECTEUR)
    lu = porte.lire(f"bilans-emis/{deux.pk}/versions/").json()
    assert (lu["ancien"], lu["nouveau"]) == (1, 2)
    assert lu["versions"] == [{"id": deux.pk, "version": 2}, {"id": un.pk, "version": 1}]
    objectif = next(c for c in lu["changements"] if c["colonne"] == "Objectif")
    assert (objectif["ligne"], objectif["avant"], objectif["apres"], objectif["ecart"]) == (
        "Heures d’insertion réalisées", None, "2000.00", None,
    )  # fmt: skip
    assert porte.lire(f"bilans-emis/{un.pk}/versions/?avec=2").json()["changements"] == lu["changements"]
    assert porte.journal() == [("comparer deux bilans émis", str(pk), 1) for pk in (deux.pk, un.pk)]


@pytest.mark.parametrize("avec", ["", "?avec=1", "?avec=7", "?avec=hier"])
def test_une_version_qui_n_existe_pas_se_dit(avec: str) -> None:
    emis = BilanEmisFactory()
    porte = Porte(emis.structure)
    assert "choisir une autre version" in refus(porte.lire(f"bilans-emis/{emis.pk}/versions/{avec}"))
    assert "Paramètre inconnu" in fautes(porte.lire(f"bilans-emis/{emis.pk}/versions/?version=1"))["version"]
    assert porte.lire(f"bilans-emis/{BilanEmisFactory().pk}/versions/").status_code == 404
    assert porte.journal() == []


def controles(porte: Porte, **perimetre: Any) -> Any:
    suite = "".join(f"&{nom}={valeur}" for nom, valeur in perimetre.items())
    return porte.lire(f"bilans/qualite/?{ANNEE}{suite}").json()


def test_la_qualite_d_un_engagement_n_est_pas_celle_de_la_structure(pose: jeu.Jeu) -> None:
    porte = Porte(pose.structure, Role.RESPONSABLE)
    engagement = pose.engagements["2024-M1"].pk
    tous, sien = controles(porte), controles(porte, engagement=engagement)
    assert sien["filtres"] == f"Engagement n°\u00a0{engagement}"
    comptes = [{ligne["code"]: ligne["defauts"] for ligne in lu["tableaux"]["controles"]} for lu in (tous, sien)]
    assert set(comptes[0]) == set(comptes[1])
    assert all(comptes[1][code] <= nombre for code, nombre in comptes[0].items())
    assert comptes[0] != comptes[1]
    assert not any(controles(porte, engagement=10**9)["tableaux"]["sans_critere"])


def test_les_agregats_d_une_petite_structure_se_refusent_comme_a_la_page() -> None:
    financeur = Porte(StructureFactory(), Role.FINANCEUR)
    assert financeur.lire("bilans/agregats/").status_code == 400
    assert "Paramètre inconnu" in fautes(financeur.lire("bilans/agregats/?annee=2025"))["annee"]


@pytest.mark.parametrize(
    ("demande", "debut"),
    [
        (f"departement/fichier/?{ANNEE}", b"PK"),
        (f"departement/fichier/?{ANNEE}&format=pdf", b"%PDF-1"),
        (f"fse/fichier/?{ANNEE}", b"\xef\xbb\xbf"),
        ("agregats/fichier/?periode=2025-S1&format=csv", b"\xef\xbb\xbf"),
    ],
)
def test_un_bilan_se_prend_en_fichier(pose: jeu.Jeu, demande: str, debut: bytes) -> None:
    reponse = Porte(pose.structure, Role.RESPONSABLE).lire(f"bilans/{demande}")
    assert (reponse.status_code, reponse.content[: len(debut)]) == (200, debut), reponse.content[:300]
    assert "attachment" in reponse["Content-Disposition"]


def test_un_format_que_le_bilan_n_ecrit_pas_se_refuse(pose: jeu.Jeu) -> None:
    porte = Porte(pose.structure)
    for demande in (f"fse/fichier/?{ANNEE}&format=pdf", f"departement/fichier/?{ANNEE}&format=json"):
        assert "Choisir" in fautes(porte.lire(f"bilans/{demande}"))["format"]
    assert porte.lire(f"bilans/departement/fichier/?{ANNEE}&mesure=lignes").status_code == 400
    assert porte.lire("bilans/departement/fichier/?du=2025-12-31&au=2025-01-01").status_code == 400
    assert porte.lire(f"bilans/inconnu/fichier/?{ANNEE}").status_code == 404


def test_un_bilan_emis_se_prend_en_fichier_et_s_inscrit_au_journal(pose: jeu.Jeu) -> None:
    emis, porte = emettre(pose.par, 2025), Porte(pose.structure, Role.LECTEUR)
    reponse = porte.lire(f"bilans-emis/{emis.pk}/fichier/?format=pdf")
    assert reponse["Content-Disposition"].endswith('"bilan-departement-MEMPA-2025-01-01-2025-12-31-v1.pdf"')
    assert reponse.content.startswith(b"%PDF-1")
    assert porte.journal() == [("exporter un bilan émis", str(emis.pk), 1)]
    assert "Choisir" in fautes(porte.lire(f"bilans-emis/{emis.pk}/fichier/?format=doc"))["format"]
    assert porte.lire(f"bilans-emis/{BilanEmisFactory().pk}/fichier/").status_code == 404
