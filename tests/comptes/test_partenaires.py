"""Ouvrir l’espace d’un acheteur ou d’une entreprise, depuis sa fiche, par le responsable seulement."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.actions import accepter_invitation
from clauses.comptes.models import EcritureJournal, Invitation, Rattachement, Utilisateur
from tests.factories import MOT_DE_PASSE, AcheteurFactory, EntrepriseFactory, RattachementFactory

SAISIE = {"prenom": "Alix", "nom": "Fictive", "email": "Alix@Ville.invalid"}


@pytest.fixture
def responsable() -> Rattachement:
    return RattachementFactory(responsable=True)


@pytest.fixture
def client(responsable: Rattachement) -> Client:
    client = Client()
    client.force_login(responsable.utilisateur)
    return client


@pytest.mark.parametrize(
    ("url", "fabrique", "role"),
    [
        ("marches:acheteur_inviter", AcheteurFactory, Role.ACHETEUR),
        ("entreprises:inviter", EntrepriseFactory, Role.ENTREPRISE),
    ],
)
def test_une_invitation_ouvre_l_espace_et_part_par_courriel(
    client, responsable, url, fabrique, role, django_capture_on_commit_callbacks
):
    organisation = fabrique()
    page = reverse(url, args=[organisation.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page, SAISIE).url == organisation.get_absolute_url()
    acces = Rattachement.objects.get(role=role)
    assert (acces.utilisateur.email, acces.organisation) == ("alix@ville.invalid", organisation)
    assert acces.structure == responsable.structure
    assert not acces.utilisateur.has_usable_password()
    assert not acces.est_actif
    assert [courriel.to for courriel in mail.outbox] == [["alix@ville.invalid"]]
    assert EcritureJournal.objects.filter(action="inviter").count() == 1
    lue = client.get(page).content.decode()
    assert "alix@ville.invalid" in lue
    assert "Invité" in lue
    assert "alix@ville.invalid" in client.get(organisation.get_absolute_url()).content.decode()


def test_une_invitation_en_attente_se_dit_et_un_acces_ferme_se_rouvre_par_invitation(client):
    page = reverse("marches:acheteur_inviter", args=[AcheteurFactory(nom="Ville fictive").pk])
    client.post(page, SAISIE)
    assert "Une invitation attend déjà Alix Fictive" in client.post(page, SAISIE).content.decode()
    acces = Rattachement.objects.get(role=Role.ACHETEUR)
    accepter_invitation(Invitation.objects.get(), mot_de_passe=MOT_DE_PASSE)
    assert "a déjà accès pour Ville fictive" in client.post(page, SAISIE).content.decode()
    client.post(reverse("rattachement_retirer", args=[acces.pk]))
    acces.refresh_from_db()
    assert not acces.est_actif
    client.post(page, SAISIE)
    accepter_invitation(Invitation.objects.en_attente().get())
    acces.refresh_from_db()
    assert acces.est_actif
    assert Utilisateur.objects.filter(email="alix@ville.invalid").count() == 1


def test_une_meme_personne_peut_suivre_deux_acheteurs(client):
    for acheteur in AcheteurFactory.create_batch(2):
        client.post(reverse("marches:acheteur_inviter", args=[acheteur.pk]), SAISIE)
    assert Rattachement.objects.filter(role=Role.ACHETEUR).count() == 2
