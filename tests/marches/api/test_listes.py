"""Une liste d’une fiche coûte autant de requêtes que onze, et ne rend que ce qui est de la structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clauses.comptes.acteurs import Role
from clauses.comptes.journal import journaliser
from marches.models import JalonEngagement
from tests import factories as f
from tests import factories_conformite as c
from tests.appels import API, client_de
from tests.factories_releves import ContactFactory


def engagement(structure: Any) -> Any:
    neuf = f.EngagementFactory(clause__lot__marche__structure=structure)
    JalonEngagement.objects.create(structure=structure, engagement=neuf, date="2025-06-01", part=20)
    return neuf


def ecriture(structure: Any) -> None:
    journaliser(par=f.acteur(structure), action="essai", objet=structure)


FABRIQUES: dict[str, Callable[[Any], object]] = {
    "marches": lambda s: f.MarcheFactory(structure=s),
    "lots": lambda s: f.LotFactory(marche__structure=s),
    "attributions": lambda s: f.AttributionFactory(lot__marche__structure=s),
    "clauses": lambda s: c.FactureFactory(engagement=engagement(s)),
    "regles-de-penalite": lambda s: c.ReglePenaliteFactory(clause__lot__marche__structure=s),
    "engagements": engagement,
    "mouvements": engagement,
    "factures": lambda s: c.FactureFactory(engagement=engagement(s)),
    "evenements": lambda s: c.EvenementFactory(engagement=engagement(s)),
    "propositions-de-penalite": lambda s: c.PropositionPenaliteFactory(engagement=engagement(s)),
    "baremes": lambda s: c.BaremeFactory(),
    "reperes": lambda s: c.RepereMetierFactory(structure=s),
    "operations": lambda s: c.OperationFactory(structure=s),
    "activites": lambda s: c.ActiviteFactory(structure=s),
    "publications": lambda s: c.PublicationFactory(lot__marche__structure=s),
    "modifications": lambda s: c.ModificationFactory(publication__lot__marche__structure=s),
    "contrats-a-veiller": lambda s: c.ContratAVeillerFactory(structure=s),
    "acheteurs": lambda s: f.AcheteurFactory(),
    "entreprises": lambda s: f.EntrepriseFactory(),
    "contacts": lambda s: ContactFactory(structure=s),
    "utilisateurs": lambda s: f.RattachementFactory(structure=s),
    "journal": ecriture,
}


@pytest.mark.parametrize("chemin", FABRIQUES)
def test_une_fiche_coute_autant_de_requetes_que_onze(chemin: str) -> None:
    structure, fabrique = f.StructureFactory(), FABRIQUES[chemin]
    client = client_de(structure, Role.RESPONSABLE)
    fabrique(structure)

    def compter() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as requetes:
            lues = client.get(f"{API}{chemin}/").json()["results"]
        return len(requetes), len(lues)

    avant, peu = compter()
    for _ in range(10):
        fabrique(structure)
    apres, beaucoup = compter()
    assert beaucoup >= peu + 10
    assert apres == avant
