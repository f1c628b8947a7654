"""Les doublons à l’écran : proposer, comparer, fusionner, défaire, dire que ce sont deux personnes."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.models import EcritureJournal
from heures import actions
from heures.models import ContratTravail, DoublonEcarte, Fusion, Participant, Sortie
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    RattachementFactory,
    SortieFactory,
)

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
LISTE = "/heures/participants/doublons/"


@pytest.fixture
def agent(client):
    rattachement = RattachementFactory()
    client.force_login(rattachement.utilisateur)
    return rattachement


@pytest.fixture
def fiches(agent):
    return [ParticipantFactory(structure=agent.structure, nom=nom, prenom="Zoé") for nom in ("Lefèvre", "LEFEVRE")]


def comparer(fiches) -> str:
    return f"{reverse('heures:fusionner', args=[fiches[0].pk])}?avec={fiches[1].pk}"


def test_la_liste_propose_la_paire_et_se_journalise(client, agent, fiches):
    ParticipantFactory(structure=agent.structure, nom="Autre")
    ParticipantFactory(nom="Lefèvre", prenom="Zoé")
    page = client.get(LISTE)
    assert [(p.premiere, p.seconde) for p in page.context["paires"]] == [tuple(fiches)]
    assert comparer(fiches) in page.content.decode()
    assert EcritureJournal.objects.get(action="lister les doublons probables").nombre == 2


def test_la_liste_vide_le_dit(client, agent):
    assert "Aucun doublon probable" in client.get(LISTE).content.decode()


def test_la_liste_coute_autant_de_requetes_a_1_qu_a_11_paires(client, agent, fiches):
    with CaptureQueriesContext(connection) as une:
        client.get(LISTE)
    for rang in range(10):
        for _ in range(2):
            ParticipantFactory(structure=agent.structure, nom=f"Sosie{'abcdefghij'[rang] * 4}")
    with CaptureQueriesContext(connection) as onze:
        assert client.get(LISTE).context["total"] == 11
    assert len(onze) == len(une)


def test_comparer_marque_ce_qui_differe_et_avertit_des_heures_en_commun(client, agent, fiches):
    Participant.objects.filter(pk=fiches[1].pk).update(commune_insee="62004")
    engagement = EngagementFactory(
        clause__lot__marche__structure=agent.structure, clause__lot__marche__reference="M-77"
    )
    for fiche in fiches:
        contrat = ContratTravailFactory(participant=fiche)
        LigneHeuresFactory(contrat=contrat, engagement=engagement, heures="130.00")
    page = client.get(comparer(fiches))
    comparaison = page.context["comparaison"]
    assert [ligne.libelle for ligne in comparaison.identite if ligne.differe] == ["Nom", "Commune"]
    assert comparaison.avertissements == [
        "Mars 2025 : 130,00 h et 130,00 h feraient 260,00 h, au-delà du plafond de 250,00 h.",
        "Mars 2025, marché M-77 : les deux fiches ont des heures. Vérifier qu’elles ne sont pas notées deux fois.",
    ]
    assert EcritureJournal.objects.get(action="comparer deux fiches").nombre == 2


def test_comparer_coute_autant_de_requetes_a_1_qu_a_11_contrats(client, agent, fiches):
    def remplir(nombre):
        for rang in range(nombre):
            for fiche in fiches:
                ContratTravailFactory(participant=fiche)
                SortieFactory(participant=fiche, date=datetime.date(2020 + fiches.index(fiche), 1, 1 + rang))

    remplir(1)
    with CaptureQueriesContext(connection) as une:
        client.get(comparer(fiches))
    Sortie.objects.all().delete()
    remplir(10)
    with CaptureQueriesContext(connection) as onze:
        client.get(comparer(fiches))
    assert len(onze) == len(une)


def test_fusionner_garde_la_fiche_choisie_et_l_autre_adresse_y_renvoie(client, agent, fiches):
    contrat = ContratTravailFactory(participant=fiches[0])
    reponse = client.post(comparer(fiches), {"gardee": fiches[1].pk, "motif": "Appel à la personne"})
    assert reponse.url == fiches[1].get_absolute_url()
    contrat.refresh_from_db()
    assert contrat.participant == fiches[1]
    assert client.get(fiches[0].get_absolute_url()).url == fiches[1].get_absolute_url()
    assert client.get(reverse("heures:participant_modifier", args=[fiches[0].pk])).status_code == 404
    liste = client.get("/heures/participants/").content.decode()
    assert fiches[1].get_absolute_url() in liste
    assert fiches[0].get_absolute_url() not in liste


def test_garder_une_fiche_etrangere_a_la_paire_se_refuse(client, agent, fiches):
    tierce = ParticipantFactory(structure=agent.structure, nom="Tierce")
    page = client.post(comparer(fiches), {"gardee": tierce.pk})
    assert page.status_code == 200
    assert not Fusion.objects.exists()


def test_un_refus_de_fusion_s_ecrit_sur_la_page(client, agent, fiches):
    for fiche in fiches:
        SortieFactory(participant=fiche)
    page = client.post(comparer(fiches), {"gardee": fiches[0].pk}).content.decode()
    assert "retirer celle qui est en double" in page


def test_une_seconde_fiche_d_une_autre_structure_est_introuvable(client, agent, fiches):
    url = reverse("heures:fusionner", args=[fiches[0].pk])
    assert client.get(f"{url}?avec={ParticipantFactory().pk}").status_code == 404
    assert client.get(f"{url}?avec={fiches[0].pk}").status_code == 404
    assert client.get(f"{url}?avec=²").status_code == 200


def test_une_fiche_que_rien_ne_rapproche_se_cherche(client, agent, fiches):
    epouse = ParticipantFactory(structure=agent.structure, nom="Moreau", prenom="Zoé")
    url = reverse("heures:fusionner", args=[fiches[0].pk])
    page = client.get(url, {"q": "moreau"}).content.decode()
    assert f"?avec={epouse.pk}" in page
    assert f"?avec={fiches[1].pk}" in page
    assert "Aucune autre fiche" in client.get(url, {"q": "zzz"}).content.decode()


def test_deux_personnes_ne_sont_plus_proposees(client, agent, fiches):
    url = f"{reverse('heures:deux_personnes', args=[fiches[1].pk])}?avec={fiches[0].pk}"
    assert client.post(url).url == LISTE
    assert DoublonEcarte.objects.count() == 1
    assert client.get(LISTE).context["total"] == 0
    assert "Une autre fiche ressemble" not in client.get(fiches[0].get_absolute_url()).content.decode()


def test_la_fiche_signale_celle_qui_lui_ressemble(client, agent, fiches):
    page = client.get(fiches[0].get_absolute_url()).content.decode()
    assert "Une autre fiche ressemble à celle-ci" in page
    assert comparer(fiches) in page


def test_defaire_depuis_la_liste(client, agent, fiches):
    contrat = ContratTravailFactory(participant=fiches[1])
    fusion = actions.fusionner(fiches[0], absorbee=fiches[1], par=agent.acteur())
    page = client.get(LISTE).content.decode()
    assert reverse("heures:fusion_defaire", args=[fusion.pk]) in page
    ContratTravail.objects.filter(pk=contrat.pk).update(version=9)
    suite = client.post(reverse("heures:fusion_defaire", args=[fusion.pk]), follow=True).content.decode()
    assert "Fusion défaite" in suite
    assert "1 contrat, sortie ou ligne d’heures, modifié depuis la fusion, est revenu" in suite
    contrat.refresh_from_db()
    assert contrat.participant == fiches[1]
    assert (
        "déjà défaite" in client.post(reverse("heures:fusion_defaire", args=[fusion.pk]), follow=True).content.decode()
    )


def test_une_fusion_de_plus_de_trente_jours_n_est_plus_proposee(client, agent, fiches):
    fusion = actions.fusionner(fiches[0], absorbee=fiches[1], par=agent.acteur())
    Fusion.objects.filter(pk=fusion.pk).update(fusionnee_le=datetime.datetime(2025, 11, 14, 12, tzinfo=datetime.UTC))
    assert client.get(LISTE).context["fusions"] == []


def test_retirer_une_sortie_demande_confirmation(client, agent):
    sortie = SortieFactory(participant__structure=agent.structure)
    url = reverse("heures:sortie_retirer", args=[sortie.pk])
    assert "Retirer cette sortie" in client.get(url).content.decode()
    assert Sortie.objects.exists()
    assert client.post(url).url == sortie.participant.get_absolute_url()
    assert not Sortie.objects.exists()
    assert EcritureJournal.objects.get(action="retirer une sortie").apres == {"sortie retirée": "30/06/2025"}
