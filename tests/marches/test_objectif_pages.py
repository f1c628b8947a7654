"""Calculateur, repères, paramètres d’une clause et mouvements proposés, depuis les pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from marches.enums import TypeObjectif
from marches.models import Clause, MouvementEngagement, RepereMetier
from marches.obligation import CHAMPS_D_OBJECTIF, CHAMPS_DU_TYPE
from tests.factories import ClauseFactory, EngagementFactory, LotFactory, RattachementFactory, StructureFactory
from tests.factories_conformite import FactureFactory, RepereMetierFactory

D = Decimal
CALCUL = {"montant": "1 000 000", "part": "50", "taux": "5", "cout": "30"}
COMMUNS = {"nature_clause": "COND_EXEC", "periodicite": "MENSUELLE", "coefficient_formation": "1"}


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def client(client: Client, structure) -> Client:
    client.force_login(RattachementFactory(structure=structure, responsable=True).utilisateur)
    return client


def calculer(client: Client, **changes: str):
    return client.get(reverse("marches:calculateur"), CALCUL | changes)


def test_le_calculateur_montre_chaque_etape_et_n_enregistre_rien(client):
    avant = EcritureJournal.objects.count()
    page = calculer(client).content.decode()
    for etape in ("1\u202f000\u202f000", "500\u202f000", "÷ 30\u00a0€ de l’heure", "833,33 h", "Peinture", "70,00"):
        assert etape in page
    assert "clausesociale34.fr" in page
    assert EcritureJournal.objects.count() == avant


def test_le_personnel_repris_sort_de_l_assiette(client):
    page = calculer(client, exclu="200000").content.decode()
    assert "666,67 h" in page
    assert "de personnel repris = 800\u202f000" in page


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("cout", "", "obligatoire"),
        ("cout", "0", "supérieur à zéro"),
        ("montant", "beaucoup", "beaucoup"),
        ("montant", "-5", "négatif"),
        ("part", "101", "va de 0 (exclu) à 100"),
        ("taux", "0", "va de 0 (exclu) à 100"),
        ("exclu", "1 000 000", "coûte moins que le montant"),
    ],
)
def test_une_saisie_fausse_du_calculateur_se_dit_sous_son_champ(client, champ, valeur, phrase):
    reponse = calculer(client, **{champ: valeur})
    assert reponse.status_code == 400
    assert phrase in " ".join(reponse.context["form"].errors[champ])
    assert reponse.context["assiette"] is None


def test_le_calculateur_vide_ne_reproche_rien(client):
    reponse = client.get(reverse("marches:calculateur"))
    assert reponse.status_code == 200
    assert not reponse.context["form"].errors


def test_un_repere_de_la_structure_remplace_le_repere_publie(client, structure):
    adresse = reverse("marches:repere_creer")
    assert client.post(adresse, {"metier": "Peinture", "part": "65,5", "source": "Nos chantiers"}).status_code == 302
    page = client.get(reverse("marches:calculateur")).content.decode()
    assert "65,50" in page
    assert "70,00" not in page
    refus = client.post(adresse, {"metier": "Peinture", "part": "60"})
    assert refus.context["form"].errors["metier"] == ["Ce métier a déjà son repère."]
    repere = RepereMetier.objects.get()
    client.post(reverse("marches:repere_retirer", args=[repere.pk]), {"version": "1"})
    assert not RepereMetier.objects.exists()
    assert "70,00" in client.get(reverse("marches:calculateur")).content.decode()


def test_un_repere_modifie_entre_temps_ne_se_retire_pas(client, structure):
    repere = RepereMetierFactory(structure=structure)
    client.post(reverse("marches:repere_modifier", args=[repere.pk]), {"version": "1", "metier": "M", "part": "10"})
    reponse = client.post(reverse("marches:repere_retirer", args=[repere.pk]), {"version": "1"}, follow=True)
    assert "modifiée par quelqu’un d’autre" in reponse.content.decode()
    assert RepereMetier.objects.get().part == D(10)


def test_un_acheteur_calcule_avec_les_reperes_publies_seulement(structure, client: Client):
    RepereMetierFactory(structure=structure, metier="Secret de la maison")
    acheteur = Client()
    acheteur.force_login(RattachementFactory(structure=structure, pour_acheteur=True).utilisateur)
    page = acheteur.get(reverse("marches:calculateur")).content.decode()
    assert "Peinture" in page
    assert "Secret de la maison" not in page


@pytest.mark.parametrize("type_objectif", TypeObjectif.values)
def test_le_formulaire_de_clause_ne_demande_que_ce_que_le_type_emploie(client, structure, type_objectif):
    lot = LotFactory(marche__structure=structure)
    adresse = reverse("marches:clause_creer", args=[lot.pk])
    reponse = client.post(adresse, COMMUNS | {"type_objectif": type_objectif, "adapter": "1", "perimetre": "Tout"})
    form = reponse.context["form"]
    assert {nom for nom in form.fields if nom in CHAMPS_D_OBJECTIF} == set(CHAMPS_DU_TYPE[type_objectif])
    assert not form.errors
    assert form["perimetre"].value() == "Tout"
    assert not Clause.objects.exists()


@pytest.mark.parametrize(
    ("type_objectif", "saisie", "gardes"),
    [
        (
            "HEURES_FIXES",
            {
                "objectif_montant": "1 000 000", "objectif_part": "50", "objectif_taux": "5,5",
                "objectif_cout_horaire": "30",
            },
            {"objectif_taux": D("5.50"), "objectif_exclu": None},
        ),
        (
            "PCT_HEURES_TRAVAILLEES",
            {"objectif_heures_totales": "12 345", "objectif_part_heures": "5"},
            {"objectif_part_heures": D(5)},
        ),
        ("HEURES_PAR_TRANCHE_MONTANT", {"objectif_tranche": "2000"}, {"objectif_tranche": D(2000)}),
        ("NB_PERSONNES_OU_ETP", {"objectif_personnes": "3", "objectif_etp": "1,5"}, {"objectif_etp": D("1.50")}),
        ("OFFRE_TITULAIRE", {"objectif_plancher": "800", "objectif_offre": "1200"}, {"objectif_offre": D(1200)}),
        ("LIBRE", {"objectif_texte": "Deux classes."}, {"objectif_texte": "Deux classes."}),
    ],
)  # fmt: skip
def test_chaque_type_garde_ses_parametres_et_vide_les_autres(client, structure, type_objectif, saisie, gardes):
    lot = LotFactory(marche__structure=structure)
    # Un champ étranger au type, envoyé quand même, n’est pas gardé.
    envoi = COMMUNS | {"type_objectif": type_objectif, "objectif_tranche": "77", "objectif_texte": "Rien"} | saisie
    assert client.post(reverse("marches:clause_creer", args=[lot.pk]), envoi).status_code == 302
    clause = Clause.objects.get()
    assert {nom: getattr(clause, nom) for nom in gardes} == gardes
    etrangers = [nom for nom in CHAMPS_D_OBJECTIF if nom not in CHAMPS_DU_TYPE[type_objectif]]
    assert [getattr(clause, nom) for nom in etrangers if getattr(clause, nom) not in (None, "")] == []


@pytest.mark.parametrize(
    ("type_objectif", "saisie", "champ", "phrase"),
    [
        ("HEURES_FIXES", {"objectif_montant": "1000"}, "objectif_montant", "se garde entier"),
        ("PCT_HEURES_TRAVAILLEES", {"objectif_part_heures": "5"}, "objectif_part_heures", "avec le total"),
        ("HEURES_PAR_TRANCHE_MONTANT", {"objectif_tranche": "0"}, "objectif_tranche", "supérieur à zéro"),
        ("NB_PERSONNES_OU_ETP", {"objectif_personnes": "0"}, "objectif_personnes", "supérieur à zéro"),
    ],
)
def test_un_parametre_impossible_se_dit_sous_son_champ(client, structure, type_objectif, saisie, champ, phrase):
    lot = LotFactory(marche__structure=structure)
    envoi = COMMUNS | {"type_objectif": type_objectif} | saisie
    reponse = client.post(reverse("marches:clause_creer", args=[lot.pk]), envoi)
    assert phrase in " ".join(reponse.context["form"].errors[champ])
    assert not Clause.objects.exists()


def test_adapter_ne_rajeunit_pas_la_fiche_affichee(client, structure):
    clause = ClauseFactory(lot__marche__structure=structure)
    Clause.objects.filter(pk=clause.pk).update(version=4)
    envoi = COMMUNS | {"type_objectif": "LIBRE", "adapter": "1", "version": "1"}
    reponse = client.post(reverse("marches:clause_modifier", args=[clause.pk]), envoi)
    assert reponse.context["form"]["version"].value() == "1"


def calculee(structure, **champs) -> Clause:
    return ClauseFactory(
        lot__marche__structure=structure, objectif_montant=D(1_000_000), objectif_part=D(50), objectif_taux=D(5),
        objectif_cout_horaire=D(30), **champs,
    )  # fmt: skip


def test_la_clause_propose_l_initial_puis_le_recalcul_sans_rien_inscrire(client, structure):
    engagement = EngagementFactory(clause=calculee(structure), heures=0)
    adresse = reverse("marches:clause_objectif", args=[engagement.clause_id])
    (proposition,) = client.get(adresse).context["objectif"].propositions
    assert (proposition.nature, proposition.difference) == ("INITIAL", D("833.33"))
    assert not MouvementEngagement.objects.exists()
    form = client.get(proposition.url).context["form"]
    assert (form["nature"].value(), form["heures"].value()) == ("INITIAL", "833,33")
    saisie = {nom: form[nom].value() for nom in ("nature", "heures", "date", "motif")}
    assert client.post(proposition.url, saisie).status_code == 302
    assert MouvementEngagement.objects.get().heures == D("833.33")
    (suivante,) = client.get(adresse).context["objectif"].propositions
    assert suivante.difference == 0
    Clause.objects.filter(pk=engagement.clause_id).update(objectif_taux=D(4))
    (recalcul,) = client.get(adresse).context["objectif"].propositions
    assert (recalcul.nature, recalcul.difference) == ("RECALCUL", D("-166.66"))


def test_un_lecteur_lit_le_calcul_sans_proposition(structure, client: Client):
    engagement = EngagementFactory(clause=calculee(structure), heures=0)
    lecteur = Client()
    lecteur.force_login(RattachementFactory(structure=structure, role=Role.LECTEUR).utilisateur)
    page = lecteur.get(reverse("marches:clause_objectif", args=[engagement.clause_id])).content.decode()
    assert "833,33" in page
    assert "Mouvements proposés" not in page


def test_la_page_d_objectif_coute_autant_avec_une_facture_qu_avec_onze(client, structure):
    clause = ClauseFactory(
        lot__marche__structure=structure, type_objectif="HEURES_PAR_TRANCHE_MONTANT", objectif_tranche=D(2000)
    )
    adresse = reverse("marches:clause_objectif", args=[clause.pk])
    FactureFactory(engagement=EngagementFactory(clause=clause))
    client.get(adresse)
    with CaptureQueriesContext(connection) as une:
        client.get(adresse)
    for _ in range(10):
        FactureFactory(engagement=EngagementFactory(clause=clause))
    with CaptureQueriesContext(connection) as onze:
        client.get(adresse)
    assert len(onze) == len(une)
