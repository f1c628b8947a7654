"""Un passage en retard se constate et s’annonce une fois, d’après la situation de toutes les pages."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from clauses.comptes.acteurs import Role
from clauses.crochets.models import Livraison
from marches.actions import constater_les_retards
from marches.avancements import avancements
from marches.enums import StatutMarche
from marches.models import Engagement, RetardConstate
from tests.factories import EngagementFactory, LigneHeuresFactory, MarcheFactory, StructureFactory, acteur
from tests.factories_crochets import CrochetFactory

MI_2025 = datetime.date(2025, 7, 2)
DATES = {"date_debut": datetime.date(2025, 1, 1), "date_fin": datetime.date(2026, 12, 31)}


@pytest.fixture
def structure():
    structure = StructureFactory()
    CrochetFactory(structure=structure)
    return structure


def engager(structure, *, faites: str = "", **marche) -> Engagement:
    engagement: Engagement = EngagementFactory(
        clause__lot__marche=MarcheFactory(structure=structure, **DATES | marche), heures="1000"
    )
    if faites:
        LigneHeuresFactory(engagement=engagement, heures=Decimal(faites), validee=True)
    return engagement


def situation(engagement: Engagement, le: datetime.date = MI_2025) -> str:
    return avancements(par=acteur(engagement.structure), au=le).get(pk=engagement.pk).code_situation


def constater(structure, le: datetime.date = MI_2025) -> int:
    return constater_les_retards(au=le, par=acteur(structure))


def test_un_passage_en_retard_s_annonce_une_fois_avec_son_ecart(structure):
    retard, conforme = engager(structure, faites="20"), engager(structure, faites="250")
    assert (situation(retard), situation(conforme)) == ("EN_RETARD", "CONFORME")
    assert [constater(structure), constater(structure), constater(structure, datetime.date(2025, 7, 3))] == [1, 0, 0]
    corps = json.loads(Livraison.objects.get().corps)
    objet = corps["objet"]
    acheteur, entreprise = retard.clause.lot.marche.acheteur, retard.entreprise
    assert corps["evenement"] == "engagement.en_retard"
    assert objet["acheteur"] == {"siret": acheteur.siret, "nom": acheteur.nom}
    assert objet["entreprise"] == {"siret": entreprise.siret, "nom": entreprise.raison_sociale}
    assert (objet["engagement"], objet["au"], objet["heures_engagees"]) == (retard.pk, "2025-07-02", "1000.00")
    assert objet["heures_realisees"] == "20.00"
    assert Decimal(objet["ecart"]) == Decimal("20.00") - Decimal(objet["heures_attendues"]) < 0
    assert objet["liens"] == {"engagement": f"/api/v1/engagements/{retard.pk}/"}
    assert RetardConstate.objects.get().depuis == MI_2025


def test_un_engagement_rattrape_puis_de_nouveau_en_retard_s_annonce_de_nouveau(structure):
    engagement = engager(structure, faites="20")
    constater(structure)
    rattrapage = LigneHeuresFactory(engagement=engagement, heures=Decimal("150.00"), validee=True)
    assert situation(engagement) != "EN_RETARD"
    assert (constater(structure), RetardConstate.objects.count()) == (0, 0)
    type(rattrapage).objects.filter(pk=rattrapage.pk).delete()
    assert constater(structure) == 1
    assert Livraison.objects.count() == 2


def test_un_marche_clos_ou_une_autre_structure_ne_s_annoncent_pas(structure):
    engager(structure, faites="20", statut=StatutMarche.SOLDE)
    engager(StructureFactory(), faites="20")
    assert constater(structure) == 0


def test_un_retard_d_avant_le_premier_crochet_est_constate_sans_etre_annonce_ensuite():
    structure = StructureFactory()
    engager(structure, faites="20")
    assert constater(structure) == 1
    CrochetFactory(structure=structure)
    assert (constater(structure), Livraison.objects.count()) == (0, 0)


def test_constater_demande_le_droit_de_gerer_les_marches(structure):
    with pytest.raises(PermissionDenied):
        constater_les_retards(au=MI_2025, par=acteur(structure, Role.LECTEUR))


def test_la_commande_passe_toutes_les_structures_ou_une_seule(structure):
    autre = StructureFactory(sigle="AUTRE")
    for une in (structure, structure, autre):
        engager(une, faites="20")
    sortie = StringIO()
    with time_machine.travel(datetime.datetime(2025, 7, 2, 5, tzinfo=datetime.UTC), tick=False):
        call_command("constater_retards", structure="AUTRE", stdout=sortie)
        call_command("constater_retards", stdout=sortie)
    assert sortie.getvalue().splitlines() == [
        "AUTRE : 1 engagement passé en retard.",
        "AUTRE : 0 engagement passé en retard.",
        f"{structure.sigle} : 2 engagements passés en retard.",
    ]
    with pytest.raises(CommandError, match="Aucune structure"):
        call_command("constater_retards", structure="INCONNUE")


def test_cent_retards_coutent_autant_de_requetes_que_deux(structure, django_assert_max_num_queries):
    for _ in range(12):
        engager(structure, faites="20")
    par = acteur(structure)
    with django_assert_max_num_queries(12):
        assert constater_les_retards(au=MI_2025, par=par) == 12
