"""Préparer un courriel : à qui, avec quel texte, quelle trace ; un serveur en panne ne perd rien."""

from __future__ import annotations

import datetime
import re
import smtplib
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from entreprises.models import Contact
from heures import actions
from heures.actions import envois
from heures.enums import NatureEnvoi, StatutEnvoi
from heures.liens import demande_du_jeton
from heures.models import DemandeReleve, Envoi, Releve
from tests.factories import EngagementFactory, ReleveFactory, StructureFactory, acteur
from tests.factories_releves import ContactFactory, DemandeReleveFactory, ModeleCourrielFactory

RACINE = "https://clauses.exemple.invalid/"


@pytest.fixture
def releve() -> Releve:
    return ReleveFactory(echeance=datetime.date(2025, 4, 10), engagement__clause__lot__marche__reference="REF-1")


@pytest.fixture
def agent(releve):
    return acteur(releve.structure)


@pytest.fixture
def contact(releve) -> Contact:
    return ContactFactory(
        structure=releve.structure, entreprise=releve.engagement.entreprise, courriel="a@ent.invalid"
    )


@pytest.fixture
def preparer(releve, agent, django_capture_on_commit_callbacks):
    def faire(nature=NatureEnvoi.DEMANDE, details="", par=None):
        with django_capture_on_commit_callbacks(execute=True):
            envoi = actions.preparer(releve, nature=nature, par=par or agent, adresse=RACINE, details=details)
        envoi.refresh_from_db()
        return envoi

    return faire


def jeton_de(corps: str) -> str:
    return next(ligne for ligne in corps.splitlines() if ligne.startswith(RACINE)).rstrip("/").rsplit("/", 1)[1]


def test_le_courriel_part_au_contact_qui_recoit_les_demandes(preparer, contact, mailoutbox):
    envoi = preparer()
    assert (envoi.statut, envoi.destinataire) == (StatutEnvoi.ENVOYE, "a@ent.invalid")
    assert [m.to for m in mailoutbox] == [["a@ent.invalid"]]
    assert mailoutbox[0].subject == "Heures d’insertion de mars 2025 : votre relevé"
    assert "REF-1" in mailoutbox[0].body
    assert "10/04/2025" in mailoutbox[0].body


def test_le_lien_du_courriel_ouvre_le_releve_et_n_est_garde_nulle_part(preparer, contact, mailoutbox, releve):
    envoi = preparer()
    jeton = jeton_de(mailoutbox[0].body)
    assert demande_du_jeton(jeton).releve == releve
    assert "[lien personnel]" in envoi.corps
    assert jeton not in envoi.corps
    secret = DemandeReleve.objects.get().secret
    traces = str(list(EcritureJournal.objects.values_list("avant", "apres", "objet_id")))
    assert secret not in traces
    assert "a@ent.invalid" not in traces


@pytest.mark.parametrize("ecarte", [{"est_actif": False}, {"recoit_demandes": False}])
def test_un_contact_inactif_ou_qui_ne_recoit_pas_les_demandes_est_ecarte(preparer, contact, ecarte):
    Contact.objects.update(**ecarte)
    with pytest.raises(ActionImpossible, match="rubrique « Contacts »"):
        preparer()
    assert not Envoi.objects.exists()


def test_le_contact_d_une_autre_structure_n_est_jamais_joint(preparer, releve):
    ContactFactory(structure=StructureFactory(), entreprise=releve.engagement.entreprise)
    with pytest.raises(ActionImpossible, match="Aucun contact"):
        preparer()


def test_a_defaut_de_contact_la_demande_en_vigueur_dit_a_qui_ecrire(preparer, releve):
    demande = DemandeReleveFactory(releve=releve, destinataire="ancien@ent.invalid")
    assert preparer().destinataire == "ancien@ent.invalid"
    assert DemandeReleve.objects.get() == demande


def test_un_contact_change_ferme_le_lien_de_l_ancien(preparer, releve, contact):
    ancienne = DemandeReleveFactory(releve=releve, destinataire="ancien@ent.invalid")
    preparer()
    ancienne.refresh_from_db()
    assert ancienne.revoquee_le is not None
    assert DemandeReleve.objects.get(revoquee_le=None).destinataire == "a@ent.invalid"


def test_le_modele_de_la_structure_remplace_le_texte_d_origine(preparer, contact, releve, mailoutbox):
    ModeleCourrielFactory(structure=releve.structure, objet="Vos heures de {mois}", corps="Voici : {lien}")
    ModeleCourrielFactory(objet="D’une autre structure")
    preparer()
    assert mailoutbox[0].subject == "Vos heures de mars 2025"
    assert mailoutbox[0].body.startswith("Voici : https://clauses.exemple.invalid/releve/")


def test_les_details_sont_dans_le_corps_jamais_dans_l_objet(preparer, contact, mailoutbox):
    preparer(NatureEnvoi.COMPLEMENT, details="La feuille de DURAND Zoé manque.")
    assert "DURAND Zoé" in mailoutbox[0].body
    assert "DURAND" not in mailoutbox[0].subject


