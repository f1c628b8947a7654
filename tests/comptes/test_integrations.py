"""Une intégration : un accès qui n’est celui de personne, ne se connecte pas, et survit à qui l’a créé."""

from __future__ import annotations

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clauses.comptes import actions
from clauses.comptes.acces import acces_de
from clauses.comptes.acteurs import Role
from clauses.comptes.lecture_jetons import integrations
from clauses.comptes.models import EcritureJournal, Jeton, Rattachement, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from tests.factories import MOT_DE_PASSE, RattachementFactory, UtilisateurFactory

LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
SAISIE = {"nom": "Comptabilité", "role": "LECTEUR", "portees": ["LIRE_MARCHES"], "jours": 365}
SECRET = re.compile(r'value="(clauses_[^"]+)"')


@pytest.fixture(autouse=True)
def horloge():
    with time_machine.travel(LE_15, tick=False) as horloge:
        yield horloge


@pytest.fixture
def responsable() -> Rattachement:
    return RattachementFactory(responsable=True)


def connecte(rattachement: Rattachement) -> Client:
    client = Client()
    client.force_login(rattachement.utilisateur)
    return client


def appel(texte: str) -> int:
    return Client(headers={"authorization": f"Bearer {texte}"}).get("/api/v1/marches/").status_code


def creer(responsable: Rattachement, **autre: object) -> tuple[Jeton, str]:
    return actions.creer_integration(**SAISIE | autre, par=responsable.acteur())


def test_une_responsable_cree_une_integration_qui_ouvre_l_api(responsable):
    reponse = connecte(responsable).post(reverse("integrations"), SAISIE)
    assert reponse.headers["Cache-Control"] == "no-store"
    (texte,) = SECRET.findall(reponse.content.decode())
    assert appel(texte) == 200
    rattachement = Rattachement.objects.get(utilisateur__est_integration=True)
    assert (rattachement.role, rattachement.structure) == (Role.LECTEUR, responsable.structure)
    assert str(rattachement.utilisateur) == "Intégration\u00a0: Comptabilité"
    page = connecte(responsable).get(reverse("integrations")).content.decode()
    assert "Comptabilité" in page
    assert texte not in page


def test_le_journal_nomme_l_integration_et_qui_l_a_creee(responsable):
    jeton, _ = creer(responsable)
    gestes = EcritureJournal.objects.filter(inscrite_par=responsable.utilisateur).values_list("action", flat=True)
    assert set(gestes) >= {"ouvrir une intégration", "créer un jeton"}
    actions.journaliser(par=jeton.acteur(), action="essai", objet=responsable.structure)
    journal = connecte(responsable).get(reverse("journal")).content.decode()
    assert "Intégration\u00a0: Comptabilité" in journal


def test_elle_survit_au_depart_de_qui_l_a_creee(responsable):
    _, texte = creer(responsable)
    autre = RattachementFactory(responsable=True, structure=responsable.structure)
    actions.detacher(responsable, par=autre.acteur())
    responsable.utilisateur.is_active = False
    responsable.utilisateur.save()
    assert appel(texte) == 200
    assert [lu.jeton.nom for lu in integrations(autre.acteur())] == ["Comptabilité"]


def test_son_compte_ne_se_connecte_par_aucun_chemin(responsable):
    jeton, _ = creer(responsable)
    compte = jeton.rattachement.utilisateur
    assert not compte.is_active
    assert not compte.has_usable_password()
    Client().post(reverse("account_reset_password"), {"email": compte.email})
    with pytest.raises(ActionImpossible, match="désactivé"):
        actions.rattacher(email=compte.email, nom="x", prenom="x", role=Role.LECTEUR, par=responsable.acteur())
    with pytest.raises(ActionImpossible):
        actions.renvoyer_invitation(jeton.rattachement, par=responsable.acteur())
    assert mail.outbox == []
    compte.set_password(MOT_DE_PASSE)
    compte.save()
    assert not Client().login(email=compte.email, password=MOT_DE_PASSE)
    client = Client()
    client.force_login(compte)
    assert client.get("/").status_code == 302


def test_la_base_refuse_qu_un_compte_d_integration_devienne_actif():
    with pytest.raises(IntegrityError), transaction.atomic():
        UtilisateurFactory(est_integration=True)


