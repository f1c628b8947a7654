"""La première mise en service : une structure, son responsable, une invitation qui marche."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Rattachement, Structure, Utilisateur
from clauses.territoires.models import Epci
from tests.factories import MOT_DE_PASSE, StructureFactory, UtilisateurFactory

OPTIONS = {"sigle": "MEMPA", "nom": "Maison de l’emploi fictive", "responsable": "Direction@Exemple.invalid"}


def lancer(**options: object) -> str:
    sortie = io.StringIO()
    call_command("creer_structure", stdout=sortie, **{**OPTIONS, **options})
    return sortie.getvalue()


def test_la_structure_et_son_responsable_sont_crees() -> None:
    lancer()
    structure = Structure.objects.get(sigle="MEMPA")
    rattachement = Rattachement.objects.get(structure=structure)
    assert rattachement.role == Role.RESPONSABLE
    assert rattachement.utilisateur.email == "direction@exemple.invalid"
    assert structure.territoire.count() == Epci.objects.count() == 4
    assert EcritureJournal.objects.filter(structure=structure, action="créer la structure").exists()


def test_l_invitation_imprimee_permet_de_choisir_un_mot_de_passe_puis_de_se_connecter(client: Client) -> None:
    sortie = lancer(adresse="https://clauses.exemple.invalid/")
    lien = re.search(r"https://clauses\.exemple\.invalid(/compte/mot-de-passe/nouveau/\S+-\S+/)", sortie)
    assert lien is not None
    formulaire = client.get(lien[1], follow=True)
    assert formulaire.status_code == 200
    chemin = formulaire.redirect_chain[-1][0]
    reponse = client.post(chemin, {"password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE})
    assert reponse.status_code == 302
    assert client.login(username="direction@exemple.invalid", password=MOT_DE_PASSE)


def test_l_invitation_ne_sert_qu_une_fois(client: Client) -> None:
    lien = re.search(r"/compte/mot-de-passe/nouveau/\S+/", lancer())
    assert lien is not None
    chemin = client.get(lien[0], follow=True).redirect_chain[-1][0]
    client.post(chemin, {"password1": MOT_DE_PASSE, "password2": MOT_DE_PASSE})
    rejouee = Client().get(lien[0], follow=True)
    assert not rejouee.redirect_chain
    assert b"password1" not in rejouee.content


def test_le_territoire_peut_etre_choisi() -> None:
    lancer(epci=["200033579", "200035442"])
    assert set(Structure.objects.get().territoire.values_list("siren", flat=True)) == {"200033579", "200035442"}


def test_une_intercommunalite_inconnue_est_refusee_et_rien_n_est_cree() -> None:
    with pytest.raises(CommandError, match=r"Intercommunalité inconnue : 999999999\."):
        lancer(epci=["999999999"])
    assert not Structure.objects.exists()
    assert not Utilisateur.objects.exists()


def test_un_sigle_deja_pris_est_refuse() -> None:
    StructureFactory(sigle="MEMPA")
    with pytest.raises(CommandError, match="La structure MEMPA existe déjà"):
        lancer()
    assert Structure.objects.count() == 1


def test_un_courriel_impossible_est_refuse_et_rien_n_est_cree() -> None:
    with pytest.raises(CommandError, match="adresse"):
        lancer(responsable="pas-un-courriel")
    assert not Structure.objects.exists()
    assert not Utilisateur.objects.exists()


def test_un_compte_deja_connu_garde_son_mot_de_passe_et_recoit_le_rattachement() -> None:
    UtilisateurFactory(email="direction@exemple.invalid")
    sortie = lancer()
    assert "il garde son mot de passe" in sortie
    assert "/compte/mot-de-passe/nouveau/" not in sortie
    assert Rattachement.objects.get().utilisateur.check_password(MOT_DE_PASSE)
