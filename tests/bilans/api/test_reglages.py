"""Paramètres du bilan, objectifs d’une année, analyses qualitatives : lus et réglés par l’API comme à la page."""

from __future__ import annotations

from typing import Any

import pytest

from bilans.models import AnalyseQualitative, ParametresBilan
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from tests.factories import StructureFactory
from tests.factories_conformite import AnalyseQualitativeFactory, ParametresBilanFactory
from tests.heures.api.porte import Porte, fautes, refus

ANNEE = {"du": "2025-01-01", "au": "2025-12-31"}


@pytest.fixture
def porte() -> Porte:
    return Porte(StructureFactory(), Role.RESPONSABLE)


def test_sans_reglage_les_parametres_sont_ceux_par_defaut(porte: Porte) -> None:
    lue = porte.lire("parametres-bilan/2025/")
    assert (lue.status_code, lue["ETag"]) == (200, '"0"')
    assert lue.json() == {
        "annee": 2025, "base_etp": 1820, "definition_brsa": "A_L_ENTREE", "annexe_nominative": False,
        "lignes_masquees": [], "objectifs": {}, "version": 0,
    }  # fmt: skip
    assert not ParametresBilan.objects.exists()


def test_regler_ne_change_que_les_champs_et_les_objectifs_recus(porte: Porte) -> None:
    un = porte.rapiecer(
        "parametres-bilan/2025/",
        {"objectifs": {"heures_realisees": "2000.50", "femmes": 12}, "annexe_nominative": True},
        version=0,
    )
    assert (un.status_code, un["ETag"]) == (200, '"1"'), un.content
    deux = porte.rapiecer(
        "parametres-bilan/2025/",
        {"objectifs": {"femmes": None, "taux_femmes": "40"}, "lignes_masquees": ["qpv"], "base_etp": 1607},
    )
    assert deux.json() == {
        "annee": 2025, "base_etp": 1607, "definition_brsa": "A_L_ENTREE", "annexe_nominative": True,
        "lignes_masquees": ["qpv"], "objectifs": {"heures_realisees": "2000.50", "taux_femmes": "40.00"}, "version": 2,
    }  # fmt: skip
    autre = porte.rapiecer("parametres-bilan/2026/", {"objectifs": {"femmes": "3"}}, version=2)
    assert (autre.json()["objectifs"], autre.json()["lignes_masquees"]) == ({"femmes": "3.00"}, ["qpv"])
    assert porte.lire("parametres-bilan/2025/").json()["objectifs"] == deux.json()["objectifs"]
    porte.structure.refresh_from_db()
    assert porte.structure.base_etp == 1607
    gestes = [geste for geste, _, _ in porte.journal("ECRITURE")]
    assert gestes.count("régler le bilan du Département") == 3


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({"objectifs": {"femmes": "0"}}, "objectifs.femmes", "plus grand que zéro"),
        ({"objectifs": {"femmes": "1.5"}}, "objectifs.femmes", "Un nombre entier"),
        ({"objectifs": {"femmes": "1.555"}}, "objectifs.femmes", "rien n’est arrondi"),
        ({"objectifs": {"femmes": "NaN"}}, "objectifs.femmes", "nombre"),
        ({"objectifs": {"inconnu": "1"}}, "objectifs.inconnu", "Champ inconnu"),
        ({"objectifs": "tous"}, "objectifs", "dictionnaire"),
        ({"base_etp": 1700}, "base_etp", "1700"),
        ({"definition_brsa": "AUTRE"}, "definition_brsa", "Code inconnu"),
        ({"annexe_nominative": "oui"}, "annexe_nominative", "true ou false"),
        ({"lignes_masquees": ["heures_realisees"]}, "lignes_masquees.0", "Code inconnu"),
        ({"annee": 2026}, "annee", "Champ inconnu"),
    ],
)
def test_un_reglage_faux_se_dit_a_son_champ(porte: Porte, corps: dict[str, Any], champ: str, phrase: str) -> None:
    ParametresBilanFactory(structure=porte.structure)
    assert phrase in fautes(porte.rapiecer("parametres-bilan/2025/", corps))[champ]
    assert ParametresBilan.objects.get().version == 1


