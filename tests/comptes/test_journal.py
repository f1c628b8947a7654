"""Le journal se lit en clair, sans jamais dire un nom ni un critère."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from clauses.comptes.journal import MASQUE, journaliser_lecture
from clauses.comptes.models import EcritureJournal
from entreprises import actions as entreprises
from heures import actions as heures
from heures.models import Participant
from tests.factories import EntrepriseFactory, RattachementFactory


@pytest.fixture
def agent():
    return RattachementFactory()


def test_un_changement_se_lit_avec_les_libelles(agent):
    entreprise = EntrepriseFactory(type_employeur="ENTREPRISE")
    entreprises.modifier_entreprise(entreprise, version=1, type_employeur="ETTI", par=agent.acteur())
    ecriture = EcritureJournal.objects.sur(entreprise).get()
    assert ecriture.changements == [("type d’employeur", "Entreprise", "Entreprise de travail temporaire d’insertion")]
    assert ecriture.objet == f"entreprise n° {entreprise.pk}"


def test_un_identifiant_reste_masque_a_l_ecran(client: Client, agent):
    heures.creer_participant(nom="Secretnom", prenom="Zoé", sexe="F", par=agent.acteur())
    client.force_login(agent.utilisateur)
    page = client.get(reverse("journal")).content.decode()
    assert "Ouvrir la fiche de la personne" in page
    assert MASQUE in page
    assert "Secretnom" not in page


def test_une_consultation_dit_combien_de_personnes_et_sous_quel_filtre(agent):
    journaliser_lecture(
        par=agent.acteur(), action="lister les participants", modele=Participant, nombre=25, filtre="q=le"
    )
    ecriture = EcritureJournal.objects.get()
    assert (ecriture.objet, ecriture.changements) == ("25 participants", [("filtre", "", "q=le")])


def test_le_journal_de_la_structure_voisine_est_invisible(client: Client, agent):
    voisin = RattachementFactory()
    journaliser_lecture(par=voisin.acteur(), action="geste du voisin", modele=Participant)
    client.force_login(agent.utilisateur)
    assert "geste du voisin" not in client.get(reverse("journal")).content.decode().lower()


def test_un_geste_qui_garde_des_totaux_se_lit_au_journal(client: Client, agent):
    """Un document émis inscrit ses totaux, une proposition ses termes : du JSON, pas un texte."""
    EcritureJournal.objects.create(
        structure=agent.structure, nature="ECRITURE", action="émettre un document", objet_type="bilans.document",
        apres={"totaux": {"heures": "35.50", "lot": "1"}, "titre": ["a", {"b": 2}]}, role=agent.role,
        inscrite_par=agent.utilisateur,
    )  # fmt: skip
    client.force_login(agent.utilisateur)
    page = client.get(reverse("journal")).content.decode().replace("\u00a0", " ")
    assert "heures : 35.50, lot : 1" in page
    assert "a ; b : 2" in page
