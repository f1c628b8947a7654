"""Engagements par l’API : engager, changer les dates, fixer l’échéancier."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from clauses.comptes.acteurs import Role
from marches.models import Engagement, JalonEngagement, MouvementEngagement
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, rapiecer, refus
from tests.factories import ClauseFactory, EngagementFactory, EntrepriseFactory, LigneHeuresFactory

JOUR = datetime.datetime(2026, 3, 15, 9, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def le_15() -> Any:
    with time_machine.travel(JOUR, tick=False):
        yield


@pytest.fixture
def clause() -> Any:
    return ClauseFactory()


def test_engager_attribue_le_lot_et_ouvre_le_grand_livre(clause: Any) -> None:
    client, entreprise = client_de(clause.structure), EntrepriseFactory()
    corps = {"clause": clause.pk, "entreprise": entreprise.pk, "heures": "833.50", "date": "2025-01-15"}
    engagement = creee(poster(client, "engagements/", corps))
    assert (engagement["heures_engagees"], engagement["entreprise"]) == ("833.50", entreprise.pk)
    assert (engagement["debut"], engagement["fin"], engagement["echeancier"]) == ("2025-01-01", "2026-12-31", [])
    assert gestes(clause.structure) == ["attribuer le lot", "engager l’entreprise", "inscrire le mouvement"]
    assert lire(client, "attributions/")["results"][0]["role"] == "TITULAIRE"


def test_engager_sans_heures_n_inscrit_rien(clause: Any) -> None:
    corps = {"clause": clause.pk, "entreprise": EntrepriseFactory().pk, "date": "2025-01-15", "role": "COTRAITANT"}
    engagement = creee(poster(client_de(clause.structure), "engagements/", corps))
    assert (engagement["heures_engagees"], engagement["situation"]) == ("0.00", "SANS_ENGAGEMENT")
    assert not MouvementEngagement.objects.exists()


def test_une_entreprise_ne_s_engage_qu_une_fois_sur_un_lot() -> None:
    deja = EngagementFactory()
    corps = {"clause": deja.clause_id, "entreprise": deja.entreprise_id, "date": "2025-01-15"}
    assert "a déjà un engagement sur ce lot" in refus(poster(client_de(deja.structure), "engagements/", corps))


def test_des_heures_negatives_ne_laissent_rien(clause: Any) -> None:
    corps = {"clause": clause.pk, "entreprise": EntrepriseFactory().pk, "date": "2025-01-15", "heures": "-5"}
    lues = fautes(poster(client_de(clause.structure), "engagements/", corps))
    assert "supérieure ou égale à\u00a00.01" in lues["heures"]
    assert not Engagement.objects.exists()


def test_on_n_engage_pas_sur_la_clause_d_une_autre_structure(clause: Any) -> None:
    corps = {"clause": ClauseFactory().pk, "entreprise": EntrepriseFactory().pk, "date": "1066-01-15"}
    lues = fautes(poster(client_de(clause.structure), "engagements/", corps))
    assert "que vous puissiez voir" in lues["clause"]
    assert lues["date"] == "L’année 1066 est impossible : vérifier la date."
    assert not Engagement.objects.exists()


def test_les_dates_se_changent_depuis_la_version_lue() -> None:
    engagement = EngagementFactory()
    client, chemin = client_de(engagement.structure), f"engagements/{engagement.pk}/"
    modifie = rapiecer(client, chemin, {"date_fin": "2026-06-30", "part_groupement": "40"}, version=1).json()
    assert (modifie["fin"], modifie["part_groupement"], modifie["version"]) == ("2026-06-30", "40.00", 2)
    assert rapiecer(client, chemin, {"date_fin": None}, version=1).status_code == 412
    assert "ne s’écrit pas" in fautes(rapiecer(client, chemin, {"heures": "3"}, version=2))["heures"]


def test_des_heures_deja_enregistrees_restent_dans_les_dates() -> None:
    ligne = LigneHeuresFactory(validee=True)
    engagement = ligne.engagement
    reponse = rapiecer(
        client_de(engagement.structure), f"engagements/{engagement.pk}/", {"date_fin": "2025-02-01"}, version=1
    )
    assert "mars 2025" in refus(reponse)


def test_l_echeancier_se_remplace_d_un_coup() -> None:
    engagement = EngagementFactory(heures="100.00")
    client, chemin = client_de(engagement.structure), f"engagements/{engagement.pk}/echeancier/"
    jalons = [{"date": "2026-06-01", "part": 60}, {"date": "2025-06-01", "part": 20}]
    assert poster(client, chemin, {"jalons": jalons}).status_code == 428
    fiche = poster(client, chemin, {"jalons": jalons}, version=1).json()
    assert (fiche["echeancier"], fiche["version"]) == (jalons[::-1], 2)
    depassee = poster(client, chemin, {"jalons": []}, version=1)
    assert depassee.status_code == 412
    assert depassee.json()["ecarts"][0]["champ"] == "échéancier"
    assert poster(client, chemin, {"jalons": []}, version=2).json()["echeancier"] == []


@pytest.mark.parametrize(
    ("jalons", "champ", "phrase"),
    [
        ([{"date": "2026-06-01", "part": 101}], "jalons.0.part", "inférieure ou égale à 100"),
        ([{"date": "2026-06-01", "part": 20, "heures": 3}], "jalons.0.heures", "Champ inconnu"),
        ([{"part": 20}], "jalons.0.date", "obligatoire"),
        ([{"date": "2026-06-01", "part": 2}] * 25, "jalons", "24"),
        ({"date": "2026-06-01"}, "jalons", "liste"),
    ],
)
def test_un_jalon_mal_ecrit_se_dit_a_sa_place(jalons: Any, champ: str, phrase: str) -> None:
    engagement = EngagementFactory()
    client = client_de(engagement.structure)
    assert (
        phrase
        in fautes(poster(client, f"engagements/{engagement.pk}/echeancier/", {"jalons": jalons}, version=1))[champ]
    )
    assert not JalonEngagement.objects.exists()


def test_un_jalon_hors_des_dates_est_refuse() -> None:
    engagement = EngagementFactory()
    jalons = {"jalons": [{"date": "2027-06-01", "part": 20}]}
    reponse = poster(client_de(engagement.structure), f"engagements/{engagement.pk}/echeancier/", jalons, version=1)
    assert "n’est pas dans l’engagement" in refus(reponse)


def test_une_entreprise_lit_son_echeancier_et_ne_change_rien() -> None:
    sien = EngagementFactory(part_groupement=Decimal(40))
    JalonEngagement.objects.create(structure=sien.structure, engagement=sien, date="2026-06-01", part=60)
    EngagementFactory(clause=sien.clause)
    client = client_de(sien.structure, Role.ENTREPRISE, entreprise=sien.entreprise)
    (lu,) = lire(client, "engagements/")["results"]
    assert (lu["id"], lu["echeancier"]) == (sien.pk, [{"date": "2026-06-01", "part": 60}])
    assert "part_groupement" not in lu
    assert rapiecer(client, f"engagements/{sien.pk}/", {"date_fin": None}, version=1).status_code == 403


def test_les_engagements_se_filtrent_a_la_date_demandee() -> None:
    engagement = EngagementFactory()
    EngagementFactory(clause__lot__marche__structure=engagement.structure)
    client, siret = client_de(engagement.structure), engagement.entreprise.siret
    assert numeros(client, f"engagements/?entreprise_siret={siret}&situation=A_RISQUE&au=2026-11-01") == [
        engagement.pk
    ]
    assert numeros(client, f"engagements/?entreprise_siret={siret}&situation=ATTEINT") == []
    assert numeros(client, f"engagements/?marche={engagement.clause.lot.marche_id}") == [engagement.pk]
