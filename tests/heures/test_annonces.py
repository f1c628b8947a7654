"""Un relevé reçu s’annonce : une fois, avec toutes ses heures, et sans nommer personne."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from clauses.crochets.models import Livraison
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.actions import Depot, HeuresDeposees
from heures.enums import TypeHeures
from tests.factories import LigneHeuresFactory
from tests.factories_crochets import CrochetFactory
from tests.heures.depots import Banc, creer_banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


@pytest.fixture
def banc() -> Banc:
    banc = creer_banc()
    CrochetFactory(structure=banc.engagement.structure)
    CrochetFactory()
    return banc


def annonces() -> list[dict[str, Any]]:
    return [json.loads(livraison.corps) for livraison in Livraison.objects.order_by("pk")]


def test_un_releve_depose_s_annonce_une_fois_avec_toutes_ses_heures_et_sans_personne(banc):
    un, deux = banc.contrat("Durand"), banc.contrat("Petit")
    banc.deposer(**{f"travail_{un.pk}": "35,5", f"formation_{un.pk}": "7h30", f"travail_{deux.pk}": "20"})
    (annonce,) = annonces()
    assert annonce["evenement"] == "releve.recu"
    assert annonce["structure"] == banc.engagement.structure.sigle
    assert annonce["objet"] == {
        "releve": banc.releve.pk,
        "engagement": banc.engagement.pk,
        "mois": "2025-11",
        "heures": "63.00",
        "liens": {
            "releve": f"/api/v1/releves/{banc.releve.pk}/",
            "engagement": f"/api/v1/engagements/{banc.engagement.pk}/",
        },
    }
    corps = Livraison.objects.get().corps
    assert not [nom for nom in ("Durand", "Petit", "Zoé", "Léa") if nom in corps]


def test_un_neant_et_une_correction_s_annoncent_aussi(banc):
    contrat = banc.contrat("Durand")
    banc.deposer(neant="on")
    banc.deposer(**{f"travail_{contrat.pk}": "10"})
    assert [annonce["objet"]["heures"] for annonce in annonces()] == ["0.00", "10.00"]


def test_un_depot_refuse_n_annonce_rien(banc):
    contrat = banc.contrat("Durand")
    LigneHeuresFactory(engagement=banc.engagement, contrat=contrat, mois=banc.releve.mois)
    with pytest.raises(ActionImpossible, match="n’est pas néant"):
        actions.deposer(banc.demande, Depot("Léa", est_neant=True), version=banc.demande.version, par=banc.par)
    assert annonces() == []


def test_des_heures_que_le_facilitateur_note_ne_s_annoncent_pas(banc):
    contrat = banc.contrat("Durand")
    actions.declarer(
        contrat=contrat, engagement=banc.engagement, mois=banc.releve.mois, heures=Decimal("12.00"), par=banc.agent
    )
    assert annonces() == []


def test_un_depot_annonce_une_fois_par_crochet_qui_le_veut(banc):
    CrochetFactory(structure=banc.engagement.structure)
    CrochetFactory(structure=banc.engagement.structure, releve_recu=False)
    CrochetFactory(structure=banc.engagement.structure, suspendu=True)
    heures = HeuresDeposees(banc.contrat("Durand").pk, TypeHeures.TRAVAIL, Decimal("20.00"))
    actions.deposer(banc.demande, Depot("Léa", [heures]), version=banc.demande.version, par=banc.par)
    livraisons = Livraison.objects.all()
    assert len({livraison.crochet_id for livraison in livraisons}) == len(livraisons) == 2
    assert len({annonce["id"] for annonce in annonces()}) == 2
