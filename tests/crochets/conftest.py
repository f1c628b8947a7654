"""Ce que partagent les tests des notifications : un récepteur local, une horloge arrêtée."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories_crochets import INSTANT
from tests.recepteur import Recepteur


@pytest.fixture
def recepteur(settings) -> Iterator[Recepteur]:
    """La boucle locale ne reçoit qu’en démonstration : `tests/crochets/test_destinations.py` le vérifie."""
    settings.CLAUSES_DEMO = True
    serveur = Recepteur()
    serveur.fil.start()
    yield serveur
    serveur.fermer()


@pytest.fixture
def horloge() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(INSTANT, tick=False) as voyageur:
        yield voyageur
