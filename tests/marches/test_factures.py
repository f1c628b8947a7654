"""Clause à la tranche : le grand livre suit les factures, les avoirs et les bons de commande."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from clauses.comptes.acteurs import Role
from clauses.socle.erreurs import ActionImpossible
from marches import actions
from marches.enums import NatureMouvement
from marches.models import Engagement, Facture, MouvementEngagement
from marches.objectif import heures_par_tranche
from tests.factories import (
    ClauseFactory,
    EngagementFactory,
    MouvementEngagementFactory,
    RattachementFactory,
    StructureFactory,
    acteur,
)

D = Decimal
AVRIL, MAI = datetime.date(2025, 4, 30), datetime.date(2025, 5, 31)


@pytest.fixture
def structure():
    return StructureFactory()


@pytest.fixture
def engagement(structure):
    return a_la_tranche(structure)


def a_la_tranche(structure, **options):
    clause = ClauseFactory(
        lot__marche__structure=structure, type_objectif="HEURES_PAR_TRANCHE_MONTANT", objectif_tranche=D(2000)
    )
    return EngagementFactory(clause=clause, heures=0, **options)


def livre(engagement) -> list[tuple[str, Decimal, datetime.date, str]]:
    return [(m.nature, m.heures, m.date, m.piece) for m in MouvementEngagement.objects.filter(engagement=engagement)]


def facturer(engagement, montant: str, reference: str, par, date=AVRIL, **options) -> Facture:
    return actions.enregistrer_facture(
        engagement, date=date, reference=reference, montant_ht=D(montant), par=par, **options
    )


def test_facture_commande_et_avoir_s_inscrivent_par_difference(engagement, structure):
    par = acteur(structure)
    facturer(engagement, "12500", "F-1", par)
    facturer(engagement, "7000", "BC-1", par, MAI, nature=NatureMouvement.BON_COMMANDE)
    facturer(engagement, "-500", "AV-1", par, MAI)
    assert livre(engagement) == [
        ("RECALCUL", D("6.25"), AVRIL, "F-1"),
        ("BON_COMMANDE", D("3.50"), MAI, "BC-1"),
        ("RECALCUL", D("-0.25"), MAI, "AV-1"),
    ]


def test_un_engagement_initial_est_une_estimation_que_les_montants_remplacent(engagement, structure):
    MouvementEngagementFactory(engagement=engagement, heures=D(100))
    MouvementEngagementFactory(engagement=engagement, heures=D(-10), nature=NatureMouvement.ADAPTATION)
    facturer(engagement, "60000", "F-1", acteur(structure))
    # 30 h dues au titre des montants ; l’adaptation de −10 h, décidée à part, reste.
    total = MouvementEngagement.objects.filter(engagement=engagement).aggregate(t=Sum("heures"))["t"]
    assert total == D(20)


def test_la_facture_de_l_un_n_efface_pas_l_estimation_de_l_autre(engagement, structure):
    """Sans parts dites, un membre qui n’a encore rien facturé garde ses heures initiales."""
    autre = EngagementFactory(clause=engagement.clause, heures="420")
    facturer(engagement, "20000", "F-1", acteur(structure))
    assert [heures for _, heures, *_ in livre(autre)] == [D(420)]
    facturer(autre, "40000", "F-2", acteur(structure))
    assert [heures for _, heures, *_ in livre(autre)] == [D(420), D(-400)]


def test_le_total_engage_ne_passe_jamais_sous_zero(engagement, structure):
    par = acteur(structure)
    facturer(engagement, "20000", "F-1", par)
    actions.inscrire_mouvement(
        engagement, nature=NatureMouvement.ADAPTATION, heures=D(-8), date=MAI, par=par, motif="Accord"
    )
    facturer(engagement, "-20000", "AV-1", par, MAI)
    assert livre(engagement)[-1][:2] == ("RECALCUL", D("-2.00"))


def test_un_groupement_se_partage_selon_ses_parts(engagement, structure):
    par = acteur(structure)
    cotraitant = EngagementFactory(clause=engagement.clause, heures=0, part_groupement=D(40))
    engagement = actions.modifier_engagement(engagement, version=1, par=par, part_groupement=D(60))
    facturer(engagement, "10000", "F-1", par)
    assert livre(engagement) == [("RECALCUL", D("3.00"), AVRIL, "F-1")]
    assert livre(cotraitant) == [("RECALCUL", D("2.00"), AVRIL, "F-1")]


def test_les_parts_ne_depassent_pas_cent(engagement, structure):
    EngagementFactory(clause=engagement.clause, heures=0, part_groupement=D("70.50"))
    with pytest.raises(ActionImpossible, match="il reste 29,50 % à donner"):
        actions.modifier_engagement(engagement, version=1, par=acteur(structure), part_groupement=D(30))
    assert Engagement.objects.get(pk=engagement.pk).part_groupement is None


def test_une_reference_ne_sert_qu_une_fois_et_rien_n_est_a_moitie_inscrit(engagement, structure):
    par = acteur(structure)
    facturer(engagement, "2000", "F-1", par)
    with pytest.raises(ValidationError, match="déjà enregistrée"):
        facturer(engagement, "4000", "F-1", par)
    assert (Facture.objects.count(), MouvementEngagement.objects.count()) == (1, 1)


def test_une_clause_d_heures_fixes_ne_recoit_pas_de_facture(structure):
    fixe = EngagementFactory(clause__lot__marche__structure=structure)
    with pytest.raises(ActionImpossible, match="ne dépend pas des montants"):
        facturer(fixe, "2000", "F-1", acteur(structure))
    assert not Facture.objects.exists()


def test_un_lecteur_n_enregistre_pas_de_facture(engagement, structure):
    with pytest.raises(PermissionDenied):
        facturer(engagement, "2000", "F-1", acteur(structure, Role.LECTEUR))


def test_la_page_enregistre_un_montant_et_montre_le_livre_qui_suit(engagement, structure, client: Client):
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    adresse = reverse("marches:facture_creer", args=[engagement.clause_id])
    saisie = {"engagement": engagement.pk, "nature": "RECALCUL", "date": "30/04/2025", "reference": "F-1"}
    refus = client.post(adresse, {**saisie, "montant_ht": "0"})
    assert "Un montant nul n’est pas une facture" in refus.context["form"].errors["montant_ht"][0]
    reponse = client.post(adresse, {**saisie, "montant_ht": "12 500,00"}, follow=True)
    page = reponse.content.decode()
    assert "6,25\u00a0h à ce jour" in page
    assert "Rien : le grand livre suit l’objectif." in page
    assert client.post(adresse, {**saisie, "reference": "AV-1", "montant_ht": "- 500"}).status_code == 302
    assert [m.heures for m in MouvementEngagement.objects.filter(engagement=engagement)] == [D("6.25"), D("-0.25")]


def test_la_page_d_un_engagement_ne_compte_que_les_montants_anterieurs(engagement, structure, client: Client):
    par = acteur(structure)
    facturer(engagement, "10000", "F-1", par, AVRIL)
    facturer(engagement, "4000", "F-2", par, MAI)
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    adresse = reverse("marches:engagement", args=[engagement.pk])
    assert "5,00\u00a0h à ce jour" in client.get(adresse, {"au": "2025-05-30"}).content.decode()
    assert "7,00\u00a0h à ce jour" in client.get(adresse, {"au": "2025-05-31"}).content.decode()


def test_un_engagement_d_une_autre_clause_n_est_pas_propose(engagement, structure, client: Client):
    autre = a_la_tranche(structure)
    client.force_login(RattachementFactory(structure=structure).utilisateur)
    saisie = {"engagement": autre.pk, "nature": "RECALCUL", "date": "30/04/2025", "reference": "F", "montant_ht": "1"}
    reponse = client.post(reverse("marches:facture_creer", args=[engagement.clause_id]), saisie)
    assert "engagement" in reponse.context["form"].errors
    assert not Facture.objects.exists()


class LeGrandLivreSuit(TestCase):
    """Quelle que soit la suite de montants, et quel que soit leur ordre."""

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(-3_000_000, 6_000_000)), min_size=1, max_size=6))
    def test_la_somme_des_livres_est_celle_que_les_montants_font_devoir(self, suite):
        structure = StructureFactory()
        premier = a_la_tranche(structure)
        membres = [premier, *(EngagementFactory(clause=premier.clause, heures=0) for _ in range(2))]
        par = acteur(structure)
        montants = [(rang, D(centimes) / 100) for rang, centimes in suite if centimes]
        for numero, (rang, montant) in enumerate(montants):
            facturer(membres[rang], str(montant), f"F-{numero}", par)
        mouvements = MouvementEngagement.objects.filter(engagement__clause=premier.clause)
        totaux = [sum((h for e, h, *_ in mouvements.values_list("engagement", "heures") if e == m.pk), D(0))
                  for m in membres]  # fmt: skip
        assert sum(totaux) == heures_par_tranche([montant for _, montant in montants], D(2000))
        assert all(total >= 0 for total in totaux)
