"""Déposer son relevé depuis son compte : le même dépôt que par le lien, dans le périmètre de l’entreprise."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Rattachement
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.actions import Depot
from heures.enums import StatutReleve
from heures.models import LigneEnAttente, LigneHeures
from tests.factories import CritereEntreeFactory, EngagementFactory, LigneHeuresFactory, RattachementFactory
from tests.heures.depots import NOVEMBRE, Banc, creer_banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


@pytest.fixture
def banc() -> Banc:
    return creer_banc()


@pytest.fixture
def compte(banc) -> Rattachement:
    return rattacher(banc)


def rattacher(banc: Banc, **champs) -> Rattachement:
    champs = {"role": Role.ENTREPRISE, "entreprise": banc.engagement.entreprise} | champs
    return RattachementFactory(structure=banc.releve.structure, utilisateur__nom="Comptable", **champs)


def client_de(rattachement: Rattachement) -> Client:
    client = Client()
    client.force_login(rattachement.utilisateur)
    return client


@pytest.fixture
def client(compte) -> Client:
    return client_de(compte)


def page(banc: Banc, nom: str = "mon_releve") -> str:
    return reverse(f"heures:{nom}", args=[banc.releve.pk])


def test_le_compte_depose_les_memes_lignes_que_le_lien(banc, compte, client):
    contrat = banc.contrat("Durand")
    saisie = banc.saisie(**{f"travail_{contrat.pk}": "35"}, **banc.ajout(), commentaire="Feuilles jointes.")
    recu = client.post(page(banc), saisie, follow=True)
    assert recu.redirect_chain == [(page(banc, "mon_recu"), 302)]
    assert [m for m in ("35,00", "PETIT Ana", "47,50", "Feuilles jointes.") if m not in recu.content.decode()] == []
    ligne = LigneHeures.objects.get()
    assert (ligne.heures, ligne.origine, ligne.declaree_par) == (Decimal(35), "ENTREPRISE", compte.utilisateur)
    assert LigneEnAttente.objects.get().nom == "Petit"
    banc.demande.refresh_from_db()
    assert (banc.demande.deposee_par, banc.demande.deposant) == (compte.utilisateur, "Léa Comptable")
    gestes = EcritureJournal.objects.filter(inscrite_par=compte.utilisateur).values_list("action", flat=True)
    assert "déposer un relevé depuis un compte" in gestes
    assert "ouvrir le reçu d’un relevé depuis son compte" in gestes


def test_les_deux_portes_montrent_le_meme_releve(banc, client):
    contrat = banc.contrat("Durand")
    contrat.participant.entrees.update(motif="CANARI", prescripteur="CANARI", brsa="OUI")
    CritereEntreeFactory(entree=contrat.participant.entrees.get(), critere="BOETH")
    lien, sien = (c.get(a).content.decode() for c, a in ((Client(), banc.adresse), (client, page(banc))))
    for attendu in ("DURAND Zoé", "Éligible jusqu’au 01/01/2027", f'name="travail_{contrat.pk}"', "10 décembre 2025"):
        assert attendu in lien
        assert attendu in sien
    assert not [m for m in ("CANARI", "BOETH", "RSA", "10/05/1990", "1990-05-10") if m in sien]
    assert 'value="Camille Comptable"' in sien


@pytest.mark.parametrize("geste", ["échu", "révoqué"])
def test_un_lien_qui_n_ouvre_plus_rien_ne_ferme_pas_le_compte(banc, client, geste):
    if geste == "révoqué":
        actions.revoquer(banc.demande, par=banc.agent)
    else:
        banc.demande.valable_jusqu_au = datetime.datetime(2025, 12, 1, tzinfo=datetime.UTC)
        banc.demande.save()
    assert Client().get(banc.adresse).status_code == 404
    assert client.post(page(banc), banc.saisie(neant="on")).url == page(banc, "mon_recu")
    banc.releve.refresh_from_db()
    assert banc.releve.statut == StatutReleve.NEANT


def test_un_releve_refuse_se_corrige_depuis_le_compte(banc, client):
    """Le motif se lit sur l’accueil, la page s’ouvre, le nouveau dépôt remplace le premier."""
    contrat = banc.contrat("Durand")
    client.post(page(banc), banc.saisie(**{f"travail_{contrat.pk}": "35"}))
    actions.refuser(LigneHeures.objects.get(), motif="Feuille illisible", par=banc.agent)
    accueil = client.get("/").content.decode()
    assert "Refusé" in accueil
    assert "Corriger" in accueil
    assert EcritureJournal.objects.filter(action="lire les messages de ses relevés").exists()
    assert "Feuille illisible" in client.get(page(banc)).content.decode()
    client.post(page(banc), banc.saisie(**{f"travail_{contrat.pk}": "30"}))
    ligne = LigneHeures.objects.get()
    assert (ligne.heures, ligne.statut) == (Decimal(30), "DECLAREE")


def test_un_releve_valide_se_relit_et_ne_se_depose_plus(banc, client):
    LigneHeuresFactory(engagement=banc.engagement, contrat=banc.contrat("Durand"), mois=NOVEMBRE, validee=True)
    banc.releve.statut = StatutReleve.VALIDE
    banc.releve.save()
    assert "Déposer le relevé" not in client.get(page(banc)).content.decode()
    assert "Ce relevé est validé" in client.post(page(banc), banc.saisie(neant="on")).content.decode()


def test_deux_pages_ouvertes_lien_et_compte_ne_s_ecrasent_pas(banc, client):
    contrat = banc.contrat("Durand")
    ancienne = banc.saisie(**{f"travail_{contrat.pk}": "20"})
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    assert "pendant votre saisie" in client.post(page(banc), ancienne).content.decode()
    assert LigneHeures.objects.get().heures == Decimal(35)


def test_un_cotraitant_ne_voit_ni_ne_depose_le_releve_d_un_autre(banc):
    """Même lot, même clause : chacun son engagement."""
    banc.contrat("Durand")
    autre = EngagementFactory(clause=banc.engagement.clause)
    compte = rattacher(banc, entreprise=autre.entreprise)
    client = client_de(compte)
    assert client.get(page(banc)).status_code == 404
    assert client.post(page(banc), banc.saisie(neant="on")).status_code == 404
    assert page(banc) not in client.get("/").content.decode()
    assert page(banc) not in client.get(reverse("heures:mes_releves")).content.decode()
    with pytest.raises(ActionImpossible, match="n’y avez plus accès"):
        actions.deposer_depuis_un_compte(banc.demande, Depot("Léa", est_neant=True), version=1, par=compte.acteur())


def test_le_meme_employeur_dans_une_autre_structure_ne_voit_rien(banc):
    compte = RattachementFactory(role=Role.ENTREPRISE, entreprise=banc.engagement.entreprise)
    assert client_de(compte).get(page(banc)).status_code == 404


def test_un_agent_n_emprunte_pas_la_porte_de_l_entreprise(banc):
    responsable = rattacher(banc, role=Role.RESPONSABLE, entreprise=None)
    assert client_de(responsable).get(page(banc)).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.deposer_depuis_un_compte(
            banc.demande, Depot("Léa", est_neant=True), version=1, par=responsable.acteur()
        )


def test_un_releve_que_personne_n_a_demande_ne_s_ouvre_pas(banc, client):
    banc.demande.delete()
    assert client.get(page(banc)).status_code == 404
    assert page(banc) not in client.get(reverse("heures:mes_releves")).content.decode()