def test_regler_part_de_la_version_lue(porte: Porte) -> None:
    corps = {"annexe_nominative": True}
    assert porte.rapiecer("parametres-bilan/2025/", corps, version=None).status_code == 428
    assert porte.rapiecer("parametres-bilan/2025/", corps, version=4).status_code == 412
    assert not ParametresBilan.objects.exists()
    assert porte.rapiecer("parametres-bilan/2025/", corps, version=0).status_code == 200
    assert porte.rapiecer("parametres-bilan/2025/", {"annexe_nominative": False}, version=0).status_code == 412
    assert ParametresBilan.objects.get().annexe_nominative is True


def test_les_reglages_sont_au_responsable_et_d_une_annee_plausible(porte: Porte) -> None:
    assert porte.lire("parametres-bilan/1999/").status_code == 404
    assert porte.rapiecer("parametres-bilan/2101/", {}).status_code == 404
    for role in (Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR):
        autre = Porte(porte.structure, role)
        assert autre.lire("parametres-bilan/2025/").status_code == 403
        assert autre.rapiecer("parametres-bilan/2025/", {}).status_code == 403


def test_les_reglages_d_une_structure_ne_sont_pas_ceux_d_une_autre(porte: Porte) -> None:
    ParametresBilanFactory(annexe_nominative=True, objectifs={"2025": {"femmes": "3.00"}})
    assert porte.lire("parametres-bilan/2025/").json()["objectifs"] == {}


def test_rediger_une_analyse_la_garde_sans_dire_ses_textes_au_journal(porte: Porte) -> None:
    corps = ANNEE | {"publics": "Les publics.", "perspectives": "La suite."}
    un, redite = (porte.poster("analyses/", corps, **{"Idempotency-Key": "analyse"}) for _ in range(2))
    assert (un.status_code, redite.json()) == (201, un.json())
    assert (un.json()["publics"], un.json()["difficultes"], un.json()["version"]) == ("Les publics.", "", 1)
    ecriture = EcritureJournal.objects.get(action="rédiger l’analyse qualitative")
    assert "Les publics." not in str(ecriture.apres)
    assert "a déjà son analyse" in refus(porte.poster("analyses/", corps | {"publics": "Autre."}))
    assert AnalyseQualitative.objects.get().publics == "Les publics."


def test_modifier_une_analyse_ne_change_que_les_textes_recus(porte: Porte) -> None:
    analyse = AnalyseQualitativeFactory(structure=porte.structure, publics="Avant", perspectives="Gardé")
    chemin = f"analyses/{analyse.pk}/"
    reponse = porte.rapiecer(chemin, {"publics": "Après"})
    assert (reponse.status_code, reponse["ETag"]) == (200, '"2"')
    assert (reponse.json()["publics"], reponse.json()["perspectives"]) == ("Après", "Gardé")
    assert porte.rapiecer(chemin, {"publics": "Trop tard"}).status_code == 412
    assert porte.rapiecer(chemin, {"publics": "Sans version"}, version=None).status_code == 428
    assert "4000" in fautes(porte.rapiecer(chemin, {"publics": "x" * 4001}, version=2))["publics"]
    assert "Champ inconnu" in fautes(porte.rapiecer(chemin, {"du": "2024-01-01"}, version=2))["du"]
    analyse.refresh_from_db()
    assert (analyse.publics, analyse.version) == ("Après", 2)


def test_une_periode_a_l_envers_est_refusee(porte: Porte) -> None:
    reponse = porte.poster("analyses/", {"du": "2025-12-31", "au": "2025-01-01"})
    assert "finit avant de commencer" in fautes(reponse)[None]
    assert not AnalyseQualitative.objects.exists()


def test_les_analyses_se_lisent_avec_les_bilans_et_s_ecrivent_par_le_responsable(porte: Porte) -> None:
    analyse = AnalyseQualitativeFactory(structure=porte.structure)
    ailleurs = AnalyseQualitativeFactory()
    lecteur = Porte(porte.structure, Role.LECTEUR)
    assert [lue["id"] for lue in lecteur.lus(f"analyses/?du={analyse.du}&au={analyse.au}")] == [analyse.pk]
    assert lecteur.lus("analyses/?du=1999-01-01") == []
    assert lecteur.lire(f"analyses/{ailleurs.pk}/").status_code == 404
    assert lecteur.poster("analyses/", ANNEE).status_code == 403
    assert Porte(porte.structure).rapiecer(f"analyses/{analyse.pk}/", {}).status_code == 403
    assert porte.rapiecer(f"analyses/{ailleurs.pk}/", {"publics": "x"}).status_code == 404
