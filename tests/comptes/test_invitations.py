"""Une invitation expire, se renvoie, s’annule ; un accès ouvert se ferme, et les sessions cessent aussitôt."""

from __future__ import annotations

import datetime
import logging
import re

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from clauses.comptes import actions
from clauses.comptes.acces import acces_de
from clauses.comptes.acteurs import Role
from clauses.comptes.invitations import jeton_de
from clauses.comptes.models import EcritureJournal, Invitation, Rattachement, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.traces import SansLien
from tests.factories import MOT_DE_PASSE, AcheteurFactory, EntrepriseFactory, RattachementFactory, UtilisateurFactory

LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
CHOISI = {"mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE}
SAISIE = {"prenom": "Alix", "nom": "Fictive", "email": "alix@ville.invalid"}


@pytest.fixture(autouse=True)
def au_15_decembre():
    cache.clear()
    with time_machine.travel(LE_15, tick=False):
        yield


@pytest.fixture
def responsable() -> Rattachement:
    return RattachementFactory(responsable=True)


@pytest.fixture
def invitation(responsable) -> Invitation:
    acheteur = AcheteurFactory(nom="Ville fictive")
    return actions.inviter_partenaire(**SAISIE, acheteur_id=acheteur.pk, par=responsable.acteur())


def page(invitation: Invitation) -> str:
    return reverse("invitation", args=[jeton_de(invitation)])


def etat(responsable: Rattachement) -> tuple[str, str]:
    (lu,) = [a for a in acces_de(responsable.acteur()) if a.rattachement != responsable]
    return lu.etat.label, lu.quand


def connecte(rattachement: Rattachement) -> Client:
    client = Client()
    client.force_login(rattachement.utilisateur)
    return client


def test_la_personne_choisit_son_mot_de_passe_et_son_espace_s_ouvre(invitation, responsable):
    assert etat(responsable) == ("Invité", "le 15/12/2025, jusqu’au 22/12/2025")
    visiteuse = Client()
    lu = visiteuse.get(page(invitation)).content.decode()
    assert "Ville fictive" in lu
    assert Rattachement.objects.get(role=Role.ACHETEUR).est_actif is False  # ouvrir le lien n’accepte rien
    assert visiteuse.post(page(invitation), CHOISI).url == reverse("account_login")
    assert visiteuse.login(email="alix@ville.invalid", password=MOT_DE_PASSE)
    assert "Ville fictive" in visiteuse.get("/").content.decode()
    assert etat(responsable) == ("Ouvert", "depuis le 15/12/2025")
    gestes = EcritureJournal.objects.filter(inscrite_par__email="alix@ville.invalid")
    assert set(gestes.values_list("action", flat=True)) >= {"accepter une invitation", "ouvrir un accès"}
    assert invitation.secret not in str(list(EcritureJournal.objects.values_list("avant", "apres")))


def test_un_compte_qui_existe_accepte_sans_changer_de_mot_de_passe(responsable):
    connue = UtilisateurFactory(email="alix@ville.invalid")
    RattachementFactory(utilisateur=connue)
    entreprise = EntrepriseFactory()
    invitation = actions.inviter_partenaire(**SAISIE, entreprise_id=entreprise.pk, par=responsable.acteur())
    assert "votre mot de passe ne change pas" in Client().get(page(invitation)).content.decode()
    Client().post(page(invitation), {"mot_de_passe": "un autre mot de passe bien long"} | CHOISI)
    connue.refresh_from_db()
    assert connue.check_password(MOT_DE_PASSE)
    assert connue.rattachements.get(entreprise=entreprise).est_actif


@pytest.mark.parametrize(
    ("choisi", "phrase"),
    [
        ({"mot_de_passe": "court", "confirmation": "court"}, "15"),
        ({"mot_de_passe": MOT_DE_PASSE, "confirmation": "x"}, "Les deux mots de passe diffèrent"),
        ({}, "obligatoire"),
    ],
)
def test_un_mot_de_passe_refuse_laisse_l_acces_ferme(invitation, choisi, phrase):
    assert phrase in Client().post(page(invitation), choisi).content.decode()
    assert not Rattachement.objects.get(role=Role.ACHETEUR).est_actif


def test_une_invitation_expire_au_bout_de_sept_jours(invitation, responsable):
    with time_machine.travel(LE_15 + datetime.timedelta(days=7, seconds=-1), tick=False):
        assert Client().get(page(invitation)).status_code == 200
    with time_machine.travel(LE_15 + datetime.timedelta(days=7), tick=False):
        assert Client().get(page(invitation)).status_code == 404
        assert Client().post(page(invitation), CHOISI).status_code == 404
        assert etat(responsable) == ("Invitation expirée", "le 22/12/2025")
        with pytest.raises(ActionImpossible, match="ne sert plus"):
            actions.accepter_invitation(invitation, mot_de_passe=MOT_DE_PASSE)
    assert not Utilisateur.objects.get(email="alix@ville.invalid").has_usable_password()


def test_annuler_avant_l_acceptation_ferme_le_lien(invitation, responsable):
    ouverte = Client()
    assert ouverte.get(page(invitation)).status_code == 200
    fiche = invitation.rattachement.acheteur.get_absolute_url()
    annuler = reverse("rattachement_retirer", args=[invitation.rattachement_id])
    reponse = connecte(responsable).post(annuler, {"fiche": "1"}, follow=True)
    assert reponse.redirect_chain == [(fiche, 302)]
    assert "Invitation annulée" in reponse.content.decode()
    assert ouverte.post(page(invitation), CHOISI).status_code == 404
    assert etat(responsable) == ("Invitation annulée", "le 15/12/2025")
    assert not Rattachement.objects.get(role=Role.ACHETEUR).est_actif


def test_renvoyer_donne_un_lien_neuf_et_ferme_l_ancien(invitation, responsable, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        connecte(responsable).post(reverse("invitation_renvoyer", args=[invitation.rattachement_id]))
    assert Client().get(page(invitation)).status_code == 404
    (courriel,) = mail.outbox
    assert "avant le 22 décembre 2025" in courriel.body
    lien = re.search(r"http://testserver(/\S+)", courriel.body)
    assert lien
    assert Client().post(lien[1], CHOISI).url == reverse("account_login")


def test_fermer_un_acces_coupe_aussitot_toute_session_ouverte(invitation, responsable):
    actions.accepter_invitation(invitation, mot_de_passe=MOT_DE_PASSE)
    rattachement = Rattachement.objects.get(role=Role.ACHETEUR)
    bureau, telephone = connecte(rattachement), connecte(rattachement)
    assert [c.get("/").status_code for c in (bureau, telephone)] == [200, 200]
    connecte(responsable).post(reverse("rattachement_retirer", args=[rattachement.pk]))
    assert [c.get(reverse("marches:liste")).status_code for c in (bureau, telephone)] == [403, 403]
    assert etat(responsable) == ("Fermé", "")


def test_fermer_un_acces_laisse_les_autres_de_la_meme_personne(invitation, responsable):
    actions.accepter_invitation(invitation, mot_de_passe=MOT_DE_PASSE)
    rattachement = Rattachement.objects.get(role=Role.ACHETEUR)
    ailleurs = RattachementFactory(utilisateur=rattachement.utilisateur, pour_acheteur=True)
    session = connecte(rattachement)
    actions.detacher(rattachement, par=responsable.acteur())
    assert str(ailleurs.acheteur) in session.get("/").content.decode()


def test_un_acces_ouvert_ou_un_compte_desactive_ne_s_invite_pas(invitation, responsable):
    actions.accepter_invitation(invitation, mot_de_passe=MOT_DE_PASSE)
    with pytest.raises(ActionImpossible, match="déjà ouvert son accès"):
        actions.renvoyer_invitation(invitation.rattachement, par=responsable.acteur())
    UtilisateurFactory(email="parti@ville.invalid", is_active=False)
    with pytest.raises(ActionImpossible, match="désactivé"):
        actions.rattacher(**SAISIE | {"email": "parti@ville.invalid"}, role=Role.LECTEUR, par=responsable.acteur())


@pytest.mark.parametrize("role", [Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR])
def test_seul_le_responsable_renvoie_une_invitation(invitation, role):
    par = RattachementFactory(structure=invitation.structure, role=role).acteur()
    with pytest.raises(PermissionDenied):
        actions.renvoyer_invitation(invitation.rattachement, par=par)


def test_un_lien_altere_n_ouvre_rien_et_ne_se_lit_pas_dans_les_traces(invitation, caplog):
    jeton = jeton_de(invitation)
    fermees = {Client().get(reverse("invitation", args=[j])).status_code for j in (jeton[:-1] + "!", "1", "x-y.z")}
    assert fermees == {404}
    caplog.handler.addFilter(SansLien())
    with caplog.at_level(logging.WARNING, logger="django.request"):
        Client().get(page(invitation) + "x/")
    Invitation.objects.all().delete()
    with caplog.at_level(logging.WARNING, logger="django.request"):
        Client().get(page(invitation))
    assert "Not Found: /compte/invitation/[lien]/" in caplog.text
    assert invitation.secret not in caplog.text


def test_les_deux_listes_montrent_le_meme_etat(invitation, responsable):
    """La fiche de l’acheteur et les utilisateurs ; un facilitateur, qui n’invite pas, n’y lit rien."""
    client = connecte(responsable)
    fiche = invitation.rattachement.acheteur.get_absolute_url()
    for chemin in (fiche, reverse("utilisateurs")):
        lu = client.get(chemin).content.decode()
        assert [m for m in ("alix@ville.invalid", "Invité", "Renvoyer", "Annuler") if m not in lu] == []
    facilitateur = RattachementFactory(structure=invitation.structure)
    assert "alix@ville.invalid" not in connecte(facilitateur).get(fiche).content.decode()
