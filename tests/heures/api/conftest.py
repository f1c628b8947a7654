"""Un agent, sa structure et sa porte : ce que partagent les tests de l’API des personnes et des heures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from tests.factories import ContratTravailFactory, EngagementFactory, EntreeClauseFactory, StructureFactory
from tests.heures.api.porte import Porte


@pytest.fixture(autouse=True)
def horloge(mi_decembre_2025: None) -> None:
    """Tous ces tests se passent le 15 décembre 2025."""


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


@pytest.fixture
def porte(structure: Any) -> Porte:
    return Porte(structure)


@pytest.fixture
def en(structure: Any) -> Callable[..., Porte]:
    """La porte d’un autre rôle de la même structure."""

    def ouvrir(role: Role, **organisation: Any) -> Porte:
        return Porte(structure, role, **organisation)

    return ouvrir


@pytest.fixture
def engagement(structure: Any) -> Any:
    return EngagementFactory(clause__lot__marche__structure=structure)


@pytest.fixture
def contrat(engagement: Any) -> Any:
    entree = EntreeClauseFactory(participant__structure=engagement.structure)
    return ContratTravailFactory(participant=entree.participant, employeur=engagement.entreprise)
