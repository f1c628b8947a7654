"""Regrouper en lots : proposé d’après l’accord-cadre ou le début de l’identifiant, jamais décidé."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from clauses.comptes.models import EcritureJournal
from clauses.socle.erreurs import ActionImpossible
from marches.actions import regrouper_en_lots
from marches.imports.decp.enregistrement import Enregistrement
from marches.imports.decp.lots import objet_commun, prefixe, proposer
from marches.imports.decp.rapport import Issue
from marches.models import Attribution, Clause, Lot, Marche, PublicationDecp
from tests.factories import RattachementFactory, StructureFactory, acteur, siret
from tests.marches.decp import COTRAITANT, TITULAIRE, contrat, fichier, lire


@pytest.fixture
def par():
    return acteur(StructureFactory())


def importer(par, *contrats, **options):
    return Enregistrement(par, **options).traiter(lire(fichier(*contrats)))


def lots(*identifiants, **champs):
    return [contrat(id=un, objet=f"Rénovation de l’école, lot {un[-1]}", **champs) for un in identifiants]


@pytest.mark.parametrize(
    ("identifiant", "attendu"),
    [
        ("24-2024FS08-Lot1", "24-2024FS08"),
        ("24MS016_L4", "24MS016"),
        ("2024-081-00", "2024-081"),
        ("202409LOT02PAY", "202409"),
        ("24-1033080-2", "24-1033080"),
        ("2024300292", "2024300292"),
        ("L1", "L1"),
    ],
)
def test_le_prefixe_d_un_identifiant_est_ce_qui_ne_nomme_pas_le_lot(identifiant, attendu):
    assert prefixe(identifiant) == attendu


@pytest.mark.parametrize(
    ("objets", "attendu"),
    [
        (["Rénovation de l’école, lot 1", "Rénovation de l’école, lot 2"], "Rénovation de l’école"),
        (["Voirie", "Peinture"], "Voirie"),
        (["Groupe scolaire - Lot n° 3 : bois", "Groupe scolaire - Lot n° 4 : sols"], "Groupe scolaire"),
    ],
)
def test_l_objet_commun_se_coupe_au_mot_et_sans_le_mot_lot(objets, attendu):
    assert objet_commun(objets, "x") == attendu


def test_les_lots_publies_separement_sont_proposes_et_rien_n_est_decide(par):
    importer(
        par,
        *lots("24MS016_L1", "24MS016_L2"),
        contrat(id="autre"),
        contrat(id="24MS016_L3", dateNotification="2024-06-30"),
    )
    (proposition,) = proposer(par=par)
    assert [marche.reference for marche in proposition.marches] == ["24MS016_L1", "24MS016_L2"]
    assert (proposition.reference, proposition.objet) == ("24MS016", "Rénovation de l’école")
    assert "même date de notification" in proposition.raison
    assert Marche.objects.count() == 4


def test_un_accord_cadre_commun_l_emporte_sur_les_dates(par):
    importer(
        par,
        contrat(id="A", idAccordCadre="AC9"),
        contrat(id="B", idAccordCadre="AC9", dateNotification="2024-08-01"),
        contrat(id="C", idAccordCadre="C"),
    )
    (proposition,) = proposer(par=par)
    assert [marche.reference for marche in proposition.marches] == ["A", "B"]
    assert proposition.raison == "même accord-cadre"


def test_regrouper_garde_lots_clauses_attributaires_et_somme_des_montants(par):
    importer(par, *lots("M_L1", "M_L2", titulaires=[{"id": TITULAIRE}]))
    clauses = set(Clause.objects.values_list("pk", flat=True))
    marche = regrouper_en_lots(list(Marche.objects.all()), reference="M", objet="École", par=par)
    assert Marche.objects.get() == marche
    assert (marche.reference, marche.objet, marche.montant_ht) == ("M", "École", Decimal(80000))
    assert [(lot.numero, lot.intitule) for lot in Lot.objects.all()] == [
        ("1", "Rénovation de l’école, lot 1"),
        ("2", "Rénovation de l’école, lot 2"),
    ]
    assert set(Clause.objects.values_list("pk", flat=True)) == clauses
    assert Attribution.objects.filter(lot__marche=marche).count() == 2
    assert PublicationDecp.objects.filter(marche=marche).count() == 2
    assert EcritureJournal.objects.filter(action="retirer le marché regroupé").count() == 1
    assert proposer(par=par) == []


def test_apres_le_regroupement_chaque_contrat_met_a_jour_son_lot(par):
    importer(par, *lots("M_L1", "M_L2"))
    regrouper_en_lots(list(Marche.objects.all()), reference="M", objet="École", par=par)
    lignes = importer(
        par, *lots("M_L1"), *lots("M_L2", montant=50000, titulaires=[{"id": TITULAIRE}, {"id": COTRAITANT}])
    )
    assert [ligne.issue for ligne in lignes] == [Issue.DEJA_PRESENT, Issue.MIS_A_JOUR]
    assert [lot.montant_ht for lot in Lot.objects.all()] == [Decimal(40000), Decimal(50000)]
    marche = Marche.objects.get()
    assert (marche.objet, marche.montant_ht) == ("École", Decimal(90000))
    assert Attribution.objects.get(entreprise__siret=COTRAITANT).lot.numero == "2"


def test_des_acheteurs_differents_ou_un_seul_marche_ne_se_regroupent_pas(par):
    importer(par, contrat(id="A"), contrat(id="B", acheteur={"id": siret(300, "2")}))
    with pytest.raises(ActionImpossible, match="plusieurs acheteurs"):
        regrouper_en_lots(list(Marche.objects.all()), reference="M", objet="École", par=par)
    with pytest.raises(ActionImpossible, match="au moins deux"):
        regrouper_en_lots(list(Marche.objects.all())[:1], reference="M", objet="École", par=par)
    assert Marche.objects.count() == 2


@pytest.fixture
def connecte(client):
    rattachement = RattachementFactory(structure=StructureFactory())
    client.force_login(rattachement.utilisateur)
    client.par = rattachement.acteur()
    return client


def test_l_ecran_propose_et_reunit_ce_qui_est_coche(connecte):
    importer(connecte.par, *lots("M2024_L1", "M2024_L2", "M2024_L3"))
    adresse = reverse("marches:regrouper")
    page = connecte.get(adresse)
    assert "3 marchés" in page.content.decode()
    choisis = Marche.objects.exclude(reference="M2024_L3").values_list("pk", flat=True)
    reponse = connecte.post(adresse, {"marches": list(choisis), "reference": "M2024", "objet": "École"}, follow=True)
    assert "Le marché M2024 réunit maintenant ses lots." in reponse.content.decode()
    assert sorted(Marche.objects.values_list("reference", flat=True)) == ["M2024", "M2024_L3"]
    assert "Aucun regroupement à proposer" in connecte.get(adresse).content.decode()


def test_une_reference_deja_prise_ou_un_marche_d_ailleurs_se_disent(connecte):
    importer(connecte.par, *lots("M2024_L1", "M2024_L2"), contrat(id="pris"))
    importer(acteur(StructureFactory()), contrat(id="ailleurs"))
    choisis = list(Marche.objects.filter(reference__startswith="M2024").values_list("pk", flat=True))
    ailleurs = Marche.objects.get(reference="ailleurs")
    adresse = reverse("marches:regrouper")
    prise = connecte.post(adresse, {"marches": choisis, "reference": "pris", "objet": "École"})
    assert "déjà un marché qui porte cette référence" in prise.content.decode()
    forge = connecte.post(adresse, {"marches": [*choisis, ailleurs.pk], "reference": "M", "objet": "École"})
    assert "n’est plus à regrouper" in forge.content.decode()
    assert Marche.objects.count() == 4
