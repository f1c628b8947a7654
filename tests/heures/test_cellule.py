"""La cellule envoyée par la grille : réponses JSON, refus en français, conflits, périmètre."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from heures import actions
from heures.models import LigneHeures
from marches.enums import StatutMarche
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    LigneHeuresFactory,
    RattachementFactory,
    StructureFactory,
    acteur,
)

MARS = datetime.date(2025, 3, 1)


pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


class Banc:
    def __init__(self, client):
        self.client = client
        rattachement = RattachementFactory()
        self.structure = rattachement.structure
        self.engagement = EngagementFactory(clause__lot__marche__structure=self.structure)
        entree = EntreeClauseFactory(participant__structure=self.structure)
        self.contrat = ContratTravailFactory(participant=entree.participant, employeur=self.engagement.entreprise)
        client.force_login(rattachement.utilisateur)

    def envoyer(self, heures="7,5", *, version=0, **champs):
        corps = {
            "contrat": self.contrat.pk,
            "engagement": self.engagement.pk,
            "mois": "2025-03",
            "type": "TRAVAIL",
            "heures": heures,
            "version": version,
            **champs,
        }
        return self.client.post(reverse("heures:cellule"), corps)


@pytest.fixture
def banc(client) -> Banc:
    return Banc(client)


def test_une_cellule_creee_rend_son_etat_et_tous_les_totaux(banc):
    LigneHeuresFactory(
        engagement=banc.engagement, contrat=banc.contrat, mois=datetime.date(2025, 2, 1), heures="20.00", validee=True
    )
    reponse = banc.envoyer("7,5")
    corps = reponse.json()
    assert reponse.status_code == 200
    assert (corps["etat"], corps["heures"], corps["version"]) == ("declaree", "7,50", 1)
    assert corps["ligne"] == LigneHeures.objects.get(mois=MARS).pk
    totaux = corps["totaux"]
    assert totaux["annee"] == {"ligne": "27,50", "total": "27,50"}
    assert totaux["mois"] == {"ligne": "7,50", "total": "7,50"}
    assert totaux["colonne"] == "7,50"
    assert totaux["engagement"] == {
        "validees": "20,00",
        "declarees": "7,50",
        "reste": "480,00",
        "reste_si_valide": "472,50",
    }
    geste = "Valider mars\u00a0: 1 ligne, 7,50\u00a0h"
    assert totaux["etat"] == {"nombre": 1, "geste": geste, "neant": False, "retard": ""}


def test_les_totaux_du_mois_comptent_travail_et_formation_celui_de_la_colonne_son_seul_type(banc):
    banc.envoyer("7,5")
    banc.envoyer("20", mois="2025-04")
    totaux = banc.envoyer("3", type="FORMATION").json()["totaux"]
    assert totaux["annee"] == {"ligne": "3,00", "total": "3,00"}
    assert totaux["mois"] == {"ligne": "10,50", "total": "10,50"}
    assert totaux["colonne"] == "3,00"
    assert totaux["engagement"]["declarees"] == "30,50"
    assert totaux["etat"]["nombre"] == 2


def test_la_reponse_dit_si_la_personne_depasse_un_mois_plein_tous_engagements(banc):
    ailleurs = EngagementFactory(clause__lot__marche__structure=banc.structure)
    autre_contrat = ContratTravailFactory(participant=banc.contrat.participant)
    LigneHeuresFactory(engagement=ailleurs, contrat=autre_contrat, mois=MARS, heures="100.00")
    LigneHeuresFactory(engagement=ailleurs, contrat=autre_contrat, mois=datetime.date(2025, 4, 1), heures="151.00")
    assert banc.envoyer("51,67").json()["plein"] == ""
    phrase = "151,68 h ce mois-ci, tous engagements : plus d’un mois plein (151,67 h)."
    assert banc.envoyer("51,68", version=1).json()["plein"] == phrase
    assert banc.envoyer("", version=2).json()["plein"] == ""


def test_un_mois_vide_redevient_en_retard_et_le_dit(banc):
    assert banc.envoyer("7,5").json()["totaux"]["etat"]["retard"] == ""
    vide = banc.envoyer("", version=1).json()
    assert vide["totaux"]["etat"]["retard"] == "En retard\u00a0: relevé de mars 2025 attendu le 10/04/2025."
    assert banc.envoyer("", mois="2025-12").json()["totaux"]["etat"]["retard"] == ""


def test_une_heure_effacee_hors_de_l_engagement_n_y_propose_ni_neant_ni_retard(banc):
    banc.envoyer("7,5")
    banc.engagement.date_debut = datetime.date(2025, 4, 1)
    banc.engagement.save()
    etat = banc.envoyer("", version=1).json()["totaux"]["etat"]
    assert (etat["neant"], etat["retard"]) == (False, "")


@pytest.mark.parametrize(
    ("texte", "heures"),
    [
        ("7,35", "7.35"),
        ("7.35", "7.35"),
        ("7h30", "7.50"),
        ("7:30", "7.50"),
        ("7 h", "7.00"),
        ("\u202f182,50\u00a0h", "182.50"),
        ("néant", "0.00"),
        ("0", "0.00"),
    ],
)
def test_les_ecritures_francaises_des_heures_sont_comprises(banc, texte, heures):
    assert banc.envoyer(texte).status_code == 200
    assert LigneHeures.objects.get().heures == Decimal(heures)


def test_un_millieme_est_arrondi_au_centieme_et_le_dit(banc):
    corps = banc.envoyer("151,675").json()
    assert corps["heures"] == "151,68"
    assert "est arrondi au centième d’heure" in corps["avertissements"][0]


def test_une_cellule_corrigee_change_de_version(banc):
    banc.envoyer("7,5")
    corps = banc.envoyer("8", version=1).json()
    assert (corps["heures"], corps["version"]) == ("8,00", 2)


def test_une_cellule_videe_efface_la_ligne(banc):
    banc.envoyer("7,5")
    corps = banc.envoyer(" ", version=1).json()
    assert (corps["etat"], corps["heures"], corps["version"]) == ("vide", "", 0)
    assert corps["totaux"]["etat"]["neant"] is True
    assert not LigneHeures.objects.exists()
    assert banc.envoyer("", version=0).status_code == 200


def test_un_conflit_rend_409_avec_la_valeur_de_l_autre(banc):
    actions.declarer(
        contrat=banc.contrat,
        engagement=banc.engagement,
        mois=MARS,
        heures=Decimal("20.00"),
        par=acteur(banc.structure),
    )
    reponse = banc.envoyer("35", version=0)
    corps = reponse.json()
    assert reponse.status_code == 409
    assert (corps["etat"], corps["heures"], corps["version"]) == ("declaree", "20,00", 1)
    assert "« 20,00 h » est enregistré, vous proposez « 35,00 h »" in corps["message"]
    assert banc.envoyer("35", version=1).json()["heures"] == "35,00"


def test_vider_une_cellule_changee_par_un_autre_est_un_conflit(banc):
    banc.envoyer("7,5")
    banc.envoyer("8", version=1)
    reponse = banc.envoyer("", version=1)
    assert (reponse.status_code, reponse.json()["heures"]) == (409, "8,00")
    assert LigneHeures.objects.get().heures == Decimal("8.00")


@pytest.mark.parametrize(
    ("heures", "phrase"),
    [
        ("300", "le plafond est de 250,00 h"),
        ("-3", "est négatif"),
        ("abc", "n’est pas un nombre d’heures"),
        ("0,004", "devient zéro une fois arrondi"),
        ("1e400", "n’est pas un nombre d’heures"),
        ("\u0667", "n’est pas un nombre d’heures"),
        ("7h75", "plus de 59 minutes"),
        ("9" * 41, "40"),
    ],
)
def test_une_saisie_hors_borne_est_refusee_en_francais(banc, heures, phrase):
    reponse = banc.envoyer(heures)
    assert reponse.status_code == 422
    assert phrase in reponse.json()["message"]
    assert not LigneHeures.objects.exists()


@pytest.mark.parametrize(
    "champs",
    [
        {"mois": "2025-13"},
        {"mois": ""},
        {"type": "REPOS"},
        {"contrat": "x"},
        {"contrat": ""},
        {"engagement": "-1"},
        {"version": "un"},
    ],
)
def test_une_cellule_mal_formee_recoit_une_phrase_en_json(banc, champs):
    reponse = banc.envoyer(**champs)
    assert reponse.status_code == 422
    assert next(iter(champs)) in reponse.json()["message"]


def test_un_mois_hors_du_contrat_est_refuse(banc):
    reponse = banc.envoyer(mois="2024-12")
    assert reponse.status_code == 422
    assert reponse.json()["message"] == "Décembre 2024 précède l’embauche du 01/01/2025."


def test_un_mois_valide_ne_se_retouche_pas(banc):
    banc.envoyer("7,5")
    actions.valider_mois(banc.engagement, mois=MARS, par=acteur(banc.structure))
    reponse = banc.envoyer("8", version=2)
    assert reponse.status_code == 422
    assert "Mars 2025 est validé pour cette personne" in reponse.json()["message"]
    assert banc.envoyer("", version=2).status_code == 422


def test_une_eligibilite_expiree_est_refusee(banc):
    banc.contrat.participant.entrees.update(date_entree=datetime.date(2023, 1, 1))
    assert "accorder une prolongation" in banc.envoyer().json()["message"]


def test_un_marche_clos_est_refuse(banc):
    marche = banc.engagement.clause.lot.marche
    marche.statut = StatutMarche.SOLDE
    marche.save()
    assert "rouvrir le marché" in banc.envoyer().json()["message"]


def test_le_contrat_ou_l_engagement_d_une_autre_structure_est_introuvable(banc):
    ailleurs = ContratTravailFactory(participant__structure=StructureFactory())
    autre = EngagementFactory()
    for champs in ({"contrat": ailleurs.pk}, {"engagement": autre.pk}, {"contrat": 10**15}):
        reponse = banc.envoyer(**champs)
        assert (reponse.status_code, "plus accès" in reponse.json()["message"]) == (404, True)
    assert not LigneHeures.objects.exists()


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_qui_n_a_pas_le_droit_de_saisir_recoit_403(banc, client, role):
    client.force_login(RattachementFactory(structure=banc.structure, role=role).utilisateur)
    reponse = banc.envoyer()
    assert (reponse.status_code, "Votre rôle ne permet pas" in reponse.json()["message"]) == (403, True)


@pytest.mark.parametrize("trait", ["pour_acheteur", "pour_entreprise"])
def test_un_partenaire_ne_saisit_rien(banc, client, trait):
    client.force_login(RattachementFactory(structure=banc.structure, **{trait: True}).utilisateur)
    assert banc.envoyer().status_code == 403


def test_une_cellule_ne_se_lit_pas_par_get(banc):
    assert banc.client.get(reverse("heures:cellule")).status_code == 405


def test_enregistrer_coute_autant_de_requetes_sur_un_engagement_vide_que_plein(banc):
    with CaptureQueriesContext(connection) as vide:
        assert banc.envoyer(mois="2025-02").status_code == 200
    LigneHeuresFactory.create_batch(10, engagement=banc.engagement)
    with CaptureQueriesContext(connection) as plein:
        assert banc.envoyer(mois="2025-03").status_code == 200
    # Le relevé de mars n’existe pas non plus : la même suite d’écritures, au nombre près.
    assert len(plein) == len(vide)
