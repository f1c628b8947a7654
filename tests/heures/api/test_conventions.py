"""Les conventions de globalisation par l’API."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from heures.models import ConventionGlobalisation
from tests.factories import AcheteurFactory, EngagementFactory
from tests.factories_releves import ConventionGlobalisationFactory
from tests.heures.api.porte import Porte, fautes, refus


@pytest.fixture
def relies(structure: Any, engagement: Any) -> list[Any]:
    second = EngagementFactory(entreprise=engagement.entreprise, clause__lot__marche__structure=structure)
    return [engagement, second]


def neuve(relies: list[Any], **champs: Any) -> dict[str, Any]:
    return {
        "entreprise": relies[0].entreprise_id,
        "reference": "CG-1",
        "date_debut": "2025-01-01",
        "date_fin": "2025-12-31",
        "engagements": [e.pk for e in relies],
        "signataires": [e.clause.lot.marche.acheteur_id for e in relies],
    } | champs


def test_une_convention_se_cree_et_se_modifie(porte: Porte, relies: list[Any]) -> None:
    reponse = porte.poster("conventions/", neuve(relies))
    assert reponse.status_code == 201, reponse.content
    fiche = reponse.json()
    assert sorted(fiche["engagements"]) == sorted(e.pk for e in relies)
    chemin = f"conventions/{fiche['id']}/"
    assert porte.rapiecer(chemin, {"date_fin": "2026-06-30"}).json()["version"] == 2
    seul = [relies[0].clause.lot.marche.acheteur_id]
    modifiee = porte.rapiecer(chemin, {"signataires": seul}, version=2).json()
    assert (modifiee["signataires"], len(modifiee["engagements"]), modifiee["version"]) == (seul, 2, 3)
    assert porte.rapiecer(chemin, {"reference": "x"}, version=2).status_code == 412
    assert [c["id"] for c in porte.lus("conventions/?en_vigueur_le=2026-06-30")] == [fiche["id"]]
    assert porte.lus("conventions/?en_vigueur_le=2026-07-01") == []


def test_une_convention_relie_deux_engagements_de_son_entreprise(porte: Porte, relies: list[Any]) -> None:
    assert "au moins deux" in refus(porte.poster("conventions/", neuve(relies, engagements=[relies[0].pk])))
    etranger = EngagementFactory(clause__lot__marche__structure=relies[0].structure)
    envoi = neuve(relies, engagements=[relies[0].pk, etranger.pk])
    assert "de son entreprise" in refus(porte.poster("conventions/", envoi))
    assert "n’achète aucun" in refus(porte.poster("conventions/", neuve(relies, signataires=[AcheteurFactory().pk])))
    assert not ConventionGlobalisation.objects.exists()


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"engagements": []}, "engagements"),
        ({"engagements": "1"}, "engagements"),
        ({"engagements": ["1", 2]}, "engagements.0"),
        ({"engagements": [True]}, "engagements.0"),
        ({"engagements": list(range(1, 202))}, "engagements"),
        ({"signataires": [999_999]}, "signataires"),
        ({"date_fin": "2024-12-31"}, None),
        ({"enregistree_par": 1}, "enregistree_par"),
    ],
)
def test_une_valeur_fausse_se_dit_a_son_champ(
    porte: Porte, relies: list[Any], champs: dict[str, Any], champ: str | None
) -> None:
    assert champ in fautes(porte.poster("conventions/", neuve(relies, **champs)))
    assert not ConventionGlobalisation.objects.exists()


def test_l_engagement_d_une_autre_structure_est_inconnu(porte: Porte, relies: list[Any]) -> None:
    ailleurs = EngagementFactory()
    lues = fautes(porte.poster("conventions/", neuve(relies, engagements=[relies[0].pk, ailleurs.pk])))
    assert f"n°\u00a0{ailleurs.pk}" in lues["engagements"]
    assert not ConventionGlobalisation.objects.exists()


def test_un_lecteur_et_une_entreprise_n_en_ecrivent_pas(en: Any, relies: list[Any]) -> None:
    ConventionGlobalisationFactory(structure=relies[0].structure, entreprise=relies[0].entreprise, engagements=relies)
    assert len(en(Role.LECTEUR).lus("conventions/")) == 1
    assert en(Role.LECTEUR).poster("conventions/", neuve(relies, reference="CG-2")).status_code == 403
    entreprise = en(Role.ENTREPRISE, entreprise=relies[0].entreprise)
    assert entreprise.lire("conventions/").status_code == 403
    assert ConventionGlobalisation.objects.count() == 1
