"""Demander, relancer, révoquer, renouveler : chacun son tour, un courriel par adresse, ce qui échoue est dit."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Structure
from clauses.socle.erreurs import ActionImpossible
from entreprises.models import Contact
from heures import actions
from heures.a_faire import relances_a_faire
from heures.enums import NatureEnvoi, StatutEnvoi, StatutReleve
from heures.liens import adresse_du_lien, demande_du_jeton, jeton
from heures.models import DemandeReleve, Envoi, Releve
from heures.relances import Etape
from heures.suivi_demandes import sections
from heures.taches import regarder
from marches.models import Engagement
from tests.factories import EngagementFactory, RattachementFactory, StructureFactory, acteur
from tests.factories_releves import ContactFactory, EnvoiFactory
from tests.heures.depots import NOVEMBRE

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
RACINE = "http://testserver/"
JOUR = datetime.date(2025, 12, 15)


@pytest.fixture
def rattachement():
    return RattachementFactory()


@pytest.fixture
def structure(rattachement) -> Structure:
    return rattachement.structure


@pytest.fixture
def agent(rattachement):
    return rattachement.acteur()


@pytest.fixture
def client(client: Client, rattachement) -> Client:
    client.force_login(rattachement.utilisateur)
    return client


@pytest.fixture
def engagement(structure) -> Engagement:
    return creer(structure, "contact@a.invalid")


def creer(structure: Structure, courriel: str = "", **champs: object) -> Engagement:
    engagement = EngagementFactory(clause__lot__marche__structure=structure, **champs)
    if courriel and not Contact.objects.filter(structure=structure, entreprise=engagement.entreprise).exists():
        ContactFactory(structure=structure, entreprise=engagement.entreprise, courriel=courriel)
    return engagement


def demander(engagement, agent, nature=NatureEnvoi.DEMANDE, mois=NOVEMBRE) -> Envoi:
    return actions.demander(engagement, mois=mois, nature=nature, par=agent, adresse=RACINE)


def le(jour: datetime.date):
    return time_machine.travel(datetime.datetime.combine(jour, datetime.time(12), datetime.UTC), tick=False)


# --- Demander --------------------------------------------------------------------------------------------------------


def test_demander_ouvre_le_releve_son_echeance_et_son_lien(engagement, agent):
    envoi = demander(engagement, agent)
    releve = Releve.objects.get()
    assert (releve.mois, releve.statut, releve.echeance) == (
        NOVEMBRE,
        StatutReleve.ATTENDU,
        datetime.date(2025, 12, 22),
    )
    demande = DemandeReleve.objects.get()
    assert demande.valable_jusqu_au == datetime.datetime(2026, 2, 13, 12, tzinfo=datetime.UTC)
    assert len(demande.secret) == 32
    assert (envoi.releve, envoi.nature) == (releve, NatureEnvoi.DEMANDE)
    assert demande_du_jeton(jeton(demande)) == demande


def test_deux_demandes_n_ont_jamais_le_meme_lien(structure, agent):
    demander(creer(structure, "a@a.invalid"), agent)
    demander(creer(structure, "b@b.invalid"), agent)
    assert len({demande.secret for demande in DemandeReleve.objects.all()}) == 2


@pytest.mark.parametrize(
    ("mois", "phrase"),
    [
        (datetime.date(2026, 1, 1), "n’est pas commencé"),
        (datetime.date(2024, 12, 1), "précède le début de l’engagement, le 01/01/2025"),
    ],
)
def test_un_mois_a_venir_ou_hors_de_l_engagement_ne_se_demande_pas(engagement, agent, mois, phrase):
    with pytest.raises(ActionImpossible, match=phrase):
        demander(engagement, agent, mois=mois)
    assert not Releve.objects.exists()


def test_un_marche_clos_un_releve_recu_ou_deja_demande_ne_se_demande_pas(structure, agent):
    clos = creer(structure, "a@a.invalid", clause__lot__marche__statut="SOLDE")
    with pytest.raises(ActionImpossible, match="Ce marché est soldé"):
        demander(clos, agent)
    recu = creer(structure, "b@b.invalid")
    actions.declarer_neant(recu, mois=NOVEMBRE, par=agent)
    with pytest.raises(ActionImpossible, match="n’est plus attendu : néant"):
        demander(recu, agent)
    deja = creer(structure, "c@c.invalid")
    demander(deja, agent)
    with pytest.raises(ActionImpossible, match="Déjà demandé le 15/12/2025"):
        demander(deja, agent)


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR, Role.ENTREPRISE])
def test_demander_exige_le_droit_de_saisir(engagement, structure, role):
    qui = {"entreprise": engagement.entreprise} if role == Role.ENTREPRISE else {}
    with pytest.raises(PermissionDenied):
        demander(engagement, acteur(structure, role, **qui))


def test_l_engagement_d_une_autre_structure_est_introuvable(engagement):
    with pytest.raises(ActionImpossible, match="n’existe plus"):
        demander(engagement, acteur(StructureFactory()))


# --- Relancer --------------------------------------------------------------------------------------------------------


def test_les_relances_se_font_chacune_a_son_tour(engagement, agent):
    with pytest.raises(ActionImpossible, match="demander d’abord"):
        demander(engagement, agent, NatureEnvoi.RELANCE_1)
    demander(engagement, agent)
    with pytest.raises(ActionImpossible, match="aucune relance n’est faite"):
        demander(engagement, agent, NatureEnvoi.RELANCE_2)
    demander(engagement, agent, NatureEnvoi.RELANCE_1)
    assert Releve.objects.get().nombre_relances == 1
    with pytest.raises(ActionImpossible, match="la relance 1 est déjà faite"):
        demander(engagement, agent, NatureEnvoi.RELANCE_1)
    demander(engagement, agent, NatureEnvoi.RELANCE_2)
    assert Releve.objects.get().nombre_relances == 2
    assert DemandeReleve.objects.count() == 1


def test_une_relance_sans_personne_a_joindre_ne_compte_pas(engagement, agent):
    demander(engagement, agent)
    actions.revoquer(DemandeReleve.objects.get(), par=agent)
    Contact.objects.update(est_actif=False)
    with pytest.raises(ActionImpossible, match="demander d’abord"):
        demander(engagement, agent, NatureEnvoi.RELANCE_1)
    assert Releve.objects.get().nombre_relances == 0


def test_relancer_apres_l_echeance_du_lien_en_donne_un_neuf(engagement, agent):
    demander(engagement, agent)
    ancienne = DemandeReleve.objects.get()
    with le(datetime.date(2026, 3, 1)):
        demander(engagement, agent, NatureEnvoi.RELANCE_1)
        ancienne.refresh_from_db()
        assert ancienne.revoquee_le is not None
        assert demande_du_jeton(jeton(DemandeReleve.objects.get(revoquee_le=None))) is not None


def test_renouveler_ferme_l_ancien_lien_et_en_envoie_un_autre(
    engagement, agent, mailoutbox, django_capture_on_commit_callbacks
):
    demander(engagement, agent)
    ancienne = DemandeReleve.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        actions.renouveler(ancienne, par=agent, adresse=RACINE)
    neuve = DemandeReleve.objects.get(revoquee_le=None)
    assert demande_du_jeton(jeton(ancienne)) is None
    assert adresse_du_lien(neuve, RACINE) in mailoutbox[0].body


def test_sans_contact_renouveler_garde_l_adresse_de_l_ancien_lien(engagement, agent):
    demander(engagement, agent)
    Contact.objects.update(est_actif=False)
    envoi = actions.renouveler(DemandeReleve.objects.get(), par=agent, adresse=RACINE)
    assert envoi.destinataire == "contact@a.invalid"


def test_un_releve_valide_ne_se_renouvelle_pas(engagement, agent):
    demander(engagement, agent)
    Releve.objects.update(statut=StatutReleve.VALIDE)
    with pytest.raises(ActionImpossible, match="n’attend plus rien"):
        actions.renouveler(DemandeReleve.objects.get(), par=agent, adresse=RACINE)
    assert DemandeReleve.objects.get().revoquee_le is None


def test_un_lien_se_revoque_une_fois(engagement, agent):
    demander(engagement, agent)
    actions.revoquer(DemandeReleve.objects.get(), par=agent)
    with pytest.raises(ActionImpossible, match="déjà révoqué"):
        actions.revoquer(DemandeReleve.objects.get(), par=agent)


# --- La page et le lot -----------------------------------------------------------------------------------------------


def etapes(agent, jour=JOUR) -> dict[Etape, list[Engagement]]:
    return {s.etape: [r.engagement for r in s.rangees] for s in sections(NOVEMBRE, le=jour, par=agent)}


def test_chaque_engagement_attendu_est_range_a_son_etape(structure, agent):
    a_demander, demande, relance, recu = (creer(structure, f"{n}@a.invalid") for n in range(4))
    creer(structure, "clos@a.invalid", clause__lot__marche__statut="SOLDE")
    creer(structure, "avant@a.invalid", date_fin=datetime.date(2025, 10, 31))
    demander(demande, agent)
    demander(relance, agent)
    demander(relance, agent, NatureEnvoi.RELANCE_1)
    actions.declarer_neant(recu, mois=NOVEMBRE, par=agent)
    assert etapes(agent) == {
        Etape.A_DEMANDER: [a_demander],
        Etape.RELANCE_1: [demande],
        Etape.RELANCE_2: [relance],
        Etape.RECU: [recu],
    }


def test_les_relances_dues_sont_proposees_avec_leur_date(engagement, agent):
    demander(engagement, agent)
    (avant,), (apres,) = (
        [r for s in sections(NOVEMBRE, le=jour, par=agent) for r in s.rangees]
        for jour in (datetime.date(2025, 12, 26), datetime.date(2025, 12, 27))
    )
    assert avant.suite.prevue_le == datetime.date(2025, 12, 27)
    assert (avant.est_cochee, apres.est_cochee) == (False, True)


def test_une_demande_n_est_proposee_que_si_quelqu_un_est_a_joindre(structure, agent):
    creer(structure)
    (section,) = sections(NOVEMBRE, le=JOUR, par=agent)
    assert [rangee.est_cochee for rangee in section.rangees] == [False]


def test_la_page_dit_ouvert_puis_depose(client, engagement, agent):
    demander(engagement, agent)
    demande = DemandeReleve.objects.get()
    lien = adresse_du_lien(demande, "")
    assert "Demandé le 15/12/2025" in client.get(reverse("heures:demandes")).content.decode()
    Client().get(lien)
    assert "Ouvert le 15/12/2025, non déposé" in client.get(reverse("heures:demandes")).content.decode()
    Client().post(lien, {"version": 1, "ajouts": 1, "neant": "on", "deposant": "Léa"})
    page = client.get(reverse("heures:demandes")).content.decode()
    assert "Déposé le 15/12/2025" in page
    assert "néant" in page


def test_un_lot_envoie_et_dit_ce_qui_est_impossible(
    client, structure, agent, mailoutbox, django_capture_on_commit_callbacks
):
    premier = creer(structure, "meme@a.invalid")
    second = creer(structure, entreprise=premier.entreprise)
    sans_contact = creer(structure, entreprise__raison_sociale="Sans Contact")
    ailleurs = creer(StructureFactory(), "b@b.invalid")
    envoi = {
        "mois": "2025-11",
        "nature": "DEMANDE",
        "engagement": [premier.pk, second.pk, sans_contact.pk, ailleurs.pk],
    }
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(reverse("heures:demandes_envoyer"), envoi)
    assert reponse.headers["Location"] == f"{reverse('heures:demandes')}?mois=2025-11"
    page = client.get(reponse.headers["Location"]).content.decode()
    assert "2 relevés demandés, en 1 courriel." in page
    assert "Aucun contact de Sans Contact" in page
    assert len(mailoutbox) == 1
    assert not DemandeReleve.objects.filter(releve__engagement=ailleurs).exists()


@pytest.mark.parametrize(
    ("envoi", "phrase"),
    [
        ({"mois": "2025-11", "nature": "DEMANDE"}, "Cochez au moins un engagement."),
        ({"mois": "treize", "nature": "DEMANDE", "engagement": "1"}, "n’est pas"),
        ({"mois": "2025-11", "nature": "REFUS", "engagement": "1"}, "choix valide"),
        ({"mois": "2025-11", "nature": "DEMANDE", "engagement": "abc"}, "n’est pas lisible"),
        ({"mois": "2025-11", "nature": "DEMANDE", "engagement": "999999"}, "rien n’est envoyé"),
    ],
)
def test_un_lot_illisible_est_dit_sans_rien_envoyer(client, engagement, envoi, phrase):
    page = client.post(reverse("heures:demandes_envoyer"), envoi, follow=True).content.decode()
    assert phrase in page
    assert not Envoi.objects.exists()


def test_un_mois_illisible_dans_l_adresse_est_refuse(client):
    assert client.get(reverse("heures:demandes"), {"mois": "2025-13"}).status_code == 400


def test_un_courriel_non_parti_se_voit_et_se_renvoie(
    client, engagement, agent, mailoutbox, django_capture_on_commit_callbacks
):
    panne = mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=OSError)
    with panne, django_capture_on_commit_callbacks(execute=True):
        demander(engagement, agent)
    assert "Courriel non parti" in client.get(reverse("heures:demandes")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("heures:envoi_renvoyer", args=[Envoi.objects.get().pk]))
    assert Envoi.objects.get().statut == StatutEnvoi.ENVOYE
    assert len(mailoutbox) == 1
    assert "Courriel non parti" not in client.get(reverse("heures:demandes")).content.decode()


def test_les_courriels_non_partis_du_mois_se_renvoient_d_un_geste(
    client, engagement, agent, mailoutbox, django_capture_on_commit_callbacks
):
    panne = mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=OSError)
    with panne, django_capture_on_commit_callbacks(execute=True):
        demander(engagement, agent)
    assert "1 courriel n’est pas parti" in client.get(reverse("heures:demandes")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(reverse("heures:demandes_renvoyer"), {"mois": "2025-11"}, follow=True)
    assert "1 courriel renvoyé" in page.content.decode()
    assert len(mailoutbox) == 1
    page = client.post(reverse("heures:demandes_renvoyer"), {"mois": "2025-11"}, follow=True).content.decode()
    assert "Aucun courriel de ce mois n’est à renvoyer" in page
    assert "n’est pas parti" not in page


def test_l_historique_montre_chaque_courriel_sans_lien(client, engagement, agent):
    demander(engagement, agent)
    demander(engagement, agent, NatureEnvoi.RELANCE_1)
    page = client.get(reverse("heures:envois", args=[engagement.pk])).content.decode()
    assert page.count("[lien personnel]") == 2
    assert DemandeReleve.objects.get().secret not in page
    assert "Relance 1, le 15/12/2025" in page


@pytest.mark.parametrize("nom", ["demande_revoquer", "demande_renouveler"])
def test_revoquer_et_renouveler_depuis_le_suivi(client, engagement, agent, nom):
    demander(engagement, agent)
    premiere = DemandeReleve.objects.get()
    reponse = client.post(reverse(f"heures:{nom}", args=[premiere.pk]))
    assert reponse.headers["Location"] == reverse("heures:envois", args=[engagement.pk])
    premiere.refresh_from_db()
    assert premiere.revoquee_le is not None
    assert DemandeReleve.objects.count() == (2 if nom == "demande_renouveler" else 1)


def relances_du(jour, agent):
    return relances_a_faire(regarder(agent, le=jour))


def test_l_accueil_montre_les_relances_du_jour(engagement, agent):
    demander(engagement, agent)
    assert relances_du(datetime.date(2025, 12, 26), agent).nombre == 0
    rubrique = relances_du(datetime.date(2025, 12, 27), agent)
    assert rubrique.nombre == 1
    assert (rubrique.taches[0].detail, rubrique.taches[0].depuis) == (
        "Relance 1 de novembre 2025",
        datetime.date(2025, 12, 27),
    )
    with le(datetime.date(2025, 12, 27)):
        demander(engagement, agent, NatureEnvoi.RELANCE_1)
    assert relances_du(datetime.date(2026, 1, 2), agent).nombre == 0
    assert relances_du(datetime.date(2026, 1, 3), agent).taches[0].detail.startswith("Relance 2")


def test_la_page_coute_autant_pour_un_engagement_que_pour_onze(client, structure, agent):
    def compter(adresse: str) -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(adresse).status_code == 200
        return len(requetes)

    premier = creer(structure, "a@a.invalid")
    demander(premier, agent)
    adresses = [reverse("heures:demandes"), reverse("accueil"), reverse("heures:envois", args=[premier.pk])]
    avec_un = [compter(adresse) for adresse in adresses]
    for rang in range(10):
        demander(creer(structure, f"{rang}@a.invalid"), agent)
        EnvoiFactory(releve=Releve.objects.get(engagement=premier))
    assert [compter(adresse) for adresse in adresses] == avec_un


def test_ouvrir_les_demandes_inscrit_les_contacts_lus(client, engagement):
    client.get(reverse("heures:demandes"))
    lecture = EcritureJournal.objects.get(action="ouvrir les demandes du mois")
    assert (lecture.objet_type, lecture.nombre) == ("entreprises.contact", 1)
