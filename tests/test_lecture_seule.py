"""Un GET n’écrit jamais : ni par l’ORM, ni par SQL ; seul le journal des consultations s’ajoute."""

from __future__ import annotations

import pytest

from clauses.comptes.models import EcritureJournal, Structure
from clauses.socle.lecture_seule import EcritureInterdite
from tests.factories import RattachementFactory, StructureFactory

pytestmark = pytest.mark.urls("tests.urls_fautives")


@pytest.mark.parametrize("methode", ["get", "head", "options"])
@pytest.mark.parametrize("adresse", ["/ecrit/", "/ecrit-par-sql/"])
def test_une_methode_sure_ne_peut_pas_ecrire(client, methode, adresse):
    structure = StructureFactory(nom="Intacte")
    with pytest.raises(EcritureInterdite):
        getattr(client, methode)(adresse)
    structure.refresh_from_db()
    assert structure.nom == "Intacte"


def test_un_post_peut_ecrire(client):
    StructureFactory(nom="Avant")
    assert client.post("/ecrit/").status_code == 200
    assert Structure.objects.get().nom == "Changé par un GET"


def test_une_consultation_s_inscrit_au_journal_pendant_un_get(client):
    client.force_login(RattachementFactory().utilisateur)
    assert client.get("/journalise/").status_code == 200
    assert EcritureJournal.objects.get().action == "essai"


def test_le_journal_ne_s_efface_pas_pendant_un_get(client):
    client.force_login(RattachementFactory().utilisateur)
    client.get("/journalise/")
    with pytest.raises(EcritureInterdite):
        client.get("/journal-efface/")
    assert EcritureJournal.objects.count() == 1
