"""Les pages de la boîte de réception : filtres, ordre, gestes, courriels, consultations au journal."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.models import EcritureJournal
from heures.enums import OrigineLigne, StatutAttente, StatutLigne, StatutReleve
from heures.models import ContratTravail, Envoi, LigneHeures, Participant
from tests.factories import ContratTravailFactory, ParticipantFactory, RattachementFactory
from tests.factories_releves import ContactFactory
from tests.heures.banc_reception import MARS, Banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
BOITE = "/heures/reception/"


@pytest.fixture
def banc(client) -> Banc:
    rattachement = RattachementFactory()
    client.force_login(rattachement.utilisateur)
    return Banc(rattachement.structure)


def page(client, adresse=BOITE, **parametres) -> str:
    reponse = client.get(adresse, parametres)
    assert reponse.status_code == 200
    return reponse.content.decode()


def montres(client, banc_ou_bancs, **parametres) -> list[Banc]:
    """Les bancs dont le relevé est montré, dans l’ordre de la page."""
    texte = page(client, **parametres)
    places = {un: texte.find(reverse("heures:releve", args=[un.releve.pk])) for un in banc_ou_bancs}
    return sorted((un for un, place in places.items() if place >= 0), key=places.__getitem__)


def messages(reponse) -> list[str]:
    return [str(message) for message in reponse.context["messages"]]


# --- La boîte --------------------------------------------------------------------------------------------------------


def test_le_plus_ancien_recu_vient_d_abord_ou_l_on_range_par_entreprise(client, banc):
    ancien = Banc(banc.structure)
    ancien.engagement.entreprise.raison_sociale = "Zèbre"
    ancien.engagement.entreprise.save()
    banc.declarer()
    with time_machine.travel(datetime.datetime(2025, 12, 1, 12, tzinfo=datetime.UTC), tick=False):
        ancien.declarer()
    assert montres(client, [banc, ancien]) == [ancien, banc]
    assert montres(client, [banc, ancien], tri="entreprise") == [banc, ancien]
    assert "depuis 14 jours" in page(client)


def test_ce_qui_est_traite_quitte_la_boite_et_se_retrouve_par_son_etat(client, banc):
    refuse, complet = Banc(banc.structure), Banc(banc.structure)
    for un in (banc, refuse, complet):
        un.declarer()
    client.post(
        reverse("heures:renvoyer_ligne", args=[LigneHeures.objects.get(engagement=refuse.engagement).pk]),
        {"motif": "Illisible"},
    )
    client.post(reverse("heures:releve_completer", args=[complet.releve.pk]), {"message": "Signature ?"})
    client.post(reverse("heures:releve_accepter", args=[complet.releve.pk]), {"vu": complet.empreinte})
    tous = [banc, refuse, complet]
    assert montres(client, tous) == [banc]
    assert montres(client, tous, etat="REFUSE") == [refuse]
    assert montres(client, tous, etat="A_COMPLETER") == []


def test_les_filtres_restreignent_et_un_filtre_inconnu_est_refuse(client, banc):
    saisie, recue = banc, Banc(banc.structure)
    saisie.declarer()
    recue.declarer(origine=OrigineLigne.ENTREPRISE)
    ContratTravailFactory(participant=recue.contrat.participant)
    facilitateur = RattachementFactory(structure=banc.structure).utilisateur
    marche = recue.engagement.clause.lot.marche
    marche.facilitateur = facilitateur
    marche.save()
    tous = [saisie, recue]
    assert montres(client, tous, origine="ENTREPRISE") == [recue]
    assert montres(client, tous, anomalie="avec") == [recue]
    assert montres(client, tous, anomalie="sans") == [saisie]
    assert montres(client, tous, facilitateur=facilitateur.pk) == [recue]
    assert montres(client, tous, q=saisie.engagement.entreprise.raison_sociale) == [saisie]
    assert montres(client, tous, mois="2025-03") == tous
    assert montres(client, tous, mois="2025-04") == []
    assert "Aucun relevé ne répond à ces filtres" in page(client, mois="2025-04")
    for faux in ({"annee": "2025"}, {"mois": "2024-13"}, {"origine": "X"}):
        assert client.get(BOITE, faux).status_code == 400


def test_filtrer_sur_place_ne_remplace_que_la_liste(client, banc):
    banc.declarer()
    texte = client.get(BOITE, {"mois": "2025-03"}, headers={"hx-request": "true"}).content.decode()
    assert texte.lstrip().startswith('<div id="liste">')
    assert banc.engagement.entreprise.raison_sociale in texte


def test_une_boite_vide_le_dit(client, banc):
    assert "Rien n’attend" in page(client)


def test_accepter_les_releves_coches_ou_tous_ceux_sans_anomalie(client, banc):
    autre, anomalie = Banc(banc.structure), Banc(banc.structure)
    for un in (banc, autre, anomalie):
        un.declarer()
    ContratTravailFactory(participant=anomalie.contrat.participant)
    vus = {un: f"{un.releve.pk}:{un.empreinte}" for un in (banc, autre, anomalie)}
    adresse = reverse("heures:reception_accepter")
    reponse = client.post(adresse, {"propose": list(vus.values()), "coche": [vus[banc]]}, follow=True)
    assert messages(reponse) == ["1 relevé accepté, 1 ligne validée."]
    reponse = client.post(adresse, {"propose": [vus[autre], vus[anomalie]], "tous": "1"}, follow=True)
    assert messages(reponse)[0] == "1 relevé accepté, 1 ligne validée."
    assert "laissé tel quel : Ce relevé porte une anomalie" in messages(reponse)[1]
    assert [un.releve.statut for un in (banc, autre, anomalie)] == ["VALIDE", "VALIDE", "RECU"]


@pytest.mark.parametrize("envoi", [{}, {"coche": "1:zz"}, {"coche": "999999:0123456789abcdef"}, {"seul": "x" * 5000}])
def test_un_choix_vide_ou_faux_est_explique(client, banc, envoi):
    banc.declarer()
    (message,) = messages(client.post(reverse("heures:reception_accepter"), envoi, follow=True))
    assert message.endswith(("à accepter.", "recommencer."))
    assert banc.releve.statut == StatutReleve.RECU


def test_la_boite_ne_nomme_personne_et_le_releve_inscrit_sa_consultation(client, banc):
    banc.declarer()
    attente = banc.attente()
    boite = page(client)
    assert str(banc.contrat.participant) not in boite
    assert attente.personne not in boite
    assert not EcritureJournal.objects.filter(nature="LECTURE").exists()
    page(client, reverse("heures:releve", args=[banc.releve.pk]))
    lecture = EcritureJournal.objects.get(nature="LECTURE")
    assert (lecture.action, lecture.nombre) == ("ouvrir un relevé reçu", 2)


def test_un_releve_coute_autant_de_requetes_que_onze(client, banc):
    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            page(client)
        return len(requetes)

    banc.declarer()
    page(client)
    avec_un = compter()
    for _ in range(10):
        Banc(banc.structure).declarer()
    assert compter() == avec_un


# --- Le relevé -------------------------------------------------------------------------------------------------------


def test_une_anomalie_se_lit_avec_sa_regle_et_son_remede(client, banc):
    contrat = banc.embaucher()
    banc.declarer(contrat=contrat)
    contrat.date_fin = datetime.date(2025, 2, 28)
    contrat.save()
    texte = page(client, reverse("heures:releve", args=[banc.releve.pk]))
    assert "Mars 2025 suit la fin du contrat de travail, le 28/02/2025." in texte
    assert "Un mois travaillé tient entre l’embauche et la fin du contrat." in texte
    assert reverse("heures:contrat_modifier", args=[contrat.pk]) in texte
    assert "Accepter tout" not in texte


def test_le_remede_d_une_globalisation_ouvre_la_convention_de_l_entreprise(client, banc):
    """L’adresse du remède est comprise par la page des conventions : l’entreprise y est déjà choisie."""
    reponse = client.get("/heures/conventions/creer/", {"entreprise": banc.engagement.entreprise.siret})
    assert "Enregistrer une convention" in reponse.content.decode()
    assert banc.engagement.entreprise.raison_sociale in reponse.content.decode()


def test_refuser_une_ligne_previent_l_entreprise_sans_nommer_personne(
    client, banc, django_capture_on_commit_callbacks
):
    ContactFactory(structure=banc.structure, entreprise=banc.engagement.entreprise, courriel="rh@entreprise.invalid")
    ligne = banc.declarer(origine=OrigineLigne.ENTREPRISE)
    adresse = reverse("heures:renvoyer_ligne", args=[ligne.pk])
    assert 'name="prevenir" class="checkboxinput form-check-input"' in page(client, adresse)
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(adresse, {"motif": "Feuille non signée", "prevenir": "on"}, follow=True)
    assert "Un courriel part à l’entreprise." in messages(reponse)
    (courriel,) = mail.outbox
    assert courriel.to == ["rh@entreprise.invalid"]
    assert "Feuille non signée" in courriel.body
    assert ligne.participant.nom.lower() not in (courriel.subject + courriel.body).lower()
    assert Envoi.objects.get().nature == "REFUS"


def test_sans_contact_le_refus_tient_et_dit_ou_le_saisir(client, banc):
    ligne = banc.declarer()
    adresse = reverse("heures:renvoyer_ligne", args=[ligne.pk])
    reponse = client.post(adresse, {"motif": "Non signée", "prevenir": "on"}, follow=True)
    assert "Aucun contact" in messages(reponse)[1]
    ligne.refresh_from_db()
    assert (ligne.statut, banc.releve.message) == ("REFUSEE", f"{ligne.participant}, 10,00 h refusées : Non signée")


def test_un_motif_vide_ou_un_numero_de_securite_sociale_est_refuse(client, banc):
    ligne = banc.declarer()
    adresse = reverse("heures:renvoyer_ligne", args=[ligne.pk])
    for motif in ("", "  ", "Voir 1 85 05 78 006 084 91"):
        assert client.post(adresse, {"motif": motif}).status_code == 200
    ligne.refresh_from_db()
    assert ligne.statut == StatutLigne.DECLAREE


def test_accepter_une_ligne_depuis_sa_page(client, banc):
    ligne = banc.declarer()
    adresse = reverse("heures:accepter_ligne", args=[ligne.pk])
    assert "recharger la page" in messages(client.post(adresse, {"version": ""}, follow=True))[0]
    assert "modifiée par quelqu’un d’autre" in messages(client.post(adresse, {"version": "7"}, follow=True))[0]
    reponse = client.post(adresse, {"version": "1"}, follow=True)
    assert reponse.redirect_chain[-1][0] == reverse("heures:releve", args=[banc.releve.pk])
    ligne.refresh_from_db()
    assert ligne.statut == StatutLigne.VALIDEE


def test_demander_un_complement_puis_revenir(client, banc):
    banc.declarer()
    adresse = reverse("heures:releve_completer", args=[banc.releve.pk])
    assert "Ce champ est obligatoire" in client.post(adresse, {"message": ""}).content.decode()
    client.post(adresse, {"message": "Il manque mars."})
    assert banc.releve.statut == StatutReleve.A_COMPLETER
    assert "Il manque mars." in page(client, reverse("heures:releve", args=[banc.releve.pk]))
    client.post(reverse("heures:releve_rouvrir", args=[banc.releve.pk]))
    assert (banc.releve.statut, banc.releve.message) == (StatutReleve.RECU, "")


# --- Les lignes en attente -------------------------------------------------------------------------------------------


def test_une_attente_propose_les_personnes_semblables_et_les_cherchees(client, banc):
    proche = ParticipantFactory(structure=banc.structure, nom="Martin-Dupré", prenom="Zoé")
    cherchee = ParticipantFactory(structure=banc.structure, nom="Bernard", prenom="Alix")
    attente = banc.attente(nom="Martin Dupre", prenom="Zoe")
    adresse = reverse("heures:attente", args=[attente.pk])
    texte = page(client, adresse)
    assert str(proche) in texte
    assert str(cherchee) not in texte
    assert str(cherchee) in page(client, adresse, q="bernard")
    assert "Aucune autre personne ne répond" in page(client, adresse, q="personne")


def test_choisir_une_personne_semblable_reprend_ses_heures(client, banc):
    attente = banc.attente()
    adresse = reverse("heures:attente_reprendre", args=[attente.pk])
    faux = ContratTravailFactory()
    assert "n’existe plus" in messages(client.post(adresse, {"contrat": faux.pk}, follow=True))[0]
    client.post(adresse, {"contrat": banc.contrat.pk})
    assert LigneHeures.objects.get().heures == Decimal("35.00")
    reponse = client.get(reverse("heures:attente", args=[attente.pk]), follow=True)
    assert messages(reponse) == [
        "Heures reprises : elles sont déclarées, à accepter.",
        "Cette ligne a déjà été traitée.",
    ]


CONTRAT = {"type_contrat": "CDD", "modalite": "EMBAUCHE_DIRECTE", "date_debut": "2025-03-03", "nombre_missions": "1"}
PERSONNE = {"nom": "Nouvelle", "prenom": "Dominique", "sexe": "F", "date_naissance": "1994-07-02"}


def test_ouvrir_une_fiche_depuis_une_attente(client, banc):
    attente = banc.attente(nom="Nouvelle", prenom="Dominique")
    adresse = reverse("heures:attente_ouvrir", args=[attente.pk])
    assert 'value="Nouvelle"' in page(client, adresse)
    envoi = {**PERSONNE, **CONTRAT, "employeur": banc.engagement.entreprise.siret}
    refusee = client.post(adresse, envoi | {"date_debut": "2025-04-01"})
    assert "précède l’embauche" in refusee.content.decode()
    assert not Participant.objects.filter(nom="Nouvelle").exists()
    reponse = client.post(adresse, envoi)
    assert reponse.status_code == 302
    attente.refresh_from_db()
    assert (attente.statut, LigneHeures.objects.get().participant.nom) == (StatutAttente.REPRISE, "Nouvelle")


def test_un_nouveau_contrat_pour_une_personne_connue(client, banc):
    connue = ParticipantFactory(structure=banc.structure)
    ailleurs = ParticipantFactory()
    adresse = reverse("heures:attente_ouvrir", args=[banc.attente().pk])
    envoi = {**CONTRAT, "employeur": banc.engagement.entreprise.siret}
    for personne in (ailleurs.pk, "0", "abc", "9" * 30):
        assert client.post(f"{adresse}?personne={personne}", envoi).status_code == 404
    assert client.post(f"{adresse}?personne={connue.pk}", envoi).status_code == 302
    assert ContratTravail.objects.get(participant=connue).lignes.get().mois == MARS


def test_refuser_une_attente(client, banc):
    attente = banc.attente()
    client.post(reverse("heures:attente_refuser", args=[attente.pk]), {"motif": "Personne inconnue"})
    attente.refresh_from_db()
    assert (attente.statut, attente.motif) == (StatutAttente.REFUSEE, "Personne inconnue")
