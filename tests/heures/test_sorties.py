"""Ce que la personne est devenue se complète à 6 puis à 12 mois, sans perdre l’écriture d’un autre."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from heures import a_faire, actions
from heures.models import Sortie
from heures.taches import regarder
from tests.factories import RattachementFactory, SortieFactory


@pytest.fixture
def agent():
    return RattachementFactory()


@pytest.fixture
def sortie(agent) -> Sortie:
    return SortieFactory(participant__structure=agent.structure, situation="CDD")


def saisie(sortie: Sortie, **valeurs: object) -> dict[str, object]:
    return {
        "date": sortie.date.isoformat(),
        "situation": sortie.situation,
        "situation_6_mois": "",
        "situation_12_mois": "",
        "version": sortie.version,
    } | valeurs


def test_la_situation_a_six_mois_se_complete_et_n_est_plus_a_recueillir(client: Client, agent, sortie):
    client.force_login(agent.utilisateur)
    adresse = reverse("heures:sortie_modifier", args=[sortie.pk])
    reponse = client.post(adresse, saisie(sortie, situation_6_mois="CDI"))
    assert reponse.status_code == 302
    sortie.refresh_from_db()
    assert (sortie.situation_6_mois, sortie.version) == ("CDI", 2)
    jour = sortie.date.replace(year=sortie.date.year + 1, month=1)
    assert a_faire.sorties_a_recueillir(regarder(agent.acteur(), le=jour)).nombre == 0


def test_un_conflit_montre_les_deux_valeurs(client: Client, agent, sortie):
    actions.modifier_sortie(sortie, version=1, situation_6_mois="INTERIM_LD", par=agent.acteur())
    client.force_login(agent.utilisateur)
    adresse = reverse("heures:sortie_modifier", args=[sortie.pk])
    page = client.post(adresse, saisie(sortie, situation_6_mois="CDI")).content.decode()
    assert "Intérim de longue durée" in page
    assert "modifiée par quelqu’un d’autre" in page
    sortie.refresh_from_db()
    assert sortie.situation_6_mois == "INTERIM_LD"


def test_la_fiche_propose_de_completer(client: Client, agent, sortie):
    client.force_login(agent.utilisateur)
    page = client.get(sortie.participant.get_absolute_url()).content.decode()
    assert reverse("heures:sortie_modifier", args=[sortie.pk]) in page
