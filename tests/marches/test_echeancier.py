"""L’échéancier saisi : ses règles, sa page, et ce qu’un avenant y change."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from marches import actions
from marches.models import Engagement
from marches.previsions import Jalon
from tests.factories import EngagementFactory, MouvementEngagementFactory, RattachementFactory, acteur

MARS, JUIN = datetime.date(2025, 3, 31), datetime.date(2025, 6, 30)


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(datetime.datetime(2025, 6, 30, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def engagement() -> Engagement:
    """500 h dues sur l’année 2025."""
    return EngagementFactory(date_debut=datetime.date(2025, 1, 1), date_fin=datetime.date(2025, 12, 31))


def fixer(engagement: Engagement, *jalons: Jalon, version: int = 1, role: Role = Role.FACILITATEUR) -> Engagement:
    par = acteur(engagement.structure, role)
    return actions.fixer_echeancier(engagement, jalons=jalons, version=version, par=par)


def test_l_echeancier_se_remplace_entier_et_le_journal_garde_l_ancien(engagement):
    fixer(engagement, Jalon(JUIN, 40), Jalon(MARS, 10))
    assert engagement.echeancier == [Jalon(MARS, 10), Jalon(JUIN, 40)]
    fixer(engagement, Jalon(JUIN, 50), version=2)
    ecriture = EcritureJournal.objects.filter(action="fixer l’échéancier").latest("pk")
    assert ecriture.avant == {"echeancier": "10 % au 31/03/2025, 40 % au 30/06/2025"}
    assert ecriture.apres == {"echeancier": "50 % au 30/06/2025"}
    with pytest.raises(ConflitDeVersion):
        fixer(engagement, version=2)
    fixer(engagement, version=3)
    assert Engagement.objects.get().echeancier == []


@pytest.mark.parametrize(
    ("jalons", "phrase"),
    [
        ([Jalon(datetime.date(2024, 12, 31), 1)], "n’est pas dans l’engagement"),
        ([Jalon(datetime.date(2025, 12, 31), 90)], "à la veille du 31/12/2025"),
        ([Jalon(JUIN, 40), Jalon(JUIN, 50)], "Deux jalons portent la date"),
        ([Jalon(MARS, 40), Jalon(JUIN, 39)], "ne baisse pas"),
    ],
)
def test_un_echeancier_impossible_est_refuse_entier(engagement, jalons, phrase):
    fixer(engagement, Jalon(MARS, 10))
    with pytest.raises(ActionImpossible, match=phrase):
        fixer(engagement, *jalons, version=2)
    assert engagement.echeancier == [Jalon(MARS, 10)]


def test_un_echeancier_demande_des_dates(engagement):
    Engagement.objects.update(date_fin=None)
    type(engagement.clause.lot.marche).objects.update(date_fin=None)
    with pytest.raises(ActionImpossible, match="demande un début et une fin"):
        fixer(engagement, Jalon(JUIN, 40))


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_fixer_demande_le_droit(engagement, role):
    with pytest.raises(PermissionDenied):
        fixer(engagement, Jalon(JUIN, 40), role=role)


def test_la_page_saisit_puis_montre_les_heures_et_suit_un_avenant(engagement):
    client = Client()
    client.force_login(RattachementFactory(structure=engagement.structure).utilisateur)
    page = reverse("marches:engagement", args=[engagement.pk])
    assert "Aucun échéancier : l’attendu suit le temps" in client.get(page).content.decode()
    saisir = reverse("marches:echeancier", args=[engagement.pk])
    envoi = {"version": "1", "date_1": "2025-06-30", "part_1": "40", "date_2": "2025-09-30", "part_2": ""}
    assert client.post(saisir, envoi).context["form"].errors == {
        "part_2": ["Dire quelle part est attendue à cette date."]
    }
    assert client.post(saisir, envoi | {"part_2": "80"}).url == page
    lue = client.get(page)
    suivi = lue.context["suivi"]
    assert [(j.part, j.heures) for j in suivi.jalons] == [(40, Decimal("200.00")), (80, Decimal("400.00"))]
    assert (suivi.prevision.attendu, "selon l’échéancier" in lue.content.decode()) == (Decimal("200.00"), True)
    MouvementEngagementFactory(engagement=engagement, nature="AVENANT", heures=Decimal(100), date=JUIN)
    suivi = client.get(page).context["suivi"]
    assert [j.heures for j in suivi.jalons] == [Decimal("240.00"), Decimal("480.00")]
    assert suivi.prevision.attendu == Decimal("240.00")
    assert client.get(saisir).context["form"]["part_2"].value() == 80
