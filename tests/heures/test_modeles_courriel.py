"""Les modèles de courriel : écrire, voir avant d’enregistrer, revenir à l’origine ; une variable fausse est nommée."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from heures import actions
from heures.enums import NatureEnvoi
from heures.models import ModeleCourriel
from tests.factories import RattachementFactory, acteur
from tests.factories_releves import ModeleCourrielFactory

ADRESSE = ("heures:modele", ["DEMANDE"])


@pytest.fixture
def responsable():
    return RattachementFactory(responsable=True)


@pytest.fixture
def client(client: Client, responsable) -> Client:
    client.force_login(responsable.utilisateur)
    return client


def envoyer(client: Client, **valeurs: object) -> str:
    saisie = {"objet": "Vos heures de {mois}", "corps": "Voici {lien}", "version": 0} | valeurs
    return client.post(reverse(ADRESSE[0], args=ADRESSE[1]), saisie, follow=True).content.decode()


def test_un_modele_s_ecrit_puis_se_retire(client):
    assert "modèle enregistré" in envoyer(client)
    assert ModeleCourriel.objects.get().objet == "Vos heures de {mois}"
    assert "le vôtre" in client.get(reverse("heures:modeles")).content.decode()
    page = client.post(reverse("heures:modele_origine", args=["DEMANDE"]), follow=True).content.decode()
    assert "retour au texte d’origine" in page
    assert not ModeleCourriel.objects.exists()


def test_l_apercu_remplace_les_variables_sans_rien_enregistrer(client, responsable):
    page = envoyer(client, apercu="1", corps="Bonjour {entreprise}, de {structure} : {lien}")
    assert f"Bonjour Entreprise Exemple, de {responsable.structure.nom} : [lien personnel]" in page
    assert "Vos heures de mars 2026" in page
    assert not ModeleCourriel.objects.exists()


@pytest.mark.parametrize("apercu", [{}, {"apercu": "1"}])
@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"corps": "{lien} {prenom}"}, "La variable {prenom} n’existe pas"),
        ({"corps": "Bonjour"}, "Le corps doit porter {lien}"),
        ({"objet": "De {facilitateur}"}, "n’a pas sa place dans l’objet"),
        ({"objet": ""}, "Objet"),
        ({"corps": "1 85 05 78 006 084 36 {lien}"}, "numéro de sécurité sociale"),
    ],
)
def test_un_modele_fautif_est_refuse_a_son_champ(client, saisie, phrase, apercu):
    assert phrase in envoyer(client, **saisie, **apercu)
    assert not ModeleCourriel.objects.exists()


def test_deux_personnes_ne_s_ecrasent_pas(client, responsable):
    envoyer(client)
    assert "modifiée par quelqu’un d’autre" in envoyer(client, objet="Autre")
    with pytest.raises(ConflitDeVersion):
        actions.ecrire_modele(NatureEnvoi.RELANCE_1, objet="a", corps="{lien}", version=3, par=responsable.acteur())


def test_une_action_refuse_aussi_un_modele_fautif(responsable):
    with pytest.raises(ValidationError, match="n’existe pas"):
        actions.ecrire_modele(NatureEnvoi.DEMANDE, objet="a", corps="{x} {lien}", version=0, par=responsable.acteur())


def test_le_modele_d_une_autre_structure_ne_se_voit_ni_ne_se_retire(client, responsable):
    ModeleCourrielFactory(objet="Celui des autres")
    assert "Celui des autres" not in client.get(reverse(ADRESSE[0], args=ADRESSE[1])).content.decode()
    with pytest.raises(ActionImpossible, match="déjà celui d’origine"):
        actions.revenir_au_texte_d_origine(NatureEnvoi.DEMANDE, par=responsable.acteur())
    assert ModeleCourriel.objects.count() == 1


def test_seul_le_responsable_ecrit_un_modele(responsable):
    with pytest.raises(PermissionDenied):
        actions.ecrire_modele(
            NatureEnvoi.DEMANDE, objet="a", corps="{lien}", version=0, par=acteur(responsable.structure)
        )


def test_une_nature_inconnue_est_introuvable(client):
    assert client.get(reverse("heures:modele", args=["AUTRE"])).status_code == 404
