"""Clauses et règles de pénalité par l’API."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from marches.models import Clause, ReglePenalite
from tests.appels import client_de, creee, fautes, gestes, lire, numeros, poster, rapiecer, retirer
from tests.factories import ClauseFactory, EngagementFactory, LotFactory
from tests.factories_conformite import FactureFactory, ReglePenaliteFactory


@pytest.fixture
def lot() -> Any:
    return LotFactory()


def test_une_clause_se_definit_et_le_marche_prend_sa_consideration(lot: Any) -> None:
    client = client_de(lot.structure)
    corps = {
        "lot": lot.pk, "nature_clause": "COND_EXEC", "objectif_montant": "100000.00", "objectif_part": "50",
        "objectif_taux": "10", "objectif_cout_horaire": 25, "perimetre": "Tout le lot", "nomme_facilitateur": True,
    }  # fmt: skip
    clause = creee(poster(client, "clauses/", corps))
    assert (clause["objectif_heures"], clause["nomme_facilitateur"]) == ("200.00", True)
    assert "200,00" in clause["objectif"]
    assert len(clause["objectif_etapes"]) > 1
    lot.marche.refresh_from_db()
    assert lot.marche.a_clause_sociale
    assert gestes(lot.structure) == ["définir la clause", "reporter les considérations sociales"]


def test_un_champ_que_le_type_d_objectif_n_emploie_pas_est_refuse(lot: Any) -> None:
    corps = {"lot": lot.pk, "type_objectif": "INTEGRAL", "objectif_offre": "12"}
    lues = fautes(poster(client_de(lot.structure), "clauses/", corps))
    assert lues == {"objectif_offre": "Un objectif de type INTEGRAL n’emploie pas ce champ."}
    assert not Clause.objects.exists()


def test_changer_de_type_vide_l_ancien_objectif(lot: Any) -> None:
    clause = ClauseFactory(lot=lot, type_objectif="OFFRE_TITULAIRE", objectif_offre=120, objectif_plancher=100)
    client, corps = client_de(lot.structure), {"type_objectif": "LIBRE", "objectif_texte": "Deux apprentis"}
    modifiee = rapiecer(client, f"clauses/{clause.pk}/", corps, version=1).json()
    assert (modifiee["objectif"], modifiee["objectif_offre"], modifiee["version"]) == ("Deux apprentis", None, 2)
    assert rapiecer(client, f"clauses/{clause.pk}/", corps, version=1).status_code == 412


def test_modifier_le_perimetre_ne_touche_pas_l_objectif(lot: Any) -> None:
    clause = ClauseFactory(lot=lot, type_objectif="OFFRE_TITULAIRE", objectif_offre=120)
    modifiee = rapiecer(client_de(lot.structure), f"clauses/{clause.pk}/", {"perimetre": "Tout"}, version=1).json()
    assert (modifiee["perimetre"], modifiee["objectif_offre"]) == ("Tout", "120.00")


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"nature_clause": "COND"}, "nature_clause", "Code inconnu"),
        ({"coefficient_formation": "6"}, None, "va de 0 à 5"),
        ({"objectif_montant": "100"}, None, "se garde entier"),
        ({"duree_eligibilite_mois": 0}, None, "de 1 à 120 mois"),
        ({"plafond_formation": "-1"}, None, "n’est pas négatif"),
    ],
)
def test_une_clause_impossible_se_dit(lot: Any, champs: dict[str, Any], champ: str | None, phrase: str) -> None:
    assert phrase in fautes(poster(client_de(lot.structure), "clauses/", {"lot": lot.pk} | champs))[champ]
    assert not Clause.objects.exists()


def test_une_clause_ne_se_definit_pas_sur_le_lot_d_une_autre_structure(lot: Any) -> None:
    lues = fautes(poster(client_de(lot.structure), "clauses/", {"lot": LotFactory().pk}))
    assert "que vous puissiez voir" in lues["lot"]
    assert not Clause.objects.exists()


def test_l_objectif_a_la_tranche_suit_les_montants_que_l_on_voit() -> None:
    sien = EngagementFactory(
        heures=0, clause__type_objectif="HEURES_PAR_TRANCHE_MONTANT", clause__objectif_tranche=1000
    )
    FactureFactory(engagement=sien, montant_ht=20_000)
    FactureFactory(engagement=EngagementFactory(heures=0, clause=sien.clause), montant_ht=30_000)
    agent = client_de(sien.structure)
    entreprise = client_de(sien.structure, Role.ENTREPRISE, entreprise=sien.entreprise)
    assert lire(agent, f"clauses/{sien.clause_id}/")["objectif_heures"] == "50.00"
    assert lire(entreprise, f"clauses/{sien.clause_id}/")["objectif_heures"] == "20.00"


def test_un_partenaire_ne_lit_pas_ce_qui_manque_a_la_clause() -> None:
    sien = EngagementFactory()
    client = client_de(sien.structure, Role.ENTREPRISE, entreprise=sien.entreprise)
    assert "nomme_facilitateur" not in lire(client, f"clauses/{sien.clause_id}/")


def test_une_regle_s_ajoute_se_modifie_et_se_retire() -> None:
    clause = ClauseFactory()
    client = client_de(clause.structure)
    corps = {"clause": clause.pk, "formule": "H_X_EUROS", "valeur": "40", "article": "8.3"}
    regle = creee(poster(client, "regles-de-penalite/", corps))
    assert (regle["valeur"], regle["exige_mise_en_demeure"], regle["delai_jours"]) == ("40.00", True, 15)
    chemin = f"regles-de-penalite/{regle['id']}/"
    assert rapiecer(client, chemin, {"valeur": "50.00"}, version=1).json()["valeur"] == "50.00"
    assert retirer(client, chemin).status_code == 428
    assert retirer(client, chemin, version=1).status_code == 412
    retrait = retirer(client, chemin, version=2)
    assert (retrait.status_code, retrait.content) == (204, b"")
    assert not ReglePenalite.objects.exists()
    assert gestes(clause.structure) == [
        "ajouter la règle de pénalité", "modifier la règle de pénalité", "retirer la règle de pénalité",
    ]  # fmt: skip


def test_une_formule_deja_portee_est_refusee() -> None:
    regle = ReglePenaliteFactory()
    corps = {"clause": regle.clause_id, "formule": regle.formule, "valeur": "1"}
    lues = fautes(poster(client_de(regle.structure), "regles-de-penalite/", corps))
    assert lues == {None: "Cette clause porte déjà une pénalité de cette formule."}


def test_une_regle_ne_s_ajoute_pas_ailleurs_et_ne_s_y_retire_pas() -> None:
    ailleurs, clause = ReglePenaliteFactory(), ClauseFactory()
    client = client_de(clause.structure)
    corps = {"clause": ailleurs.clause_id, "formule": "JOUR_RETARD", "valeur": "1"}
    assert "que vous puissiez voir" in fautes(poster(client, "regles-de-penalite/", corps))["clause"]
    assert retirer(client, f"regles-de-penalite/{ailleurs.pk}/", version=1).status_code == 404
    assert list(ReglePenalite.objects.all()) == [ailleurs]


def test_les_clauses_se_filtrent(lot: Any) -> None:
    clause = ClauseFactory(lot=lot)
    ClauseFactory(lot__marche=lot.marche)
    client = client_de(lot.structure)
    assert numeros(client, f"clauses/?lot={lot.pk}") == [clause.pk]
    assert len(numeros(client, f"clauses/?marche={lot.marche_id}&nature_clause=COND_EXEC")) == 2
