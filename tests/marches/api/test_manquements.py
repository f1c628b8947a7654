"""La suite graduée par l’API : noter, proposer, décider."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine

from clauses.comptes.acteurs import Role
from marches.models import Bareme, Evenement, PropositionPenalite
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, refus
from tests.factories import EngagementFactory, RattachementFactory
from tests.factories_conformite import (
    BaremeFactory,
    EvenementFactory,
    PropositionPenaliteFactory,
    ReglePenaliteFactory,
)

JOUR = datetime.datetime(2027, 3, 15, 9, tzinfo=datetime.UTC)
DECISION = {"statut": "REDUITE", "montant": "100.00", "motif": "Effort réel"}


@pytest.fixture(autouse=True)
def le_15() -> Any:
    with time_machine.travel(JOUR, tick=False):
        yield


@pytest.fixture
def engagement() -> Any:
    """Fini sans une heure : cent heures manquent, à 40 €."""
    engagement = EngagementFactory(heures="100.00")
    ReglePenaliteFactory(clause=engagement.clause, exige_mise_en_demeure=False)
    return engagement


def etape(engagement: Any, **champs: Any) -> dict[str, Any]:
    return {"engagement": engagement.pk, "nature": "RELANCE_1", "date": "2027-03-01"} | champs


def test_une_etape_se_note_dans_l_ordre(engagement: Any) -> None:
    client = client_de(engagement.structure)
    assert "suppose une « relance 1 »" in refus(poster(client, "evenements/", etape(engagement, nature="RELANCE_2")))
    notee = creee(poster(client, "evenements/", etape(engagement, texte="Appel au siège")))
    assert (notee["nature"], notee["texte"], notee["lettre"]) == ("RELANCE_1", "Appel au siège", None)
    assert gestes(engagement.structure) == ["noter un événement"]


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"nature": "DECISION"}, "nature", "Codes : CONTACT, RELANCE_1, RELANCE_2, MISE_EN_DEMEURE"),
        ({"texte": "a" * 1001}, "texte", "1000"),
        ({"echeance": "2027-03-30"}, "echeance", "ne s’écrit pas"),
        ({"date": None}, "date", "nul"),
    ],
)
def test_une_etape_mal_ecrite_se_dit(engagement: Any, champs: Any, champ: str, phrase: str) -> None:
    assert phrase in fautes(poster(client_de(engagement.structure), "evenements/", etape(engagement, **champs)))[champ]
    assert not Evenement.objects.exists()


def test_une_etape_a_venir_ou_ailleurs_est_refusee(engagement: Any) -> None:
    client = client_de(engagement.structure)
    assert "une fois passé" in refus(poster(client, "evenements/", etape(engagement, date="2027-03-16")))
    assert "que vous puissiez voir" in fautes(poster(client, "evenements/", etape(EngagementFactory())))["engagement"]
    assert not Evenement.objects.exists()


def test_les_etapes_sont_aux_agents_seuls(engagement: Any) -> None:
    EvenementFactory(engagement=engagement)
    for role, organisation in (
        (Role.ENTREPRISE, {"entreprise": engagement.entreprise}),
        (Role.ACHETEUR, {"acheteur": engagement.clause.lot.marche.acheteur}),
    ):
        client = client_de(engagement.structure, role, **organisation)
        assert client.get("/api/v1/evenements/").status_code == 403
    assert len(numeros(client_de(engagement.structure, Role.LECTEUR), f"evenements/?engagement={engagement.pk}")) == 1


def test_la_penalite_se_propose_telle_que_calculee(engagement: Any) -> None:
    client = client_de(engagement.structure)
    proposition = creee(poster(client, "propositions-de-penalite/", {"engagement": engagement.pk}))
    assert (proposition["montant"], proposition["arretee_au"], proposition["statut"]) == (
        "4000.00", "2027-03-15", "PROPOSEE",
    )  # fmt: skip
    (terme,) = proposition["calcul"]
    assert (terme["formule"], terme["montant"], terme["plafond"]) == ("H_X_EUROS", "4000.00", None)
    assert "attend déjà" in refus(poster(client, "propositions-de-penalite/", {"engagement": engagement.pk}))
    assert PropositionPenalite.objects.count() == 1


def test_les_constats_s_ajoutent_au_calcul(engagement: Any) -> None:
    ReglePenaliteFactory(clause=engagement.clause, formule="JOUR_RETARD", valeur=50, exige_mise_en_demeure=False)
    client, corps = client_de(engagement.structure), {"engagement": engagement.pk, "jours_de_retard": -1}
    assert "jours_de_retard" in fautes(poster(client, "propositions-de-penalite/", corps))
    proposition = creee(poster(client, "propositions-de-penalite/", corps | {"jours_de_retard": 3}))
    assert proposition["montant"] == "4150.00"


def test_une_penalite_ne_se_propose_pas_ailleurs(engagement: Any) -> None:
    corps = {"engagement": EngagementFactory().pk}
    lues = fautes(poster(client_de(engagement.structure), "propositions-de-penalite/", corps))
    assert "que vous puissiez voir" in lues["engagement"]
    assert not PropositionPenalite.objects.exists()


def test_l_acheteur_decide_une_seule_fois(engagement: Any) -> None:
    proposition = PropositionPenaliteFactory(engagement=engagement)
    acheteur = client_de(engagement.structure, Role.ACHETEUR, acheteur=engagement.clause.lot.marche.acheteur)
    chemin = f"propositions-de-penalite/{proposition.pk}/decider/"
    assert poster(acheteur, chemin, DECISION).status_code == 428
    assert poster(acheteur, chemin, DECISION, version=7).status_code == 412
    decidee = poster(acheteur, chemin, DECISION, version=1).json()
    assert (decidee["statut"], decidee["montant_decide"], decidee["version"]) == ("REDUITE", "100.00", 2)
    assert not {"proposee_par", "decidee_par"} & set(decidee)
    assert "déjà réduite" in refus(poster(acheteur, chemin, DECISION, version=2))


def test_une_reduction_sans_montant_est_refusee(engagement: Any) -> None:
    proposition = PropositionPenaliteFactory(engagement=engagement)
    acheteur = client_de(engagement.structure, Role.ACHETEUR, acheteur=engagement.clause.lot.marche.acheteur)
    chemin = f"propositions-de-penalite/{proposition.pk}/decider/"
    assert "porte un montant" in refus(poster(acheteur, chemin, {"statut": "REDUITE", "motif": "x"}, version=1))
    assert set(fautes(poster(acheteur, chemin, {"statut": "PROPOSEE"}, version=1))) == {"statut", "motif"}
    assert lire(acheteur, f"propositions-de-penalite/{proposition.pk}/")["statut"] == "PROPOSEE"


def test_un_agent_inscrit_la_decision_recue_par_courrier(engagement: Any) -> None:
    proposition = PropositionPenaliteFactory(engagement=engagement)
    agent = client_de(engagement.structure)
    chemin = f"propositions-de-penalite/{proposition.pk}/decision-recue/"
    assert set(fautes(poster(agent, chemin, DECISION, version=1))) == {"courrier_date", "courrier_reference"}
    courrier = {"courrier_date": "2027-03-15", "courrier_reference": "Dossier 12"}
    inscrite = poster(agent, chemin, DECISION | courrier, version=1).json()
    assert (inscrite["statut"], inscrite["courrier_reference"]) == ("REDUITE", "Dossier 12")
    assert poster(agent, f"propositions-de-penalite/{proposition.pk}/decider/", DECISION, version=2).status_code == 403


def test_une_entreprise_lit_ce_qui_lui_est_propose(engagement: Any) -> None:
    sienne = PropositionPenaliteFactory(engagement=engagement)
    PropositionPenaliteFactory(engagement__clause=engagement.clause)
    client = client_de(engagement.structure, Role.ENTREPRISE, entreprise=engagement.entreprise)
    assert numeros(client, "propositions-de-penalite/?statut=PROPOSEE") == [sienne.pk]


def test_un_bareme_se_complete_par_un_responsable(engagement: Any) -> None:
    corps = {"code": "SMIC_HORAIRE", "date_debut": "2027-01-01", "valeur": "12.40", "source": "Décret fictif"}
    assert poster(client_de(engagement.structure), "baremes/", corps).status_code == 403
    responsable = client_de(engagement.structure, Role.RESPONSABLE)
    assert creee(poster(responsable, "baremes/", corps))["valeur"] == "12.40"
    assert fautes(poster(responsable, "baremes/", corps)) == {None: "Ce barème a déjà une valeur à cette date."}
    assert Bareme.objects.filter(date_debut="2027-01-01").count() == 1


def test_tout_role_lit_les_baremes() -> None:
    bareme = BaremeFactory()
    financeur = client_de(RattachementFactory().structure, Role.FINANCEUR)
    assert bareme.pk in numeros(financeur, "baremes/?code=SMIC_HORAIRE&tri=-date_debut")
