"""Deux saisies au même instant : ni plafond franchi, ni écriture perdue, sur les deux bases."""

from __future__ import annotations

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import connection

from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.models import LigneHeures
from tests.factories import ContratTravailFactory, EngagementFactory, EntreeClauseFactory, StructureFactory, acteur

pytestmark = pytest.mark.django_db(transaction=True)
MARS = datetime.date(2025, 3, 1)


@pytest.fixture
def banc():
    structure = StructureFactory()
    entree = EntreeClauseFactory(participant__structure=structure)
    engagements = [EngagementFactory(clause__lot__marche__structure=structure) for _ in range(2)]
    contrats = [ContratTravailFactory(participant=entree.participant, employeur=e.entreprise) for e in engagements]
    return acteur(structure), list(zip(contrats, engagements, strict=True))


def ensemble(*gestes) -> list[str]:
    """Joue les gestes dans des fils distincts, partis au même instant ; rend les refus."""
    depart, refus = threading.Barrier(len(gestes)), []

    def jouer(geste) -> None:
        try:
            depart.wait(timeout=10)
            geste()
        except ActionImpossible as raison:
            refus.append(str(raison))
        finally:
            connection.close()

    fils = [threading.Thread(target=jouer, args=(geste,)) for geste in gestes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    return refus


def test_deux_contrats_d_une_personne_ne_depassent_pas_son_plafond(banc):
    par, paires = banc

    def declarer(contrat, engagement):
        return lambda: actions.declarer(
            contrat=contrat, engagement=engagement, mois=MARS, heures=Decimal("150.00"), par=par
        )

    refus = ensemble(*(declarer(*paire) for paire in paires))
    assert len(refus) == 1
    assert "le plafond est de 250,00 h" in refus[0]
    assert list(LigneHeures.objects.values_list("heures", flat=True)) == [Decimal("150.00")]


def test_deux_corrections_de_la_meme_cellule_ne_se_perdent_pas(banc):
    par, [(contrat, engagement), _] = banc
    actions.declarer(contrat=contrat, engagement=engagement, mois=MARS, heures=Decimal("10.00"), par=par)

    def corriger(heures):
        return lambda: actions.declarer(
            contrat=contrat, engagement=engagement, mois=MARS, heures=Decimal(heures), version=1, par=par
        )

    refus = ensemble(corriger("20.00"), corriger("30.00"))
    assert len(refus) == 1
    assert "modifiée par quelqu’un d’autre" in refus[0]
    assert LigneHeures.objects.get().version == 2
