"""Ce que partagent les tests des heures."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture
def mi_decembre_2025() -> Iterator[None]:
    """L’horloge arrêtée au 15 décembre 2025 : l’année saisie est presque close, son dernier mois court encore."""
    with time_machine.travel(datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC), tick=False):
        yield
