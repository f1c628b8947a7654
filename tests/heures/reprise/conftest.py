"""Cadre commun des tests de la reprise : une date fixe, une structure à reprendre."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from clauses.comptes.models import Structure
from tests.factories import StructureFactory


@pytest.fixture(autouse=True)
def horloge() -> Iterator[None]:
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture(autouse=True)
def structure() -> Structure:
    return StructureFactory(sigle="MEMPA", nom="Structure fictive")
