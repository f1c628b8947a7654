"""Jalons, retards constatés, calculateur et repères, par l’API : ce qui ne fait que se lire."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from marches.models import JalonEngagement, RetardConstate
from tests.factories import EngagementFactory
from tests.factories_conformite import RepereMetierFactory
from tests.heures.api.porte import Porte, fautes

CALCUL = "calculs/objectif/?montant=1250000.50&part=30&taux=5&cout_horaire=40"


@pytest.fixture
def engagement() -> Any:
    return EngagementFactory()


@pytest.fixture
def porte(engagement: Any) -> Porte:
    return Porte(engagement.structure)


def jalon(engagement: Any, jour: str = "2025-09-01") -> JalonEngagement:
    return JalonEngagement.objects.create(
        structure=engagement.structure, engagement=engagement, date=datetime.date.fromisoformat(jour), part=50
    )


def retard(engagement: Any) -> RetardConstate:
    return RetardConstate.objects.create(
        structure=engagement.structure, engagement=engagement, depuis=datetime.date(2025, 10, 1)
    )


def test_les_jalons_se_lisent_et_se_filtrent(porte: Porte, engagement: Any) -> None:
    premier, second = jalon(engagement), jalon(engagement, "2025-12-01")
    jalon(EngagementFactory())
    assert [lu["id"] for lu in porte.lus("jalons/?tri=date")] == [premier.pk, second.pk]
    (lu,) = porte.lus(f"jalons/?engagement={engagement.pk}&depuis=2025-10-01")
    assert (lu["id"], lu["date"], lu["part"]) == (second.pk, "2025-12-01", 50)
    assert porte.client.post("/api/v1/jalons/", {}, content_type="application/json").status_code == 405


def test_une_entreprise_lit_ses_jalons_et_pas_les_retards(porte: Porte, engagement: Any) -> None:
    sien = jalon(engagement)
    jalon(EngagementFactory(clause__lot__marche__structure=engagement.structure))
    retard(engagement)
    entreprise = Porte(engagement.structure, Role.ENTREPRISE, entreprise=engagement.entreprise)
    assert [lu["id"] for lu in entreprise.lus("jalons/")] == [sien.pk]
    assert entreprise.lire("retards/").status_code == 403


def test_les_retards_constates_se_lisent_dans_sa_structure(porte: Porte, engagement: Any) -> None:
    constate, ailleurs = retard(engagement), retard(EngagementFactory())
    (lu,) = porte.lus("retards/?constate_depuis=2025-10-01")
    assert (lu["id"], lu["engagement"], lu["depuis"]) == (constate.pk, engagement.pk, "2025-10-01")
    assert porte.lus("retards/?constate_jusqu_au=2025-09-30") == []
    assert porte.lire(f"retards/{ailleurs.pk}/").status_code == 404


def test_le_calculateur_donne_l_objectif_et_ses_etapes(porte: Porte) -> None:
    lu = porte.lire(CALCUL).json()
    assert (lu["heures"], lu["main_d_oeuvre"]) == ("468.75", "375000.15")
    assert lu["etapes"][-1].replace("\u00a0", " ") == "Objectif : 468,75 h"
    assert porte.lire(f"{CALCUL}&exclu=1000000").json()["heures"] == "93.75"


@pytest.mark.parametrize(
    ("suite", "champ", "phrase"),
    [
        ("&exclu=2000000", "exclu", "coûte moins que le montant"),
        ("&exclu=-1", "exclu", "0"),
        ("&montant=1", "montant", "Donné deux fois"),
        ("&autre=1", "autre", "Paramètre inconnu"),
    ],
)
def test_un_terme_impossible_se_dit(porte: Porte, suite: str, champ: str, phrase: str) -> None:
    assert phrase in fautes(porte.lire(CALCUL + suite))[champ]


@pytest.mark.parametrize(
    ("avant", "apres", "champ"),
    [("montant=1250000.50", "montant=0", "montant"), ("cout_horaire=40", "cout_horaire=0", "cout_horaire"),
     ("part=30", "part=100.01", "part"), ("taux=5", "taux=0", "taux"), ("taux=5", "taux=0.055", "taux"),
     ("taux=5", "taux=", "taux"), ("&taux=5", "", "taux")],
)  # fmt: skip
def test_chaque_terme_a_ses_bornes(porte: Porte, avant: str, apres: str, champ: str) -> None:
    assert list(fautes(porte.lire(CALCUL.replace(avant, apres)))) == [champ]


def test_les_plus_grands_termes_se_calculent(porte: Porte) -> None:
    lu = porte.lire("calculs/objectif/?montant=9999999999999.99&part=100&taux=100&cout_horaire=0.01").json()
    assert lu["heures"] == "999999999999999.00"


def test_un_financeur_ne_calcule_pas(porte: Porte) -> None:
    assert Porte(porte.structure, Role.FINANCEUR).lire(CALCUL).status_code == 403


def test_les_reperes_en_vigueur_disent_d_ou_ils_viennent(porte: Porte) -> None:
    propre = RepereMetierFactory(structure=porte.structure, metier="peinture", part="65.00")
    RepereMetierFactory(metier="Chez d’autres")
    lus = {lu["metier"]: lu for lu in porte.lire("reperes/en-vigueur/").json()["reperes"]}
    assert (lus["peinture"]["repere"], lus["peinture"]["part"]) == (propre.pk, "65.00")
    assert (lus["Maçonnerie"]["repere"], lus["Maçonnerie"]["part"]) == (None, "50.00")
    assert not {"Peinture", "Chez d’autres"} & set(lus)
