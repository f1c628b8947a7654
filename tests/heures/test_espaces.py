"""L’accueil de l’acheteur et celui de l’entreprise : où en est chaque engagement, ce qui manque, jamais qui."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clauses.comptes.acteurs import Role
from heures.attendus import mois_echus
from heures.lecture_espace import engagements_suivis, ensemble, releves_demandes
from marches.models import Engagement
from tests.factories import (
    EngagementFactory,
    LigneHeuresFactory,
    RattachementFactory,
    ReleveFactory,
    acteur,
)
from tests.factories_conformite import DocumentFactory, PropositionPenaliteFactory
from tests.factories_releves import DemandeReleveFactory

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
LE_15 = datetime.date(2025, 12, 15)
INSECABLES = str.maketrans({"\u00a0": " ", "\u202f": " "})


@pytest.fixture
def engagement() -> Engagement:
    """500 h du 1er janvier 2025 au 31 décembre 2026 ; relevés reçus jusqu’en août, puis octobre."""
    engagement = EngagementFactory(
        entreprise__raison_sociale="Bâtisseurs fictifs", clause__lot__marche__reference="2025-M1"
    )
    for mois in (*range(1, 9), 10):
        ReleveFactory(engagement=engagement, mois=datetime.date(2025, mois, 1), statut="VALIDE")
    return engagement


def organisations(engagement: Engagement) -> dict[Role, dict[str, Any]]:
    return {
        Role.ACHETEUR: {"acheteur": engagement.clause.lot.marche.acheteur},
        Role.ENTREPRISE: {"entreprise": engagement.entreprise},
    }


def client_de(engagement: Engagement, role: Role) -> Client:
    rattachement = RattachementFactory(structure=engagement.structure, role=role, **organisations(engagement)[role])
    client = Client()
    client.force_login(rattachement.utilisateur)
    return client


def accueil(engagement: Engagement, role: Role) -> str:
    return " ".join(client_de(engagement, role).get("/").content.decode().translate(INSECABLES).split())


@pytest.mark.parametrize(
    ("au", "echus"),
    [
        # Le relevé de novembre est dû le 10 décembre : il manque à partir du 11.
        (datetime.date(2025, 12, 10), [9, 10]),
        (datetime.date(2025, 12, 11), [9, 10, 11]),
        (datetime.date(2026, 3, 1), [9, 10, 11, 12]),
        (datetime.date(2025, 9, 30), []),
    ],
)
def test_un_releve_est_echu_apres_le_jour_choisi_du_mois_suivant(au, echus):
    bornes = datetime.date(2025, 9, 15), datetime.date(2025, 12, 31)
    assert [mois.month for mois in mois_echus(*bornes, au=au, jour_echeance=10)] == echus


def test_sans_date_de_debut_aucun_releve_n_est_echu():
    assert mois_echus(None, None, au=LE_15, jour_echeance=10) == []


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE])
def test_chacun_lit_ou_en_est_l_engagement_et_ce_qui_y_manque(engagement, role):
    """120 h faites de janvier à août, aucune depuis : il manque septembre et novembre, et 35,50 h à valider."""
    for mois in (3, 7):
        ligne = {"mois": datetime.date(2025, mois, 1), "heures": Decimal(60), "validee": True}
        LigneHeuresFactory(engagement=engagement, contrat__participant__nom="Nomsecret", **ligne)
    LigneHeuresFactory(engagement=engagement, mois=datetime.date(2025, 10, 1))
    lu = accueil(engagement, role)
    attendus = (
        "120,00 h</strong> sur 500,00 h, 24,00 %",
        "239,04 h",  # 500 × 349 jours ÷ 730
        "écart -119,04 h",
        "380,00 h",
        "29,23 h par mois",  # 380 ÷ 13 mois, de décembre 2025 à décembre 2026
        "2 relevés non reçus, le plus ancien de septembre 2025",
        "35,50 h déclarées, pas encore validées",
        "En retard",
    )
    assert [texte for texte in attendus if texte not in lu] == []
    assert "NOMSECRET" not in lu.upper()


def test_l_acheteur_ne_recoit_que_ses_marches_ouverts_et_les_plus_urgents_d_abord(engagement):
    acheteur = engagement.clause.lot.marche.acheteur
    marche = {"structure": engagement.structure, "acheteur": acheteur}
    fini = EngagementFactory(**{f"clause__lot__marche__{c}": v for c, v in marche.items()})
    fini.clause.lot.marche.date_fin = datetime.date(2025, 11, 30)
    fini.clause.lot.marche.save()
    clos = EngagementFactory(
        clause__lot__marche__statut="SOLDE", **{f"clause__lot__marche__{c}": v for c, v in marche.items()}
    )
    voisin = EngagementFactory(clause__lot__marche__structure=engagement.structure)
    par = acteur(engagement.structure, Role.ACHETEUR, acheteur=acheteur)
    suivis = engagements_suivis(par=par, le=LE_15)
    assert [suivi.engagement for suivi in suivis] == [fini, engagement]
    total = ensemble(suivis)
    assert (total.nombre, total.engage, total.realise, total.difficultes) == (2, Decimal(1000), Decimal(0), 2)
    lu = accueil(engagement, Role.ACHETEUR)
    assert clos.clause.lot.marche.reference not in lu
    assert voisin.clause.lot.marche.reference not in lu
    assert reverse("marches:liste") in lu


@pytest.mark.parametrize(("role", "geste"), [(Role.ACHETEUR, "Lire et décider"), (Role.ENTREPRISE, "Lire le calcul")])
def test_une_proposition_se_lit_chez_l_un_et_se_decide_chez_l_autre(engagement, role, geste):
    proposition = PropositionPenaliteFactory(engagement=engagement)
    lu = accueil(engagement, role)
    assert geste in lu
    assert reverse("marches:proposition", args=[proposition.pk]) in lu
    assert "4 000 €" in lu


def test_l_acheteur_recoit_les_courriers_et_la_consolidee_jamais_l_attestation_d_une_entreprise(engagement):
    lettre = DocumentFactory(engagement=engagement, nature="ETAT_FINAL")
    attestation = DocumentFactory(engagement=engagement, attestation=True)
    consolidee = DocumentFactory(
        engagement=engagement, attestation=True, totaux=attestation.totaux | {"est_consolidee": True}
    )
    brouillon = DocumentFactory(engagement=engagement, format="docx")
    client = client_de(engagement, Role.ACHETEUR)
    statuts = {
        d.pk: client.get(reverse("bilans:document", args=[d.pk])).status_code
        for d in (lettre, attestation, consolidee, brouillon)
    }
    assert statuts == {lettre.pk: 200, attestation.pk: 404, consolidee.pk: 200, brouillon.pk: 404}
    lu = client.get("/").content.decode()
    assert [pk for pk in statuts if reverse("bilans:document", args=[pk]) in lu] == [lettre.pk, consolidee.pk]


@pytest.mark.parametrize(
    ("champs", "statut_marche", "etat", "a_faire"),
    [
        ({"statut": "ATTENDU", "echeance": "2025-12-20"}, "EN_COURS", "À remplir", True),
        ({"statut": "ATTENDU", "echeance": "2025-12-14"}, "EN_COURS", "En retard", True),
        ({"statut": "A_COMPLETER", "echeance": "2025-12-14"}, "EN_COURS", "À compléter", True),
        ({"statut": "REFUSE"}, "EN_COURS", "Refusé", True),
        ({"statut": "RECU"}, "EN_COURS", "Envoyé", False),
        ({"statut": "VALIDE"}, "EN_COURS", "Accepté", False),
        ({"statut": "NEANT"}, "EN_COURS", "Néant", False),
        ({"statut": "ATTENDU"}, "SOLDE", "Marché clos", False),
    ],
)
def test_l_etat_d_un_releve_dit_a_qui_le_tour(engagement, champs, statut_marche, etat, a_faire):
    marche = engagement.clause.lot.marche
    marche.statut = statut_marche
    marche.save()
    releve = ReleveFactory(engagement=engagement, mois=datetime.date(2025, 11, 1), message="À reprendre", **champs)
    DemandeReleveFactory(releve=releve)
    par = acteur(engagement.structure, Role.ENTREPRISE, entreprise=engagement.entreprise)
    (lu,) = releves_demandes(par=par, le=LE_15)
    assert (lu.etat, lu.est_a_faire) == (etat, a_faire)
    assert bool(lu.message) is (champs["statut"] in {"A_COMPLETER", "REFUSE"})


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE])
def test_un_engagement_coute_autant_de_requetes_que_onze(engagement, role):
    client = client_de(engagement, role)

    def ajouter() -> None:
        marche = engagement.clause.lot.marche
        nouveau = EngagementFactory(
            entreprise=engagement.entreprise, clause__lot__marche__structure=engagement.structure,
            clause__lot__marche__acheteur=marche.acheteur,
        )  # fmt: skip
        DemandeReleveFactory(releve=ReleveFactory(engagement=nouveau))
        DocumentFactory(engagement=nouveau)
        PropositionPenaliteFactory(engagement=nouveau)

    def compter() -> int:
        with CaptureQueriesContext(connection) as requetes:
            assert client.get("/").status_code == 200
        return len(requetes)

    ajouter()
    compter()
    une = compter()
    for _ in range(10):
        ajouter()
    assert compter() == une