def test_la_revoquer_ferme_son_jeton_et_son_rattachement(responsable):
    jeton, texte = creer(responsable)
    client = connecte(responsable)
    assert client.post(reverse("jeton_revoquer", args=[jeton.pk])).url == reverse("integrations")
    assert appel(texte) == 401
    jeton.rattachement.refresh_from_db()
    assert not jeton.rattachement.est_actif
    client.post(reverse("jeton_revoquer", args=[jeton.pk]))
    reponse = client.post(reverse("integration_renouveler", args=[jeton.rattachement_id]), follow=True)
    assert "Cette intégration est révoquée" in reponse.content.decode()
    assert [(lu.etat.label, lu.est_ouvert) for lu in integrations(responsable.acteur())] == [("Révoqué", False)]


def test_la_renouveler_donne_un_jeton_pareil_et_eteint_l_ancien(responsable, horloge):
    jeton, ancien = creer(responsable)
    horloge.move_to(LE_15 + datetime.timedelta(days=400))
    assert appel(ancien) == 401
    reponse = connecte(responsable).post(reverse("integration_renouveler", args=[jeton.rattachement_id]))
    (texte,) = SECRET.findall(reponse.content.decode())
    assert appel(texte) == 200
    (lu,) = integrations(responsable.acteur())
    assert (lu.jeton.nom, lu.jeton.portees, lu.etat.label) == ("Comptabilité", ["LIRE_MARCHES"], "En cours")
    assert lu.jeton.valable_jusqu_au == LE_15 + datetime.timedelta(days=765)
    connecte(responsable).post(reverse("integration_renouveler", args=[jeton.rattachement_id]))
    assert appel(texte) == 401


def test_on_ne_renouvelle_que_ce_qui_est_une_integration(responsable):
    collegue = RattachementFactory(structure=responsable.structure)
    with pytest.raises(ActionImpossible):
        actions.renouveler_integration(collegue, par=responsable.acteur())
    assert not Jeton.objects.exists()


def test_deux_integrations_ouvertes_n_ont_pas_le_meme_nom(responsable):
    jeton, _ = creer(responsable)
    with pytest.raises(ActionImpossible, match="déjà ouverte"):
        creer(responsable)
    creer(RattachementFactory(responsable=True))
    actions.revoquer_jeton(jeton, par=responsable.acteur())
    creer(responsable)


def test_une_integration_n_est_ni_responsable_ni_partenaire(responsable):
    for role in set(Role) - {Role.LECTEUR, Role.FACILITATEUR}:
        with pytest.raises(ActionImpossible, match="lecteur ou comme facilitateur"):
            creer(responsable, role=role)
    assert not Utilisateur.objects.filter(est_integration=True).exists()


def test_une_portee_hors_du_role_ne_laisse_rien_derriere_elle(responsable):
    with pytest.raises(ActionImpossible, match="parmi celles du rôle"):
        creer(responsable, portees=["GERER_MARCHES"])
    assert not Utilisateur.objects.filter(est_integration=True).exists()
    reponse = connecte(responsable).post(reverse("integrations"), SAISIE | {"portees": ["GERER_MARCHES"]})
    assert "Un lecteur ne peut pas\u00a0: gérer les marchés." in reponse.content.decode()
    assert not Utilisateur.objects.filter(est_integration=True).exists()


@pytest.mark.parametrize("trait", [{}, {"lecteur": True}, {"financeur": True}])
def test_sans_gerer_la_structure_rien_des_integrations(responsable, trait):
    jeton, texte = creer(responsable)
    autre = RattachementFactory(structure=responsable.structure, **trait).acteur()
    for geste in (
        lambda: actions.creer_integration(**SAISIE, par=autre),
        lambda: actions.renouveler_integration(jeton.rattachement, par=autre),
    ):
        with pytest.raises(PermissionDenied):
            geste()
    with pytest.raises(ActionImpossible):
        actions.revoquer_jeton(jeton, par=autre)
    assert integrations(autre) == []
    assert appel(texte) == 200


def test_une_integration_n_est_pas_une_personne_de_la_structure(responsable):
    """Ni dans la liste des utilisateurs, ni parmi les facilitateurs à qui confier un marché."""
    creer(responsable, role="FACILITATEUR")
    assert [acces.rattachement for acces in acces_de(responsable.acteur())] == [responsable]
    assert list(Utilisateur.objects.facilitateurs()) == [responsable.utilisateur]
