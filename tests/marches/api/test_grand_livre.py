"""Mouvements et factures par l’API : le grand livre se complète, ne se corrige pas."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from marches.models import Facture, MouvementEngagement
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, rapiecer, refus
from tests.factories import EngagementFactory, MouvementEngagementFactory
from tests.factories_conformite import FactureFactory

CHEMIN = "mouvements/"


@pytest.fixture
def engagement() -> Any:
    return EngagementFactory(heures=0)


def mouvement(engagement: Any, **champs: Any) -> dict[str, Any]:
    return {"engagement": engagement.pk, "nature": "INITIAL", "heures": "500", "date": "2025-01-01"} | champs


def a_la_tranche() -> Any:
    return EngagementFactory(
        heures=0, clause__type_objectif="HEURES_PAR_TRANCHE_MONTANT", clause__objectif_tranche=2000
    )


def test_les_mouvements_s_ajoutent_l_un_apres_l_autre(engagement: Any) -> None:
    client = client_de(engagement.structure)
    initial = creee(poster(client, CHEMIN, mouvement(engagement)))
    assert (initial["heures"], initial["motif"], initial["marche"]) == (
        "500.00", "", engagement.clause.lot.marche_id,
    )  # fmt: skip
    creee(poster(client, CHEMIN, mouvement(engagement, nature="SUSPENSION", heures="-80", motif="Chantier arrêté")))
    assert lire(client, f"engagements/{engagement.pk}/")["heures_engagees"] == "420.00"
    assert gestes(engagement.structure) == ["inscrire le mouvement"] * 2


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"nature": "AVENANT", "heures": "0"}, None, "zéro n’en est pas un"),
        ({"heures": "12.345"}, "heures", "Deux décimales au plus"),
        ({"nature": "RECONDUCTION", "heures": "-5"}, "heures", "ajoute des heures"),
        ({"nature": "SUSPENSION", "motif": "x"}, "heures", "avec le signe −"),
        ({"nature": "ADAPTATION"}, "motif", "dire pourquoi"),
        ({"nature": "AUTRE"}, "nature", "Code inconnu"),
        ({"date": "0001-01-01"}, "date", "impossible"),
    ],
)
def test_un_mouvement_impossible_se_dit(engagement: Any, champs: Any, champ: str | None, phrase: str) -> None:
    lues = fautes(poster(client_de(engagement.structure), CHEMIN, mouvement(engagement, **champs)))
    assert phrase in lues[champ]
    assert not MouvementEngagement.objects.exists()


def test_le_total_engage_ne_passe_pas_sous_zero(engagement: Any) -> None:
    MouvementEngagementFactory(engagement=engagement, heures=50)
    corps = mouvement(engagement, nature="AVENANT", heures="-80")
    assert "rendrait l’engagement négatif" in refus(poster(client_de(engagement.structure), CHEMIN, corps))


def test_un_mouvement_ne_change_plus(engagement: Any) -> None:
    inscrit = MouvementEngagementFactory(engagement=engagement)
    client = client_de(engagement.structure)
    assert rapiecer(client, f"{CHEMIN}{inscrit.pk}/", {"heures": "1"}, version=1).status_code == 405


def test_un_mouvement_ne_s_inscrit_pas_ailleurs(engagement: Any) -> None:
    ailleurs = EngagementFactory(heures=0)
    lues = fautes(poster(client_de(engagement.structure), CHEMIN, mouvement(ailleurs)))
    assert "que vous puissiez voir" in lues["engagement"]
    assert not MouvementEngagement.objects.exists()


def test_un_partenaire_ne_sait_pas_qui_a_inscrit(engagement: Any) -> None:
    MouvementEngagementFactory(engagement=engagement)
    MouvementEngagementFactory(engagement=EngagementFactory(heures=0, clause=engagement.clause))
    client = client_de(engagement.structure, Role.ENTREPRISE, entreprise=engagement.entreprise)
    (lu,) = lire(client, CHEMIN)["results"]
    assert lu["engagement"] == engagement.pk
    assert not {"inscrit_par", "inscrit_par_nom", "inscrit_le"} & set(lu)


def test_une_facture_fait_suivre_le_grand_livre() -> None:
    engagement = a_la_tranche()
    client = client_de(engagement.structure)
    corps = {"engagement": engagement.pk, "date": "2025-04-15", "reference": "F-1", "montant_ht": "20000"}
    facture = creee(poster(client, "factures/", corps))
    assert (facture["montant_ht"], facture["clause"]) == ("20000.00", engagement.clause_id)
    (suivi,) = lire(client, f"{CHEMIN}?engagement={engagement.pk}")["results"]
    assert (suivi["nature"], suivi["heures"], suivi["piece"]) == ("RECALCUL", "10.00", "F-1")
    assert fautes(poster(client, "factures/", corps)) == {
        None: "Cette référence est déjà enregistrée pour cet engagement."
    }


def test_un_bon_de_commande_garde_sa_nature() -> None:
    engagement = a_la_tranche()
    client = client_de(engagement.structure)
    corps = {"engagement": engagement.pk, "date": "2025-04-15", "reference": "C-1", "montant_ht": "-2000"}
    assert "Code inconnu" in fautes(poster(client, "factures/", corps | {"nature": "AVENANT"}))["nature"]
    creee(poster(client, "factures/", corps | {"nature": "BON_COMMANDE", "montant_ht": "2000"}))
    assert lire(client, CHEMIN)["results"][0]["nature"] == "BON_COMMANDE"


def test_une_clause_qui_ne_suit_pas_les_montants_refuse_la_facture(engagement: Any) -> None:
    corps = {"engagement": engagement.pk, "date": "2025-04-15", "reference": "F-1", "montant_ht": "20000"}
    assert "ne dépend pas des montants" in refus(poster(client_de(engagement.structure), "factures/", corps))
    assert not Facture.objects.exists()


def test_une_facture_ne_s_enregistre_pas_ailleurs(engagement: Any) -> None:
    corps = {"engagement": a_la_tranche().pk, "date": "2025-04-15", "reference": "F-1", "montant_ht": "20000"}
    lues = fautes(poster(client_de(engagement.structure), "factures/", corps))
    assert "que vous puissiez voir" in lues["engagement"]
    assert not Facture.objects.exists()


def test_une_entreprise_lit_ses_factures_sans_leur_auteur() -> None:
    facture = FactureFactory()
    FactureFactory(engagement__clause=facture.engagement.clause)
    client = client_de(facture.structure, Role.ENTREPRISE, entreprise=facture.engagement.entreprise)
    (lue,) = lire(client, "factures/")["results"]
    assert (lue["id"], "enregistree_par" in lue) == (facture.pk, False)


def test_le_grand_livre_se_filtre_et_se_trie_par_date(engagement: Any) -> None:
    ancien = MouvementEngagementFactory(engagement=engagement, date="2025-02-01")
    recent = MouvementEngagementFactory(engagement=engagement, date="2025-06-01", nature="AVENANT")
    client = client_de(engagement.structure)
    assert numeros(client, f"{CHEMIN}?tri=date") == [ancien.pk, recent.pk]
    assert numeros(client, f"{CHEMIN}?depuis=2025-03-01") == [recent.pk]
    assert numeros(client, f"{CHEMIN}?jusqu_au=2025-03-01&nature=INITIAL") == [ancien.pk]
    assert fautes(client.get(f"/api/v1/{CHEMIN}?depuis=15/03/2025"))["depuis"].endswith("2026-03-15.")
