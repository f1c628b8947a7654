"""Cadre commun des tests d’import de relevés : une date, une structure, un marché, deux personnes en contrat."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from clauses.comptes.acteurs import Acteur
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    EntrepriseFactory,
    ParticipantFactory,
    RattachementFactory,
    StructureFactory,
)


@pytest.fixture(autouse=True)
def horloge(mi_decembre_2025: None) -> None:
    """Tous ces tests se passent au 15 décembre 2025."""


@pytest.fixture
def scene() -> SimpleNamespace:
    """Le marché M-2025-1 lot 1, LEFÈVRE Anne-Marie et DUPONT Jean chez Intérim Fictif, et un facilitateur."""
    structure = StructureFactory(sigle="MEMPA")
    rattachement = RattachementFactory(structure=structure, utilisateur__email="agent@exemple.invalid")
    employeur = EntrepriseFactory(raison_sociale="Intérim Fictif")
    engagement = EngagementFactory(
        entreprise=EntrepriseFactory(raison_sociale="Bâtisseurs Fictifs"),
        clause__lot__marche__structure=structure,
        clause__lot__marche__reference="M-2025-1",
        clause__lot__numero="1",
    )
    scene = SimpleNamespace(
        structure=structure, par=rattachement.acteur(), agent=rattachement.utilisateur, employeur=employeur,
        engagement=engagement,
    )  # fmt: skip
    scene.anne = personne(scene, "Lefèvre", "Anne-Marie", identifiant="P-1")
    scene.jean = personne(scene, "Dupont", "Jean", identifiant="P-2")
    return scene


@pytest.fixture
def par(scene: SimpleNamespace) -> Acteur:
    return scene.par


def personne(scene: SimpleNamespace, nom: str, prenom: str, *, contrat: bool = True, **champs: object):
    """Une personne de la structure, entrée en clause, en intérim chez l’employeur de la scène."""
    participant = ParticipantFactory(structure=scene.structure, nom=nom, prenom=prenom, **champs)
    EntreeClauseFactory(participant=participant)
    if contrat:
        ContratTravailFactory(
            participant=participant,
            employeur=scene.employeur,
            identifiant=f"C-{participant.identifiant}",
            type_contrat="INTERIM",
            modalite="MISE_A_DISPOSITION",
        )
    return participant