@pytest.mark.parametrize(
    ("panne", "raison"),
    [
        (ConnectionRefusedError(111), "ne répond pas"),
        (TimeoutError(), "ne répond pas"),
        (smtplib.SMTPRecipientsRefused({"a@ent.invalid": (550, b"inconnu")}), "refuse cette adresse"),
        (smtplib.SMTPDataError(554, b"a@ent.invalid"), r"erreur \(554\)"),
    ],
)
def test_un_envoi_rate_garde_sa_raison_sans_adresse_et_se_renvoie(
    preparer, contact, agent, mailoutbox, panne, raison, django_capture_on_commit_callbacks
):
    with mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=panne):
        envoi = preparer()
    assert envoi.statut == StatutEnvoi.ECHEC
    assert re.search(raison, envoi.erreur)
    assert "a@ent.invalid" not in envoi.erreur
    with django_capture_on_commit_callbacks(execute=True):
        actions.renvoyer(envoi, par=agent, adresse=RACINE)
    envoi.refresh_from_db()
    assert (envoi.statut, envoi.erreur) == (StatutEnvoi.ENVOYE, "")
    assert demande_du_jeton(jeton_de(mailoutbox[0].body)) is not None


def test_un_courriel_parti_ne_se_renvoie_pas(preparer, contact, agent):
    with pytest.raises(ActionImpossible, match="déjà parti"):
        actions.renvoyer(preparer(), par=agent, adresse=RACINE)


def test_rien_ne_part_si_la_transaction_est_abandonnee(releve, contact, agent, mailoutbox):
    actions.preparer(releve, nature=NatureEnvoi.DEMANDE, par=agent, adresse=RACINE)
    assert Envoi.objects.get().statut == StatutEnvoi.A_ENVOYER
    assert mailoutbox == []


def test_un_lot_ecrit_une_fois_a_chaque_adresse_et_dit_ce_qui_est_impossible(
    releve, contact, agent, mailoutbox, django_capture_on_commit_callbacks
):
    entreprise = releve.engagement.entreprise
    second = ReleveFactory(
        engagement=EngagementFactory(
            entreprise=entreprise,
            clause__lot__marche__structure=releve.structure,
            clause__lot__marche__reference="REF-2",
        )
    )
    orphelin = ReleveFactory(engagement__clause__lot__marche__structure=releve.structure)
    with django_capture_on_commit_callbacks(execute=True):
        lot = actions.preparer_lot([releve, second, orphelin], nature=NatureEnvoi.DEMANDE, par=agent, adresse=RACINE)
    assert (len(lot.envois), lot.nombre_courriels) == (2, 1)
    assert [(refuse, "Aucun contact" in phrase) for refuse, phrase in lot.refus] == [(orphelin, True)]
    assert mailoutbox[0].body.count(f"{RACINE}releve/") == 2
    assert "REF-1" in mailoutbox[0].body
    assert "REF-2" in mailoutbox[0].body
    assert set(Envoi.objects.values_list("statut", flat=True)) == {StatutEnvoi.ENVOYE}


def lot_de_trois(releve, agent) -> list[Releve]:
    """Trois relevés de trois entreprises, chacune à son adresse."""
    marche = {"clause__lot__marche__structure": releve.structure}
    releves = [releve, *(ReleveFactory(engagement=EngagementFactory(**marche)) for _ in range(2))]
    for rang, un in enumerate(releves):
        ContactFactory(
            structure=releve.structure, entreprise=un.engagement.entreprise, courriel=f"c{rang}@ent.invalid"
        )
    return releves


def envoyer_lot(releves, agent, capture) -> list[Envoi]:
    with capture(execute=True):
        actions.preparer_lot(releves, nature=NatureEnvoi.DEMANDE, par=agent, adresse=RACINE)
    return list(Envoi.objects.order_by("pk"))


def test_un_serveur_trop_lent_laisse_la_suite_a_renvoyer_d_un_geste(
    releve, agent, mailoutbox, monkeypatch, django_capture_on_commit_callbacks
):
    releves = lot_de_trois(releve, agent)
    instants = iter([0, 1, envois.DUREE_D_UN_LOT + 1])
    with monkeypatch.context() as patience:
        patience.setattr(envois.time, "monotonic", lambda: next(instants))
        premier, *suite = envoyer_lot(releves, agent, django_capture_on_commit_callbacks)
    assert (premier.statut, len(mailoutbox)) == (StatutEnvoi.ENVOYE, 1)
    assert {(envoi.statut, envoi.erreur) for envoi in suite} == {(StatutEnvoi.ECHEC, envois.TROP_LENT)}
    with django_capture_on_commit_callbacks(execute=True):
        lot = actions.renvoyer_lot([premier, *suite], par=agent, adresse=RACINE)
    assert lot.nombre_courriels == 2
    assert [(refuse, "déjà parti" in raison) for refuse, raison in lot.refus] == [(releve, True)]
    assert [m.to for m in mailoutbox] == [["c0@ent.invalid"], ["c1@ent.invalid"], ["c2@ent.invalid"]]
    assert set(Envoi.objects.values_list("statut", flat=True)) == {StatutEnvoi.ENVOYE}


def test_un_lot_ouvre_une_seule_connexion(releve, agent, mailoutbox, django_capture_on_commit_callbacks):
    releves = lot_de_trois(releve, agent)
    with mock.patch.object(envois, "get_connection", wraps=envois.get_connection) as connexions:
        envoyer_lot(releves, agent, django_capture_on_commit_callbacks)
    assert (connexions.call_count, len(mailoutbox)) == (1, 3)


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_qui_ne_saisit_pas_n_ecrit_pas_aux_entreprises(preparer, releve, contact, role):
    with pytest.raises(PermissionDenied):
        preparer(par=acteur(releve.structure, role))


def test_le_releve_d_une_autre_structure_est_introuvable(preparer, contact):
    with pytest.raises(ActionImpossible, match="n’existe plus"):
        preparer(par=acteur(StructureFactory()))
