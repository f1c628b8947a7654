"""Qui a accès, par l’API : lire, inviter, renvoyer, retirer ; le lien d’une invitation n’est que dans le courriel."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine

from clauses.comptes.acteurs import Role
from clauses.comptes.models import Invitation, Rattachement, Utilisateur
from tests.factories import AcheteurFactory, EntrepriseFactory, RattachementFactory, StructureFactory
from tests.heures.api.porte import Porte, fautes, refus

LE_15 = datetime.datetime(2025, 12, 15, 12, tzinfo=datetime.UTC)
QUI = {"courriel": "camille@exemple.invalid", "nom": "Fictif", "prenom": "Camille"}


@pytest.fixture(autouse=True)
def horloge() -> Any:
    with time_machine.travel(LE_15, tick=False):
        yield


@pytest.fixture
def structure() -> Any:
    return StructureFactory()


@pytest.fixture
def porte(structure: Any) -> Porte:
    return Porte(structure, Role.RESPONSABLE)


@pytest.fixture
def inviter(porte: Porte, django_capture_on_commit_callbacks: Any) -> Any:
    """Envoie une invitation, courriel compris."""

    def envoyer(chemin: str = "invitations/", corps: Any = None, **entetes: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return porte.poster(chemin, QUI | corps if corps is not None else {}, **entetes)

    return envoyer


def test_un_agent_s_invite_et_son_lien_n_est_que_dans_le_courriel(porte: Porte, inviter: Any, mailoutbox: Any) -> None:
    reponse = inviter(corps={"role": "LECTEUR"})
    assert reponse.status_code == 201, reponse.content
    invitation = Invitation.objects.get()
    assert reponse["Location"].endswith(f"/api/v1/invitations/{invitation.pk}/")
    (courriel,) = mailoutbox
    assert courriel.to == [QUI["courriel"]]
    assert "http://testserver/compte/invitation/" in courriel.body
    lu = porte.lire(f"acces/{invitation.rattachement_id}/").json()
    assert (lu["etat"], lu["role"], lu["courriel"], lu["nom"]) == ("INVITE", "LECTEUR", QUI["courriel"], "Fictif")
    assert lu["invite_jusqu_au"] == "2025-12-22T13:00:00+01:00"
    lus = reponse.content + porte.lire("invitations/").content + porte.lire("acces/").content
    assert invitation.secret.encode() not in lus
    assert porte.journal("ECRITURE")[-1][0] == "inviter"


@pytest.mark.parametrize(("cle", "fabrique"), [("acheteur", AcheteurFactory), ("entreprise", EntrepriseFactory)])
def test_un_partenaire_s_invite_dans_son_espace(porte: Porte, inviter: Any, cle: str, fabrique: Any) -> None:
    organisation = fabrique()
    creee = inviter(corps={cle: organisation.pk}).json()
    (lu,) = porte.lus(f"acces/?{cle}={organisation.pk}")
    assert (lu["id"], lu[cle], lu["organisation"], lu["role"]) == (
        creee["acces"], organisation.pk, str(organisation), cle.upper(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({}, None, "un seul accès"),
        ({"role": "LECTEUR", "acheteur": 1}, "acheteur", "Aucune fiche"),
        ({"acheteur": None}, None, "un seul accès"),
        ({"role": "ACHETEUR"}, "role", "Codes : FACILITATEUR, RESPONSABLE, LECTEUR, FINANCEUR"),
        ({"role": "LECTEUR", "courriel": "x"}, "courriel", "adresse"),
        ({"role": "LECTEUR", "secret": "x"}, "secret", "ne s’écrit pas"),
    ],
)
def test_une_invitation_mal_ecrite_se_dit(
    porte: Porte, inviter: Any, mailoutbox: Any, corps: Any, champ: str | None, phrase: str
) -> None:
    assert phrase in fautes(inviter(corps=corps))[champ].replace("\u00a0", " ")
    assert not Invitation.objects.exists()
    assert not Utilisateur.objects.filter(email=QUI["courriel"]).exists()
    assert mailoutbox == []


def test_dire_deux_acces_se_refuse(inviter: Any) -> None:
    assert "un seul accès" in fautes(inviter(corps={"role": "LECTEUR", "acheteur": AcheteurFactory().pk}))[None]


def test_inviter_deux_fois_est_refuse_et_redire_rend_la_meme(porte: Porte, inviter: Any, mailoutbox: Any) -> None:
    clef = {"Idempotency-Key": "invitation-1"}
    premiere = inviter(corps={"role": "LECTEUR"}, **clef)
    redite = inviter(corps={"role": "LECTEUR"}, **clef)
    assert (redite.status_code, redite.json(), redite["Idempotency-Replayed"]) == (201, premiere.json(), "true")
    assert "attend déjà" in refus(inviter(corps={"role": "LECTEUR"}))
    assert len(mailoutbox) == 1


def test_renvoyer_remplace_l_invitation_et_retirer_l_annule(porte: Porte, inviter: Any, mailoutbox: Any) -> None:
    premiere = inviter(corps={"role": "LECTEUR"}).json()
    seconde = inviter(f"acces/{premiere['acces']}/renvoyer/").json()
    assert seconde["id"] != premiere["id"]
    assert [i["id"] for i in porte.lus("invitations/?en_attente=true")] == [seconde["id"]]
    assert [i["id"] for i in porte.lus("invitations/?en_attente=false")] == [premiere["id"]]
    assert len(mailoutbox) == 2
    assert porte.poster(f"acces/{premiere['acces']}/retirer/", {}).json()["etat"] == "ANNULEE"
    assert porte.lus("invitations/?en_attente=true") == []


def test_retirer_ferme_l_acces_et_pas_le_sien(porte: Porte, structure: Any) -> None:
    agent = RattachementFactory(structure=structure)
    assert porte.poster(f"acces/{agent.pk}/retirer/", {}).json()["etat"] == "FERME"
    assert not Rattachement.objects.get(pk=agent.pk).est_actif
    assert porte.journal("ECRITURE") == [("retirer de la structure", str(agent.pk), 1)]
    assert "pas soi-même" in refus(porte.poster(f"acces/{porte.rattachement.pk}/retirer/", {}))
    assert "déjà ouvert" in refus(porte.poster(f"acces/{porte.rattachement.pk}/renvoyer/", {}))
    assert "ne s’écrit pas" in fautes(porte.poster(f"acces/{agent.pk}/retirer/", {"motif": "x"}))["motif"]


def test_une_integration_n_est_pas_un_acces_de_personne(porte: Porte, structure: Any) -> None:
    integration = RattachementFactory(structure=structure, integration=True)
    assert [un["id"] for un in porte.lus("acces/")] == [porte.rattachement.pk]
    assert porte.poster(f"acces/{integration.pk}/retirer/", {}).status_code == 404


def test_les_acces_se_filtrent(porte: Porte, structure: Any) -> None:
    ferme = RattachementFactory(structure=structure, lecteur=True, est_actif=False)
    assert [un["id"] for un in porte.lus("acces/?est_actif=false")] == [ferme.pk]
    assert [un["id"] for un in porte.lus("acces/?role=RESPONSABLE")] == [porte.rattachement.pk]


@pytest.mark.parametrize("role", [Role.FACILITATEUR, Role.LECTEUR, Role.FINANCEUR])
def test_les_acces_ne_sont_qu_a_qui_gere_la_structure(structure: Any, role: Role) -> None:
    porte = Porte(structure, role)
    for chemin in ("acces/", "invitations/"):
        assert porte.lire(chemin).status_code == 403
    assert porte.poster("invitations/", QUI | {"role": "LECTEUR"}).status_code == 403
    assert porte.poster(f"acces/{porte.rattachement.pk}/retirer/", {}).status_code == 403
    assert not Invitation.objects.exists()


def test_l_acces_d_une_autre_structure_n_existe_pas(porte: Porte) -> None:
    ailleurs = RattachementFactory()
    for geste in ("", "retirer/", "renvoyer/"):
        chemin = f"acces/{ailleurs.pk}/{geste}"
        assert (porte.poster(chemin, {}) if geste else porte.lire(chemin)).status_code == 404
    assert Rattachement.objects.get(pk=ailleurs.pk).est_actif
