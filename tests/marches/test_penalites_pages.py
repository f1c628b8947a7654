"""Règles de pénalité d’une clause et barèmes datés, depuis les pages ; et ce qu’en dit la migration."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from marches.models import Bareme, Clause, ReglePenalite
from tests.factories import ClauseFactory, EngagementFactory, RattachementFactory, StructureFactory
from tests.factories_conformite import ReglePenaliteFactory

D = Decimal


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure) -> Client:
    client.force_login(RattachementFactory(structure=structure, responsable=True).utilisateur)
    return client


@pytest.fixture
def clause(structure) -> Clause:
    return ClauseFactory(lot__marche__structure=structure)


def test_une_clause_porte_plusieurs_penalites_et_la_fiche_les_dit(client, clause):
    adresse = reverse("marches:penalite_creer", args=[clause.pk])
    smic = {"formule": "H_X_SMIC", "valeur": "1,5", "exige_mise_en_demeure": "on", "delai_jours": "15"}
    assert client.post(adresse, {**smic, "plafond_pourcent": "2,5", "article": "CCAP 12.3"}).status_code == 302
    assert client.post(adresse, {"formule": "JOUR_RETARD", "valeur": "50", "delai_jours": "0"}).status_code == 302
    lues = {(r.formule, r.valeur, r.plafond_pourcent) for r in ReglePenalite.objects.filter(clause=clause)}
    assert lues == {("H_X_SMIC", D("1.50"), D("2.50")), ("JOUR_RETARD", D("50.00"), None)}
    page = client.get(clause.lot.marche.get_absolute_url(), {"onglet": "lots"}).content.decode()
    for texte in (
        "Heures × coefficient × SMIC horaire : 1,50",
        "15 jours ouvrés",
        "CCAP 12.3",
        "Euros par jour de retard",
    ):
        assert texte in page


@pytest.mark.parametrize(
    ("saisie", "champ", "phrase"),
    [
        ({"formule": "H_X_EUROS"}, "formule", "porte déjà une pénalité de cette formule"),
        ({"valeur": "0"}, "valeur", "supérieure à zéro"),
        ({"valeur": "beaucoup"}, "valeur", "beaucoup"),
        ({"plafond_pourcent": "101"}, "plafond_pourcent", "va de 0 (exclu) à 100"),
        ({"plafond_euros": "0"}, "plafond_euros", "supérieur à zéro"),
    ],
)
def test_une_regle_impossible_se_dit_sous_son_champ(client, clause, saisie, champ, phrase):
    ReglePenaliteFactory(clause=clause, formule="H_X_EUROS")
    envoi = {"formule": "H_X_SMIC", "valeur": "1", "delai_jours": "15"} | saisie
    reponse = client.post(reverse("marches:penalite_creer", args=[clause.pk]), envoi)
    assert phrase in " ".join(reponse.context["form"].errors[champ])
    assert ReglePenalite.objects.count() == 1


def test_une_regle_se_modifie_puis_se_retire_et_le_journal_la_garde(client, clause):
    regle = ReglePenaliteFactory(clause=clause)
    envoi = {"formule": "H_X_EUROS", "valeur": "45", "delai_jours": "10", "version": "1"}
    assert client.post(reverse("marches:penalite_modifier", args=[regle.pk]), envoi).status_code == 302
    retirer = reverse("marches:penalite_retirer", args=[regle.pk])
    perime = client.post(retirer, {"version": "1"}, follow=True).content.decode()
    assert "modifiée par quelqu’un d’autre" in perime
    assert ReglePenalite.objects.get().valeur == D(45)
    client.post(retirer, {"version": "2"})
    assert not ReglePenalite.objects.exists()
    trace = EcritureJournal.objects.get(action="retirer la règle de pénalité")
    assert trace.avant["valeur"] == "45.00"


def test_l_entreprise_engagee_lit_la_penalite_sans_pouvoir_la_changer(clause, structure):
    engagement = EngagementFactory(clause=clause)
    regle = ReglePenaliteFactory(clause=clause, article="CCAP 12.3")
    entreprise = Client()
    entreprise.force_login(
        RattachementFactory(structure=structure, role=Role.ENTREPRISE, entreprise=engagement.entreprise).utilisateur
    )
    page = entreprise.get(clause.lot.marche.get_absolute_url(), {"onglet": "lots"}).content.decode()
    assert "CCAP 12.3" in page
    assert reverse("marches:penalite_modifier", args=[regle.pk]) not in page


def test_tout_le_monde_lit_les_baremes_et_leurs_sources(structure):
    lecteur = Client()
    lecteur.force_login(RattachementFactory(structure=structure, financeur=True).utilisateur)
    page = lecteur.get(reverse("marches:baremes")).content.decode()
    for texte in ("12,02\u00a0€", "01/01/2026", "Revalorisation du SMIC au 1er janvier 2026", "30\u00a0€"):
        assert texte in page
    assert "Ajouter une valeur" not in page


def test_une_valeur_de_bareme_s_ajoute_avec_sa_date_et_sa_source(client):
    adresse = reverse("marches:bareme_creer")
    saisie = {"code": "SMIC_HORAIRE", "date_debut": "2027-01-01", "valeur": "12,31", "source": "Décret fictif"}
    assert client.post(adresse, saisie).status_code == 302
    en_vigueur = Bareme.objects.en_vigueur("SMIC_HORAIRE", le=datetime.date(2027, 2, 1)).first()
    assert en_vigueur.valeur == D("12.31")
    refus = client.post(adresse, saisie)
    assert refus.context["form"].errors["date_debut"] == ["Ce barème a déjà une valeur à cette date."]
    sans_source = client.post(adresse, saisie | {"date_debut": "2027-07-01", "source": ""})
    assert "source" in sans_source.context["form"].errors


def test_un_seuil_impossible_se_refuse_sans_faire_tomber_les_reglages(client, structure):
    saisie = {
        champ.name: champ.value() or ""
        for champ in client.get(reverse("reglages")).context["form"]
        if champ.name != "territoire"
    }
    reponse = client.post(reverse("reglages"), saisie | {"taux_risque_pourcent": "0"})
    assert reponse.status_code == 200
    assert "taux de 1 à 100 pour cent" in reponse.content.decode()


@pytest.mark.django_db(transaction=True)
def test_la_penalite_d_une_clause_devient_sa_regle_et_revient():
    # Les réglages ajoutés depuis à la structure n’existent pas dans l’état d’alors.
    avant = [("comptes", "0008_message_des_seuils"), ("marches", "0008_derogations_a_l_article_35")]
    apres = [("marches", "0009_penalites_en_regles")]
    fin = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        etat = MigrationExecutor(connection)
        etat.migrate(avant)
        anciens = etat.loader.project_state(avant).apps
        lot = _lot_ancien(anciens)
        clauses = anciens.get_model("marches", "Clause").objects
        avec = clauses.create(
            structure_id=lot.structure_id, lot=lot, nature_clause="COND_EXEC", penalite_formule="H_X_SMIC",
            penalite_valeur="1.50",
        )  # fmt: skip
        sans = clauses.create(structure_id=lot.structure_id, lot=lot, nature_clause="VOLONTAIRE")
        MigrationExecutor(connection).migrate(apres)
        assert list(ReglePenalite.objects.values_list("clause", "formule", "valeur")) == [
            (avec.pk, "H_X_SMIC", D("1.50"))
        ]
        clauses.filter(pk=avec.pk).update(penalite_formule="", penalite_valeur=None)
        MigrationExecutor(connection).migrate(avant)
        relues = dict(clauses.values_list("pk", "penalite_formule"))
        assert relues == {avec.pk: "H_X_SMIC", sans.pk: ""}
    finally:
        MigrationExecutor(connection).migrate(fin)


def _lot_ancien(anciens):
    structure = anciens.get_model("comptes", "Structure").objects.create(sigle="MIG", nom="Migration")
    acheteur = anciens.get_model("marches", "Acheteur").objects.create(siret="00000000000000", nom="Fictif")
    marche = anciens.get_model("marches", "Marche").objects.create(
        structure=structure, acheteur=acheteur, reference="M1", objet="Fictif"
    )
    return anciens.get_model("marches", "Lot").objects.create(structure=structure, marche=marche)
