"""Un engagement à la mi-décembre 2025 : 500 h dues, 187,17 h validées, trois salariés de deux employeurs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine

from clauses.comptes.acteurs import Acteur
from marches.models import Engagement
from tests.factories import (
    ContratTravailFactory,
    CritereEntreeFactory,
    EngagementFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    ReleveFactory,
    StructureFactory,
    acteur,
)

LE_15_DECEMBRE = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)


@pytest.fixture
def mi_decembre_2025() -> Iterator[None]:
    with time_machine.travel(LE_15_DECEMBRE, tick=False):
        yield


@pytest.fixture
def engagement(mi_decembre_2025) -> Engagement:
    structure = StructureFactory(
        nom="PLIE fictif", adresse="12 rue des Essais\n62000 Arras", signataire_nom="Camille Fictif",
        signataire_fonction="Directrice", seuil_completude_pourcent=0,
    )  # fmt: skip
    du = EngagementFactory(
        entreprise__raison_sociale="Bâtisseurs fictifs",
        clause__lot__numero="2",
        clause__lot__intitule="Gros œuvre",
        clause__lot__marche__structure=structure,
        clause__lot__marche__reference="2025-M1",
        clause__lot__marche__objet="Construction d’une école",
        clause__lot__marche__acheteur__nom="Ville fictive",
    )
    interim = EntrepriseFactory(raison_sociale="Intérim d’insertion fictif", etti=True)
    noter(du, "P-001", "2025-01-01", "151.67", employeur=du.entreprise)
    noter(du, "P-002", "2025-03-01", "35.50", employeur=interim)
    noter(du, "P-003", "2025-03-01", "40.00", employeur=interim, validee=False)
    return du


def noter(
    du: Engagement, identifiant: str, mois: str, heures: str, *, validee: bool = True, **contrat: object
) -> None:
    """Une ligne d’heures d’une personne dont le nom, la naissance et le critère ne doivent sortir nulle part."""
    personne = ParticipantFactory(
        structure=du.structure, identifiant=identifiant, nom="NOMSECRET", prenom="Prenomsecret"
    )
    CritereEntreeFactory(entree__participant=personne, critere="BOETH")
    contrat = ContratTravailFactory(participant=personne, **contrat)
    jour = datetime.date.fromisoformat(mois)
    LigneHeuresFactory(engagement=du, contrat=contrat, mois=jour, heures=Decimal(heures), validee=validee)
    if validee and not du.releves.filter(mois=jour).exists():
        ReleveFactory(engagement=du, mois=jour, statut="VALIDE")


@pytest.fixture
def par(engagement) -> Acteur:
    return acteur(engagement.structure)
