"""Ce qu’une entreprise dépose par son lien : admis, mis en attente ou dit tout de suite ; rien n’est perdu."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal, Utilisateur
from clauses.socle.erreurs import ActionImpossible
from heures import actions
from heures.actions import Depot, HeuresDeposees
from heures.enums import OrigineLigne, StatutAttente, StatutLigne, StatutReleve, TypeHeures
from heures.models import LigneEnAttente, LigneHeures
from tests.factories import ContratTravailFactory, EngagementFactory, LigneHeuresFactory, acteur
from tests.heures.depots import NOVEMBRE, Banc, creer_banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")


@pytest.fixture
def banc() -> Banc:
    return creer_banc()


@pytest.fixture
def contrat(banc):
    return banc.contrat("Durand")


def test_une_heure_admise_devient_une_ligne_declaree_par_l_entreprise(banc, contrat):
    reponse = banc.deposer(**{f"travail_{contrat.pk}": "35,5", f"formation_{contrat.pk}": "7h30"})
    assert reponse.status_code == 302
    lignes = {ligne.type_heures: ligne for ligne in LigneHeures.objects.all()}
    assert {t: ligne.heures for t, ligne in lignes.items()} == {
        "TRAVAIL": Decimal("35.50"),
        "FORMATION": Decimal("7.50"),
    }
    travail = lignes["TRAVAIL"]
    assert (travail.statut, travail.origine, travail.mois) == (StatutLigne.DECLAREE, OrigineLigne.ENTREPRISE, NOVEMBRE)
    assert travail.declaree_par.email == "lien@clauses.invalid"
    banc.releve.refresh_from_db()
    banc.demande.refresh_from_db()
    assert banc.releve.statut == StatutReleve.RECU
    assert (banc.demande.deposant, banc.demande.deposee_le is None) == ("Léa Comptable", False)


def test_une_ligne_qu_une_regle_refuse_attend_avec_sa_raison(banc):
    parti = banc.contrat("Durand", date_fin=datetime.date(2025, 11, 20))
    parti.participant.entrees.update(date_entree=datetime.date(2023, 1, 1))
    admis = banc.contrat("Petit")
    banc.deposer(**{f"travail_{parti.pk}": "20", f"travail_{admis.pk}": "30"})
    assert LigneHeures.objects.get().contrat == admis
    attente = LigneEnAttente.objects.get()
    assert (attente.contrat, attente.heures, attente.statut) == (parti, Decimal("20.00"), StatutAttente.EN_ATTENTE)
    assert attente.raison.startswith("L’éligibilité s’arrête le 01/01/2025")


def test_une_personne_inconnue_attend_d_etre_verifiee(banc, contrat):
    banc.deposer(**banc.ajout())
    attente = LigneEnAttente.objects.get()
    assert (attente.nom, attente.prenom, attente.date_naissance) == ("Petit", "Ana", datetime.date(1995, 4, 3))
    assert (attente.heures, attente.contrat, attente.origine) == (Decimal("12.50"), None, OrigineLigne.ENTREPRISE)
    banc.releve.refresh_from_db()
    assert banc.releve.statut == StatutReleve.RECU
    assert not LigneHeures.objects.exists()


def test_neant_se_declare_et_se_corrige(banc, contrat):
    banc.deposer(neant="on")
    banc.releve.refresh_from_db()
    assert banc.releve.statut == StatutReleve.NEANT
    banc.deposer(**{f"travail_{contrat.pk}": "10"})
    banc.releve.refresh_from_db()
    assert (banc.releve.statut, LigneHeures.objects.get().heures) == (StatutReleve.RECU, Decimal("10.00"))
    banc.deposer(neant="on")
    banc.releve.refresh_from_db()
    assert (banc.releve.statut, LigneHeures.objects.exists()) == (StatutReleve.NEANT, False)


def test_un_second_depot_remplace_le_premier(banc, contrat):
    autre = banc.contrat("Petit")
    banc.deposer(**{f"travail_{contrat.pk}": "35", f"travail_{autre.pk}": "20"}, **banc.ajout())
    gardee = LigneHeures.objects.get(contrat=contrat)
    banc.deposer(**{f"travail_{contrat.pk}": "36"}, **banc.ajout(nom="Grand"))
    assert [(ligne.pk, ligne.heures) for ligne in LigneHeures.objects.all()] == [(gardee.pk, Decimal("36.00"))]
    assert [attente.nom for attente in LigneEnAttente.objects.all()] == ["Grand"]
    assert EcritureJournal.objects.filter(action="retirer d’un dépôt").count() == 2


def test_le_meme_depot_ne_change_aucune_ligne(banc, contrat):
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    avant = LigneHeures.objects.values().get()
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    assert LigneHeures.objects.values().get() == avant


def test_une_heure_validee_ne_bouge_pas(banc, contrat):
    """Une partie du relevé est validée, l’autre reste à compléter."""
    validee = LigneHeuresFactory(
        engagement=banc.engagement, contrat=contrat, mois=NOVEMBRE, heures=Decimal("40.00"), validee=True,
        origine=OrigineLigne.ENTREPRISE,
    )  # fmt: skip
    avant = LigneHeures.objects.filter(pk=validee.pk).values().get()
    depot = Depot("Léa", heures=[HeuresDeposees(contrat.pk, TypeHeures.TRAVAIL, Decimal("50.00"))])
    actions.deposer(banc.demande, depot, version=1, par=banc.par)
    assert LigneHeures.objects.filter(pk=validee.pk).values().get() == avant
    assert LigneEnAttente.objects.get().raison.startswith("Novembre 2025 est validé pour cette personne")
    actions.deposer(banc.demande, Depot("Léa"), version=2, par=banc.par)
    assert LigneHeures.objects.filter(pk=validee.pk).values().get() == avant


def test_un_releve_valide_n_admet_plus_de_depot(banc, contrat):
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    actions.valider_mois(banc.engagement, mois=NOVEMBRE, par=banc.agent)
    reponse = banc.deposer(**{f"travail_{contrat.pk}": "99"})
    assert reponse.status_code == 200
    assert "Ce relevé est validé" in reponse.content.decode()
    assert LigneHeures.objects.get().heures == Decimal("35.00")


def test_ce_que_le_facilitateur_a_note_n_est_ni_efface_ni_remplace(banc, contrat):
    actions.declarer(
        contrat=contrat, engagement=banc.engagement, mois=NOVEMBRE, heures=Decimal("40.00"), par=banc.agent
    )
    banc.deposer(**{f"travail_{contrat.pk}": "42"})
    assert LigneHeures.objects.get().heures == Decimal("40.00")
    assert "40,00 h sont déjà notées par ailleurs (saisie)" in LigneEnAttente.objects.get().raison
    banc.deposer(**{f"travail_{contrat.pk}": "40"})
    assert (LigneHeures.objects.count(), LigneEnAttente.objects.count()) == (1, 0)
    assert LigneHeures.objects.get().origine == OrigineLigne.SAISIE


def test_une_valeur_corrigee_par_le_facilitateur_devient_la_sienne(banc, contrat):
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    actions.declarer(
        contrat=contrat, engagement=banc.engagement, mois=NOVEMBRE, heures=Decimal("30.00"), par=banc.agent
    )
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    assert LigneHeures.objects.get().heures == Decimal("30.00")
    assert LigneEnAttente.objects.get().heures == Decimal("35.00")


def test_neant_ne_contredit_pas_des_heures_notees_par_ailleurs(banc, contrat):
    actions.declarer(
        contrat=contrat, engagement=banc.engagement, mois=NOVEMBRE, heures=Decimal("40.00"), par=banc.agent
    )
    reponse = banc.deposer(neant="on")
    assert "Des heures sont déjà notées en novembre 2025" in reponse.content.decode()
    banc.demande.refresh_from_db()
    assert banc.demande.deposee_le is None


def test_une_ligne_refusee_se_corrige(banc, contrat):
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    actions.refuser(LigneHeures.objects.get(), motif="Feuille non signée", par=banc.agent)
    page = banc.deposer(deposant="").content.decode()
    assert "35,00 h refusées : Feuille non signée" in page
    banc.deposer(**{f"travail_{contrat.pk}": "30"})
    ligne = LigneHeures.objects.get()
    assert (ligne.heures, ligne.statut, ligne.motif) == (Decimal("30.00"), StatutLigne.DECLAREE, "")


@pytest.mark.parametrize(
    ("valeur", "phrase"),
    [
        ("beaucoup", "n’est pas un nombre d’heures"),
        ("-3", "est négatif"),
        ("250,01", "le plafond est de 250,00 h par personne"),
        ("1e400", "n’est pas un nombre d’heures"),
        ("NaN", "n’est pas un nombre d’heures"),
        ("9" * 40, "n’est pas un nombre d’heures"),
    ],
)
def test_une_valeur_absurde_est_dite_tout_de_suite(banc, contrat, valeur, phrase):
    reponse = banc.deposer(**{f"travail_{contrat.pk}": valeur})
    page = reponse.content.decode()
    assert reponse.status_code == 200
    assert phrase in page
    assert "DURAND Zoé, Travail (h)" in page
    assert not LigneHeures.objects.exists()


def test_travail_et_formation_tiennent_ensemble_sous_le_plafond(banc, contrat):
    page = banc.deposer(**{f"travail_{contrat.pk}": "200", f"formation_{contrat.pk}": "60"}).content.decode()
    assert "260,00 h en un mois" in page


@pytest.mark.parametrize(
    ("ajout", "phrase"),
    [
        ({"nom": ""}, "À compléter, ou vider toute la ligne"),
        ({"heures": ""}, "À compléter, ou vider toute la ligne"),
        ({"naissance": "2030-01-01"}, "Cette date de naissance donne un âge"),
        ({"naissance": "31/02/1990"}, "date valide"),
        ({"heures": "900"}, "le plafond est de 250,00 h"),
        ({"nom": "1 85 05 78 006 084 36"}, "numéro de sécurité sociale"),
        ({"nom": "Pe\u202etit"}, "caractère invisible interdit"),
    ],
)
def test_une_personne_ajoutee_se_dit_entierement(banc, contrat, ajout, phrase):
    page = banc.deposer(**banc.ajout(**ajout)).content.decode()
    assert phrase in page
    assert not LigneEnAttente.objects.exists()


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({}, "Notez des heures, ou cochez « néant »"),
        ({"deposant": "", "neant": "on"}, "Votre nom"),
        ({"neant": "on", "heures": True}, "gardez l’un des deux"),
    ],
)
def test_un_depot_vide_anonyme_ou_contradictoire_est_refuse(banc, contrat, saisie, phrase):
    if saisie.pop("heures", False):
        saisie = saisie | {f"travail_{contrat.pk}": "3"}
    reponse = banc.deposer(**saisie)
    assert (reponse.status_code, phrase in reponse.content.decode()) == (200, True)
    banc.demande.refresh_from_db()
    assert banc.demande.deposee_le is None


def test_une_faute_n_enregistre_rien_du_depot(banc, contrat):
    autre = banc.contrat("Petit")
    banc.deposer(**{f"travail_{contrat.pk}": "35", f"travail_{autre.pk}": "beaucoup"})
    assert not LigneHeures.objects.exists()


def test_deux_pages_ouvertes_ne_s_ecrasent_pas_en_silence(banc, contrat):
    perimee = banc.saisie(**{f"travail_{contrat.pk}": "11"})
    banc.deposer(**{f"travail_{contrat.pk}": "35"})
    reponse = Client().post(banc.adresse, perimee)
    assert "déposé pendant votre saisie" in reponse.content.decode()
    assert LigneHeures.objects.get().heures == Decimal("35.00")
    assert 'name="version" value="2"' in reponse.content.decode()


def test_une_personne_retiree_entre_temps_ne_perd_pas_ses_heures_en_silence(banc, contrat):
    page = banc.deposer(**{"travail_999999": "20", f"travail_{contrat.pk}": "35"}).content.decode()
    assert "Une personne affichée n’est plus à saisir" in page
    assert not LigneHeures.objects.exists()


def test_un_tableau_colle_remplit_les_cases_sans_rien_enregistrer(banc):
    durand, petit, double = banc.contrat("Durand"), banc.contrat("Le Petit"), banc.contrat("Double")
    ContratTravailFactory(participant=double.participant, employeur=banc.engagement.entreprise)
    colle = (
        "Nom\tPrénom\tHeures\tFormation\nDURAND\tZoe\t35,5\t7h30\n\nzoé le-petit;20\n"
        "Double\tZoé\t10\nInconnue\tZoé\t10\nDurand\tZoé\t12\n"
    )
    page = banc.deposer(repartir="1", colle=colle, commentaire="à garder").content.decode()
    valeurs = dict(re.findall(r'name="((?:travail|formation)_[0-9]+)" value="([^"]*)"', page))
    assert valeurs == {
        f"travail_{durand.pk}": "35,5", f"formation_{durand.pk}": "7h30", f"travail_{petit.pk}": "20",
    }  # fmt: skip
    assert "2 personnes remplies" in page
    assert "Double\tZoé\t10\nInconnue\tZoé\t10\nDurand\tZoé\t12</textarea>" in page
    assert "à garder" in page
    assert not LigneHeures.objects.exists()


@pytest.mark.parametrize(
    "ligne", ["Durand Zoé\t-5", "Durand Zoé\t35\t7\t2", "Durand Zoé", "\t35", "Durand Zoé\tbeaucoup"]
)
def test_une_ligne_collee_illisible_reste_a_reprendre(banc, contrat, ligne):
    page = banc.deposer(repartir="1", colle=f"Nom\tHeures\n{ligne}").content.decode()
    assert f"{ligne.strip()}</textarea>" in page
    assert "Aucune case n’est remplie" in page


def test_une_case_validee_ne_se_remplit_pas_d_un_collage(banc, contrat):
    autre = banc.contrat("Petit")
    banc.deposer(**{f"travail_{contrat.pk}": "10", f"travail_{autre.pk}": "10"})
    actions.valider_ligne(LigneHeures.objects.get(contrat=contrat), version=1, par=banc.agent)
    page = banc.deposer(repartir="1", colle="Durand Zoé\t12").content.decode()
    assert "Durand Zoé\t12</textarea>" in page


def test_une_rangee_de_plus_garde_ce_qui_est_tape_sans_rien_enregistrer(banc, contrat):
    reponse = banc.deposer(plus="1", deposant="", **{f"travail_{contrat.pk}": "tapé"}, **banc.ajout())
    page = reponse.content.decode()
    assert 'name="nom_1"' in page
    assert 'value="tapé"' in page
    assert 'value="Petit"' in page
    assert "à corriger" not in page
    assert not LigneEnAttente.objects.exists()


def test_un_marche_clos_ferme_le_depot(banc, contrat):
    marche = banc.engagement.clause.lot.marche
    marche.statut = "SOLDE"
    marche.save()
    reponse = banc.deposer(**{f"travail_{contrat.pk}": "35"})
    assert "Ce marché est soldé" in reponse.content.decode()
    assert not LigneHeures.objects.exists()


def test_un_compte_d_entreprise_ne_declare_rien_hors_d_un_lien(banc, contrat):
    par = acteur(banc.engagement.structure, Role.ENTREPRISE, entreprise=banc.engagement.entreprise)
    saisie = {"contrat": contrat, "engagement": banc.engagement, "mois": NOVEMBRE, "heures": Decimal(1), "par": par}
    with pytest.raises(ActionImpossible, match="n’existe plus"):
        actions.declarer(**saisie, origine=OrigineLigne.ENTREPRISE)
    with pytest.raises(PermissionDenied):
        actions.declarer(**saisie)


def test_le_lien_d_un_releve_n_ecrit_pas_dans_un_autre_engagement(banc, contrat):
    """Le même employeur, un autre engagement : le contrat y a ses heures, il n’est pas dans ce relevé."""
    autre = EngagementFactory(
        entreprise=banc.engagement.entreprise, clause__lot__marche__structure=banc.engagement.structure
    )
    ailleurs = banc.contrat("Ailleurs")
    LigneHeuresFactory(engagement=autre, contrat=ailleurs, mois=NOVEMBRE)
    depot = Depot("Léa", heures=[HeuresDeposees(ailleurs.pk, TypeHeures.TRAVAIL, Decimal(1))])
    with pytest.raises(ActionImpossible, match="n’est plus dans la liste"):
        actions.deposer(banc.demande, depot, version=1, par=banc.par)


def test_le_depot_d_un_lien_revoque_ou_echu_est_refuse(banc):
    par = banc.par
    actions.revoquer(banc.demande, par=banc.agent)
    with pytest.raises(ActionImpossible, match="arriver à son terme"):
        actions.deposer(banc.demande, Depot("Léa", est_neant=True), version=2, par=par)


def test_le_journal_signe_le_depot_du_compte_technique_sans_nommer_personne(banc, contrat):
    banc.deposer(**{f"travail_{contrat.pk}": "35"}, **banc.ajout(), commentaire="Durand était absent")
    ecritures = EcritureJournal.objects.filter(inscrite_par=Utilisateur.objects.get(email="lien@clauses.invalid"))
    assert {e.role for e in ecritures} == {Role.ENTREPRISE}
    traces = str(list(ecritures.values_list("avant", "apres", "objet_id")))
    assert not [mot for mot in ("Durand", "Petit", "Ana", "Léa", "1995") if mot in traces]
    assert "déposer un relevé par lien" in ecritures.values_list("action", flat=True)
