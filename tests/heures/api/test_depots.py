"""Une entreprise remplit son relevé par l’API : le dépôt de la page, ses bornes et ses phrases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from heures import actions
from heures.models import LigneEnAttente, LigneHeures
from tests.appels import client_de, fautes, poster
from tests.factories import EntrepriseFactory
from tests.heures.depots import Banc, creer_banc

pytestmark = pytest.mark.usefixtures("mi_decembre_2025")
PERSONNE = {"nom": "Petit", "prenom": "Ana", "date_naissance": "1992-03-04", "heures": "47.50"}


@pytest.fixture
def banc() -> Banc:
    return creer_banc()


@pytest.fixture
def client(banc: Banc) -> Client:
    return client_de(banc.releve.structure, Role.ENTREPRISE, entreprise=banc.engagement.entreprise)


def chemin(banc: Banc, geste: str) -> str:
    return f"releves/{banc.releve.pk}/{geste}/"


def a_remplir(client: Client, banc: Banc) -> Any:
    return client.get(f"/api/v1/{chemin(banc, 'a-remplir')}")


def deposer(client: Client, banc: Banc, corps: Any, version: int | None = None) -> Any:
    return poster(client, chemin(banc, "deposer"), corps, version=version or banc.demande.version)


def test_l_entreprise_lit_son_releve_puis_le_depose(banc: Banc, client: Client) -> None:
    contrat = banc.contrat("Durand")
    lu = a_remplir(client, banc)
    assert (lu.status_code, lu["ETag"]) == (200, f'"{banc.demande.version}"')
    (personne,) = lu.json()["personnes"]
    assert (personne["contrat"], personne["nom"], personne["travail"]["heures"]) == (contrat.pk, "DURAND Zoé", None)
    heures = [
        {"contrat": contrat.pk, "heures": "35.00"},
        {"contrat": contrat.pk, "type_heures": "FORMATION", "heures": 7},
    ]
    reponse = deposer(client, banc, {"heures": heures, "personnes": [PERSONNE], "commentaire": "Feuilles jointes."})
    assert reponse.status_code == 200, reponse.content
    assert (reponse.json()["total"], reponse["ETag"]) == ("89.50", f'"{banc.demande.version + 1}"')
    lignes = LigneHeures.objects.order_by("heures").values_list("heures", "type_heures", "origine")
    assert list(lignes) == [(Decimal(7), "FORMATION", "ENTREPRISE"), (Decimal(35), "TRAVAIL", "ENTREPRISE")]
    assert [(a.nom, a.heures) for a in LigneEnAttente.objects.all()] == [("Petit", Decimal("47.50"))]
    gestes = set(EcritureJournal.objects.values_list("action", flat=True))
    assert {"déposer un relevé depuis un compte", "ouvrir un relevé depuis son compte"} <= gestes


def test_un_releve_neant_se_dit(banc: Banc, client: Client) -> None:
    reponse = deposer(client, banc, {"neant": True})
    assert (reponse.status_code, reponse.json()["est_neant"]) == (200, True)


@pytest.mark.parametrize(
    ("corps", "champ", "phrase"),
    [
        ({}, None, "Notez des heures, ou cochez"),
        ({"heures": "35"}, "heures", "liste"),
        ({"heures": [{"heures": "35"}]}, "heures.0.contrat", "obligatoire"),
        ({"heures": [{"contrat": 999_999, "heures": "35"}]}, None, "n’est plus à saisir dans ce relevé"),
        ({"personnes": [PERSONNE | {"heures": "999"}]}, "personnes.0.heures", "le plafond est de"),
        ({"personnes": [PERSONNE | {"date_naissance": "2024-01-01"}]}, "personnes.0.date_naissance", "ans"),
        ({"personnes": [PERSONNE | {"prenom": ""}]}, "personnes.0.prenom", "ne peut être vide"),
        ({"neant": True, "personnes": [PERSONNE]}, "neant", "gardez l’un des deux"),
        ({"commentaire": "1 85 05 78 006 084 91", "neant": True}, "commentaire", "sécurité sociale"),
        ({"statut": "VALIDE"}, "statut", "Champ inconnu"),
    ],
)
def test_un_depot_faux_se_dit_et_ne_garde_rien(
    banc: Banc, client: Client, corps: Any, champ: str | None, phrase: str
) -> None:
    lues = fautes(deposer(client, banc, corps))
    assert phrase in lues[champ], lues
    assert not LigneHeures.objects.exists()
    assert not LigneEnAttente.objects.exists()


def test_une_case_dite_deux_fois_se_refuse(banc: Banc, client: Client) -> None:
    une = {"contrat": banc.contrat("Durand").pk, "heures": "35"}
    assert "deux fois" in fautes(deposer(client, banc, {"heures": [une, une]}))["heures"]
    assert not LigneHeures.objects.exists()


def test_au_dela_du_plafond_la_faute_est_a_la_case(banc: Banc, client: Client) -> None:
    contrat = banc.contrat("Durand").pk
    heures = [{"contrat": contrat, "heures": "200"}, {"contrat": contrat, "type_heures": "FORMATION", "heures": "200"}]
    assert "le plafond est de" in fautes(deposer(client, banc, {"heures": heures}))["heures.0.heures"]


def test_un_depot_part_de_la_version_lue(banc: Banc, client: Client) -> None:
    assert deposer(client, banc, {"neant": True}, version=banc.demande.version + 5).status_code == 412
    assert poster(client, chemin(banc, "deposer"), {"neant": True}).status_code == 428
    banc.demande.refresh_from_db()
    assert banc.demande.deposee_le is None


def test_un_releve_valide_ne_se_depose_plus(banc: Banc, client: Client) -> None:
    contrat = banc.contrat("Durand")
    deposer(client, banc, {"heures": [{"contrat": contrat.pk, "heures": "35"}]})
    actions.valider_mois(banc.engagement, mois=banc.releve.mois, par=banc.agent)
    lu = a_remplir(client, banc)
    assert "est validé" in lu.json()["ferme"]
    refus = deposer(client, banc, {"neant": True}, version=int(lu["ETag"].strip('"')))
    assert (refus.status_code, "est validé" in refus.json()["detail"]) == (409, True)


def test_nul_autre_ne_remplit_ce_releve(banc: Banc) -> None:
    structure = banc.releve.structure
    voisine = client_de(structure, Role.ENTREPRISE, entreprise=EntrepriseFactory())
    assert a_remplir(voisine, banc).status_code == 404
    assert deposer(voisine, banc, {"neant": True}).status_code == 404
    agent = client_de(structure)
    assert (a_remplir(agent, banc).status_code, deposer(agent, banc, {"neant": True}).status_code) == (403, 403)
