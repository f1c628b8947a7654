"""Demandes de relevé et courriels par l’API : demander, relancer, révoquer, renouveler, renvoyer ; jamais le lien."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.core import mail

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures.liens import jeton
from heures.models import DemandeReleve, Envoi, Releve
from tests.factories import EngagementFactory, ReleveFactory
from tests.factories_releves import ContactFactory, DemandeReleveFactory, EnvoiFactory
from tests.heures.api.porte import Porte, fautes, refus

ENVOYER = "demandes-de-releve/envoyer/"


@pytest.fixture
def engagement(structure: Any) -> Any:
    engagement = EngagementFactory(clause__lot__marche__structure=structure)
    ContactFactory(structure=structure, entreprise=engagement.entreprise, courriel="paie@a.invalid")
    return engagement


@pytest.fixture
def releve(engagement: Any) -> Any:
    return ReleveFactory(engagement=engagement, mois="2025-11-01")


def demander(porte: Porte, *engagements: Any, **champs: Any) -> Any:
    corps = {"mois": "2025-11", "engagements": [e.pk for e in engagements], **champs}
    return porte.poster(ENVOYER, corps)


def test_un_lot_part_et_chaque_refus_nomme_son_engagement(
    porte: Porte, structure: Any, engagement: Any, django_capture_on_commit_callbacks: Any
) -> None:
    muet = EngagementFactory(clause__lot__marche__structure=structure)
    with django_capture_on_commit_callbacks(execute=True):
        reponse = demander(porte, engagement, muet)
    assert reponse.status_code == 200, reponse.content
    lot = reponse.json()
    (envoi,) = lot["envois"]
    assert (envoi["engagement"], envoi["mois"], envoi["destinataire"]) == (engagement.pk, "2025-11", "paie@a.invalid")
    assert lot["nombre_courriels"] == 1
    assert [r["engagement"] for r in lot["refus"]] == [muet.pk]
    assert "ne reçoit les demandes" in lot["refus"][0]["raison"]
    assert Envoi.objects.get().statut == "ENVOYE"
    (courriel,) = mail.outbox
    demande = DemandeReleve.objects.get()
    assert jeton(demande) in courriel.body
    rendus = [reponse, porte.lire("demandes-de-releve/"), porte.lire(f"demandes-de-releve/{demande.pk}/")]
    rendus += [porte.lire("envois/"), porte.lire(f"envois/{envoi['id']}/")]
    assert all(demande.secret not in rendu.content.decode() for rendu in rendus)


def test_une_relance_vient_a_son_tour(porte: Porte, engagement: Any) -> None:
    assert "demander d’abord" in demander(porte, engagement, nature="RELANCE_1").json()["refus"][0]["raison"]
    assert len(demander(porte, engagement).json()["envois"]) == 1
    assert "Déjà demandé" in demander(porte, engagement).json()["refus"][0]["raison"]
    assert len(demander(porte, engagement, nature="RELANCE_1").json()["envois"]) == 1
    assert Releve.objects.get().nombre_relances == 1
    assert [e.nature for e in Envoi.objects.order_by("pk")] == ["DEMANDE", "RELANCE_1"]


def test_un_lot_mal_ecrit_ne_demande_rien(porte: Porte, engagement: Any) -> None:
    assert "RELANCE_2" in fautes(demander(porte, engagement, nature="REFUS"))["nature"]
    assert "engagements" in fautes(demander(porte))
    assert "que vous puissiez voir" in fautes(demander(porte, EngagementFactory()))["engagements"]
    assert "mois" in fautes(demander(porte, engagement, mois="novembre"))
    assert not Releve.objects.exists()
    assert not Envoi.objects.exists()


def test_le_mois_dit_le_prochain_geste_de_chaque_releve(porte: Porte, structure: Any, engagement: Any) -> None:
    muet = EngagementFactory(clause__lot__marche__structure=structure)
    demander(porte, engagement)
    lu = porte.lire("demandes-de-releve/du-mois/").json()
    par_engagement = {releve["engagement"]: releve for releve in lu["releves"]}
    assert lu["mois"] == "2025-11"
    assert (par_engagement[muet.pk]["suite"], par_engagement[muet.pk]["joindre"]) == ("A_DEMANDER", "")
    demande = DemandeReleve.objects.get()
    assert (par_engagement[engagement.pk]["suite"], par_engagement[engagement.pk]["demande"]) == (
        "RELANCE_1", demande.pk,
    )  # fmt: skip
    assert ("ouvrir les demandes du mois", "", 1) in porte.journal()
    assert "mois" in fautes(porte.lire("demandes-de-releve/du-mois/?mois=9999-12"))


def test_lire_une_demande_ne_passe_pas_pour_l_ouverture_du_lien(porte: Porte, engagement: Any) -> None:
    demander(porte, engagement)
    demande = DemandeReleve.objects.get()
    porte.lire(f"demandes-de-releve/{demande.pk}/")
    (lu,) = porte.lire("demandes-de-releve/du-mois/?mois=2025-11").json()["releves"]
    assert lu["ouvert_le"] is None
    assert ("lire des demandes de relevé", "", 1) in porte.journal()


def test_un_lien_se_revoque_une_fois(porte: Porte, releve: Any) -> None:
    demande = DemandeReleveFactory(releve=releve)
    chemin = f"demandes-de-releve/{demande.pk}/revoquer/"
    assert porte.poster(chemin, {}).json()["revoquee_le"] is not None
    assert "déjà révoqué" in refus(porte.poster(chemin, {}))
    assert porte.journal("ECRITURE") == [("révoquer un lien de relevé", str(demande.pk), 1)]
    assert porte.lus("demandes-de-releve/?en_vigueur=true") == []
    assert [d["id"] for d in porte.lus("demandes-de-releve/?en_vigueur=false&deposee=false")] == [demande.pk]


def test_un_lien_se_renouvelle_tant_que_le_releve_est_attendu(porte: Porte, releve: Any) -> None:
    demande = DemandeReleveFactory(releve=releve, destinataire="paie@a.invalid")
    chemin = f"demandes-de-releve/{demande.pk}/renouveler/"
    envoi = porte.poster(chemin, {}).json()
    assert (envoi["releve"], envoi["nature"]) == (releve.pk, "DEMANDE")
    assert DemandeReleve.objects.filter(revoquee_le=None).exclude(pk=demande.pk).count() == 1
    Releve.objects.filter(pk=releve.pk).update(statut="VALIDE")
    assert "n’attend plus rien" in refus(porte.poster(chemin, {}))
    assert Envoi.objects.count() == 1


def test_un_courriel_rate_se_renvoie_et_un_courriel_parti_non(porte: Porte, releve: Any) -> None:
    rate = EnvoiFactory(releve=releve, statut="ECHEC", erreur="Le serveur ne répond pas.", destinataire="b@b.invalid")
    assert (porte.lus("envois/?statut=ECHEC&mois=2025-11")[0]["erreur"]) == "Le serveur ne répond pas."
    lu = porte.poster(f"envois/{rate.pk}/renvoyer/", {}).json()
    assert (lu["statut"], lu["erreur"], lu["version"]) == ("A_ENVOYER", "", 2)
    parti = EnvoiFactory(releve=releve)
    assert "déjà parti" in refus(porte.poster(f"envois/{parti.pk}/renvoyer/", {}))
    assert Envoi.objects.get(pk=parti.pk).version == 1


def test_les_echecs_d_un_mois_se_renvoient_ensemble(
    porte: Porte, releve: Any, django_capture_on_commit_callbacks: Any
) -> None:
    rate = EnvoiFactory(releve=releve, statut="ECHEC", erreur="Panne.")
    with django_capture_on_commit_callbacks(execute=True):
        lot = porte.poster("envois/renvoyer-echecs/", {"mois": "2025-11"}).json()
    assert ([e["id"] for e in lot["envois"]], lot["nombre_courriels"], lot["refus"]) == ([rate.pk], 1, [])
    assert Envoi.objects.get().statut == "ENVOYE"
    assert porte.poster("envois/renvoyer-echecs/", {"mois": "2025-11"}).json()["nombre_courriels"] == 0


def test_un_courriel_en_panne_ne_casse_pas_la_reponse(
    porte: Porte, engagement: Any, django_capture_on_commit_callbacks: Any
) -> None:
    panne = mock.patch("heures.actions.envois.get_connection", side_effect=None)
    with panne as connexion, django_capture_on_commit_callbacks(execute=True):
        connexion.return_value.open.side_effect = OSError
        assert demander(porte, engagement).status_code == 200
    assert Envoi.objects.get().statut == "ECHEC"


def test_le_lecteur_lit_et_ne_demande_rien(en: Any, engagement: Any, releve: Any) -> None:
    lecteur = en(Role.LECTEUR)
    demande = DemandeReleveFactory(releve=releve)
    assert lecteur.lire("demandes-de-releve/du-mois/").status_code == 200
    for chemin in (ENVOYER, f"demandes-de-releve/{demande.pk}/revoquer/", "envois/renvoyer-echecs/"):
        assert lecteur.poster(chemin, {}).status_code == 403, chemin
    assert not EcritureJournal.objects.filter(nature="ECRITURE").exists()


def test_ce_qui_est_a_une_autre_structure_n_existe_pas(porte: Porte) -> None:
    autre, courriel = DemandeReleveFactory(), EnvoiFactory(statut="ECHEC", erreur="Panne.")
    for chemin in ("revoquer", "renouveler"):
        assert porte.poster(f"demandes-de-releve/{autre.pk}/{chemin}/", {}).status_code == 404
    assert porte.poster(f"envois/{courriel.pk}/renvoyer/", {}).status_code == 404
    assert porte.lus("envois/") == porte.lus("demandes-de-releve/") == []
