"""À qui le tour, depuis quand, et l’étape qui vient : sans base (domaine.md §4 et §5)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marches.enums import NatureEvenement, QuiAgit, Situation
from marches.previsions import Seuils, situation
from marches.tour import UN_JOUR, Faite, Tour, etape_suivante, tarde_depuis, tour

JOUR = datetime.date(2026, 3, 2)
SEUILS = Seuils()


def le(jour: int, mois: int = 2) -> datetime.date:
    return datetime.date(2026, mois, jour)


def faite(nature: str, date: datetime.date, echeance: datetime.date | None = None) -> Faite:
    return Faite(NatureEvenement(nature), date, echeance)


@pytest.mark.parametrize(
    ("faites", "suivante"),
    [
        ([], "RELANCE_1"),
        (["CONTACT"], "RELANCE_1"),
        (["RELANCE_1"], "RELANCE_2"),
        (["RELANCE_1", "CONTACT"], "RELANCE_2"),
        (["RELANCE_1", "MISE_EN_DEMEURE"], "PROPOSITION"),
        (["RELANCE_1", "RELANCE_2", "MISE_EN_DEMEURE", "RELANCE_1"], "PROPOSITION"),
        (["MISE_EN_DEMEURE", "PROPOSITION"], None),
        (["PROPOSITION", "DECISION", "CONTACT"], None),
    ],
)
def test_l_etape_suivante_vient_de_la_plus_avancee(faites, suivante):
    assert etape_suivante(faites) == suivante


@pytest.mark.parametrize(
    ("faites", "proposee", "attendu"),
    [
        ([], None, Tour(QuiAgit.FACILITATEUR, le(5), NatureEvenement.RELANCE_1)),
        # Quinze jours pour répondre : jusqu’au 3 mars compris, l’entreprise a la main.
        (
            [faite("RELANCE_1", le(16))],
            None,
            Tour(QuiAgit.ENTREPRISE, le(16), NatureEvenement.RELANCE_2, le(3, 3)),
        ),
        ([faite("RELANCE_1", le(14))], None, Tour(QuiAgit.FACILITATEUR, le(2, 3), NatureEvenement.RELANCE_2)),
        # L’échéance de la lettre l’emporte ; un appel plus récent ne la raccourcit pas.
        (
            [faite("MISE_EN_DEMEURE", le(2), le(20, 3)), faite("CONTACT", le(10))],
            None,
            Tour(QuiAgit.ENTREPRISE, le(10), NatureEvenement.PROPOSITION, le(20, 3)),
        ),
        ([faite("PROPOSITION", le(20))], le(20), Tour(QuiAgit.ACHETEUR, le(20), None)),
        ([faite("DECISION", le(28))], None, Tour(QuiAgit.FACILITATEUR, le(28), None)),
    ],
)
def test_a_qui_le_tour(faites, proposee, attendu):
    assert tour(faites, proposee_le=proposee, tarde_depuis=le(5), le=JOUR, delai=15) == attendu


def test_le_delai_se_regle():
    faites = [faite("CONTACT", le(20))]
    assert tour(faites, proposee_le=None, tarde_depuis=None, le=JOUR, delai=9).qui == QuiAgit.FACILITATEUR
    assert tour(faites, proposee_le=None, tarde_depuis=None, le=JOUR, delai=10).qui == QuiAgit.ENTREPRISE


@given(
    engage=st.integers(1, 500_000),
    realise=st.integers(0, 500_000),
    debut=st.dates(datetime.date(2023, 1, 1), datetime.date(2026, 1, 1)),
    duree=st.integers(1, 1500),
    avance=st.integers(0, 1800),
)
def test_un_engagement_tarde_depuis_le_premier_jour_ou_ses_heures_le_diraient(engage, realise, debut, duree, avance):
    fin, au = debut + datetime.timedelta(days=duree), debut + datetime.timedelta(days=avance)
    heures = {"engage": Decimal(engage) / 100, "realise": Decimal(realise) / 100}
    actuelle = situation(**heures, debut=debut, fin=fin, au=au, seuils=SEUILS)
    assume(actuelle in {Situation.EN_RETARD, Situation.A_RISQUE, Situation.NON_ATTEINT})
    depuis = tarde_depuis(actuelle, **heures, debut=debut, fin=fin, seuils=SEUILS)
    assert depuis is not None
    assert depuis <= au
    assert situation(**heures, debut=debut, fin=fin, au=depuis, seuils=SEUILS) == actuelle
    if depuis > debut:
        assert situation(**heures, debut=debut, fin=fin, au=depuis - UN_JOUR, seuils=SEUILS) != actuelle


def test_un_engagement_qui_va_bien_ne_tarde_pas():
    champs = {"engage": Decimal(100), "realise": Decimal(90), "debut": le(1), "fin": le(28)}
    assert tarde_depuis(Situation.CONFORME, **champs, seuils=SEUILS) is None
