"""Réglages de la structure et accès : réservés au responsable, journalisés, sans se couper soi-même l’accès."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from clauses.comptes import actions
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Rattachement, Structure, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from clauses.territoires.models import Epci
from tests.factories import MOT_DE_PASSE, RattachementFactory, StructureFactory, acteur

AUTRE = "un tout autre mot de passe de test"


@pytest.fixture
def responsable() -> Rattachement:
    return RattachementFactory(responsable=True)


@pytest.fixture
def connecte(client: Client, responsable: Rattachement) -> Client:
    client.force_login(responsable.utilisateur)
    return client


def saisie(structure: Structure, **valeurs: object) -> dict[str, object]:
    champs = {
        "nom": structure.nom,
        "departement": "62",
        "etp_facilitateurs": "",
        "territoire": [epci.pk for epci in structure.territoire.all()],
        "seuil_avertissement_heures": "151,67",
        "seuil_refus_heures": "250",
        "duree_eligibilite_mois": "24",
        "delai_sortie_mois": "3",
        "base_etp": "1820",
        "seuil_retard_points": "20",
        "alerte_fin_mois": "6",
        "taux_risque_pourcent": "80",
        "seuil_completude_pourcent": "90",
        "jour_echeance_releve": "10",
        "duree_lien_jours": "60",
        "relance_1_apres_jours": "5",
        "relance_2_apres_jours": "7",
        "delai_reponse_jours": "15",
        "alerte_fin_marche_mois": "3",
        "alerte_eligibilite_jours": "60",
        "version": structure.version,
    }
    return champs | valeurs


def test_les_reglages_s_enregistrent_et_se_journalisent(connecte, responsable):
    structure = responsable.structure
    reponse = connecte.post(
        reverse("reglages"),
        saisie(structure, seuil_refus_heures="220,5", etp_facilitateurs="2,8", territoire=["200033579"]),
    )
    assert reponse.status_code == 302
    structure.refresh_from_db()
    assert (structure.seuil_refus_heures, structure.etp_facilitateurs) == (Decimal("220.50"), Decimal("2.80"))
    assert list(structure.territoire.values_list("pk", flat=True)) == ["200033579"]
    assert {"modifier les réglages", "modifier le territoire"} <= set(
        EcritureJournal.objects.values_list("action", flat=True)
    )


def test_un_seuil_de_refus_sous_l_avertissement_est_refuse(connecte, responsable):
    reponse = connecte.post(reverse("reglages"), saisie(responsable.structure, seuil_refus_heures="100"))
    assert "au moins égal au seuil d’avertissement" in reponse.content.decode()
    responsable.structure.refresh_from_db()
    assert responsable.structure.seuil_refus_heures == Decimal("250.00")


def test_un_conflit_montre_les_deux_valeurs_sur_la_page(connecte, responsable):
    structure = responsable.structure
    actions.modifier_structure(structure, version=1, nom="Nom de l’autre", par=responsable.acteur())
    page = connecte.post(reverse("reglages"), saisie(structure, nom="Mon nom")).content.decode()
    assert "Nom de l’autre" in page
    assert "Mon nom" in page
    seconde = connecte.post(reverse("reglages"), saisie(structure, nom="Mon nom", version=2))
    assert seconde.status_code == 302


def test_inviter_cree_un_compte_et_envoie_un_lien_qui_marche(
    connecte, responsable, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        connecte.post(
            reverse("utilisateurs"),
            {"prenom": "Noé", "nom": "Neuf", "email": "Neuf@exemple.invalid", "role": Role.FACILITATEUR},
        )
    invite = Utilisateur.objects.get(email="neuf@exemple.invalid")
    assert not invite.has_usable_password()
    assert invite.rattachements.get().structure == responsable.structure
    lien = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)
    assert lien
    assert not invite.rattachements.get().est_actif
    Client().post(lien[1], {"mot_de_passe": MOT_DE_PASSE, "confirmation": MOT_DE_PASSE})
    invite.refresh_from_db()
    assert invite.check_password(MOT_DE_PASSE)
    assert invite.rattachements.get().est_actif
    assert Client().post(lien[1], {"mot_de_passe": AUTRE, "confirmation": AUTRE}).status_code == 404
    invite.refresh_from_db()
    assert invite.check_password(MOT_DE_PASSE)  # le lien ne sert qu’une fois


def test_une_personne_deja_rattachee_est_refusee_d_une_phrase(connecte, responsable):
    deja = RattachementFactory(structure=responsable.structure)
    page = connecte.post(
        reverse("utilisateurs"),
        {"prenom": "X", "nom": "Y", "email": deja.utilisateur.email, "role": Role.FACILITATEUR},
    ).content.decode()
    assert "a déjà accès pour" in page
    assert Rattachement.objects.filter(structure=responsable.structure).count() == 2


def test_retirer_coupe_l_acces_a_la_requete_suivante(connecte, responsable):
    agent = RattachementFactory(structure=responsable.structure)
    sien = Client()
    sien.force_login(agent.utilisateur)
    assert sien.get(reverse("entreprises:liste")).status_code == 200
    connecte.post(reverse("rattachement_retirer", args=[agent.pk]))
    assert sien.get(reverse("entreprises:liste")).status_code == 403


def test_un_acces_retire_peut_etre_rendu(responsable):
    agent = RattachementFactory(structure=responsable.structure)
    actions.detacher(agent, par=responsable.acteur())
    invitation = actions.rattacher(
        email=agent.utilisateur.email, nom="", prenom="", role=agent.role, par=responsable.acteur()
    )
    rendu = actions.accepter_invitation(invitation)
    assert (rendu.pk, rendu.est_actif) == (agent.pk, True)


def test_on_ne_se_retire_pas_soi_meme(responsable):
    with pytest.raises(ActionImpossible, match="soi-même"):
        actions.detacher(responsable, par=responsable.acteur())


def test_un_responsable_n_atteint_pas_les_acces_du_voisin(connecte):
    voisin = RattachementFactory()
    assert connecte.post(reverse("rattachement_retirer", args=[voisin.pk])).status_code == 404
    voisin.refresh_from_db()
    assert voisin.est_actif


@pytest.mark.parametrize("role", [Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR])
def test_seul_le_responsable_regle_la_structure(role):
    structure = StructureFactory()
    with pytest.raises(PermissionDenied):
        actions.modifier_structure(structure, version=1, nom="X", par=acteur(structure, role))
    assert Epci.objects.count() == structure.territoire.count()
