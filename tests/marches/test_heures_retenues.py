"""La formation au coefficient et sous le plafond de la clause : calcul pur et annotation donnent la même chose."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from marches.calculs import heures_retenues
from marches.models import Engagement, Lot, Marche
from tests.factories import EngagementFactory, LigneHeuresFactory, StructureFactory, acteur

JUIN = datetime.date(2025, 6, 30)


@pytest.mark.parametrize(
    ("travail", "formation", "coefficient", "plafond", "attendu"),
    [
        ("100.00", "35.50", "1.00", None, "135.50"),
        ("100.00", "35.50", "0.50", None, "117.75"),
        ("0.00", "0.01", "0.50", None, "0.01"),
        ("0.00", "0.03", "0.50", None, "0.02"),
        ("100.00", "35.50", "1.00", "20.00", "120.00"),
        ("100.00", "35.50", "2.00", "20.00", "120.00"),
        ("100.00", "35.50", "0.00", None, "100.00"),
        ("100.00", "35.50", "1.00", "0.00", "100.00"),
    ],
)
@pytest.mark.django_db
def test_le_calcul_pur_et_la_base_donnent_le_meme_nombre(travail, formation, coefficient, plafond, attendu):
    regle = {"coefficient": Decimal(coefficient), "plafond": Decimal(plafond) if plafond else None}
    assert heures_retenues(travail=Decimal(travail), formation=Decimal(formation), **regle) == Decimal(attendu)
    engagement = EngagementFactory(
        clause__coefficient_formation=regle["coefficient"], clause__plafond_formation=regle["plafond"]
    )
    for type_heures, heures in (("TRAVAIL", travail), ("FORMATION", formation)):
        LigneHeuresFactory(engagement=engagement, validee=True, type_heures=type_heures, heures=Decimal(heures))
        LigneHeuresFactory(engagement=engagement, type_heures=type_heures, heures=Decimal("7.00"))
    lu = Engagement.objects.avec_avancement(au=JUIN).get(pk=engagement.pk)
    assert lu.heures_realisees == Decimal(attendu)


def test_un_marche_somme_ses_engagements_chacun_sous_sa_regle():
    structure = StructureFactory()
    un = EngagementFactory(
        clause__coefficient_formation=Decimal("0.50"),
        clause__plafond_formation=Decimal("10.00"),
        clause__lot__marche__structure=structure,
    )
    deux = EngagementFactory(clause__lot__marche=un.clause.lot.marche)
    for engagement in (un, deux):
        LigneHeuresFactory(engagement=engagement, validee=True, heures=Decimal("40.00"))
        LigneHeuresFactory(engagement=engagement, validee=True, heures=Decimal("30.00"), type_heures="FORMATION")
    par = acteur(structure)
    marche = Marche.objects.avec_avancement(au=JUIN, pour=par).get(pk=un.clause.lot.marche_id)
    lots = Lot.objects.avec_avancement(au=JUIN, pour=par).in_bulk([un.clause.lot_id, deux.clause.lot_id])
    assert marche.heures_realisees == Decimal("120.00")
    assert lots[un.clause.lot_id].heures_realisees == Decimal("50.00")
    assert lots[deux.clause.lot_id].heures_realisees == Decimal("70.00")
