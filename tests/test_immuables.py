"""Journal et grand livre ne se modifient pas : c’est la base qui refuse, quel que soit le chemin."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from clauses.comptes.journal import journaliser
from clauses.comptes.models import EcritureJournal
from marches.models import MouvementEngagement
from tests.factories import MouvementEngagementFactory, RattachementFactory


@pytest.fixture
def ecriture():
    rattachement = RattachementFactory()
    return journaliser(par=rattachement.acteur(), action="essai", objet=rattachement.structure)


def test_une_ecriture_du_journal_ne_se_modifie_pas(ecriture):
    with pytest.raises(DatabaseError, match="Le journal ne se modifie pas"), transaction.atomic():
        EcritureJournal.objects.filter(pk=ecriture.pk).update(action="falsifiée")
    assert EcritureJournal.objects.get(pk=ecriture.pk).action == "essai"


def test_une_ecriture_du_journal_ne_se_modifie_pas_par_sql(ecriture):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("UPDATE comptes_ecriturejournal SET action = 'falsifiée'")
    assert EcritureJournal.objects.get(pk=ecriture.pk).action == "essai"


def test_un_mouvement_du_grand_livre_ne_se_modifie_pas():
    mouvement = MouvementEngagementFactory()
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        MouvementEngagement.objects.filter(pk=mouvement.pk).update(heures="1.00")
    assert MouvementEngagement.objects.get(pk=mouvement.pk).heures == mouvement.heures


def test_la_conservation_limitee_du_journal_reste_possible(ecriture):
    assert EcritureJournal.objects.filter(pk=ecriture.pk).delete()[0] == 1
