"""Les bilans par l’API : les chiffres de formats.md §4, et de chacun l’adresse de ce qui le compose."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bilans.catalogue import RAPPORTS
from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from tests.bilans import jeu
from tests.factories import RattachementFactory
from tests.jeu_de_comptage import CU_ARRAS

ANNEE = {"du": "2025-01-01", "au": "2025-12-31"}
BILANS, EMIS = "/api/v1/bilans/", "/api/v1/bilans-emis/"


@pytest.fixture
def pose() -> jeu.Jeu:
    return jeu.poser()


def connecte(pose: jeu.Jeu, **options: Any) -> Client:
    client = Client()
    options = options or {"role": Role.RESPONSABLE}
    client.force_login(RattachementFactory(structure=pose.structure, **options).utilisateur)
    return client


def lire(client: Client, nom: str, **parametres: str) -> Any:
    reponse = client.get(f"{BILANS}{nom}/", ANNEE | parametres)
    assert reponse.status_code == 200, reponse.content
    return reponse.json()


def test_les_chiffres_du_jeu_de_comptage_sont_ceux_du_contrat(pose: jeu.Jeu) -> None:
    lu = lire(connecte(pose), "departement")
    attendus = {"heures_realisees": "988.84", "beneficiaires": 6, "nouveaux_entrants": 5, "etp": "0.543"}
    assert {cle: lu["indicateurs"][cle] for cle in attendus} == attendus
    assert lu["periode"] == ANNEE


def chiffres_et_liens(lu: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Chaque chiffre du document avec l’adresse qui l’ouvre : indicateurs, an d’avant, lignes et totaux."""
    avant = {ligne["cle"]: ligne["realise_n1"] for ligne in lu["synthese"]}
    yield from ((lu["indicateurs"][cle], lien) for cle, lien in lu["liens"]["indicateurs"].items())
    yield from ((avant[cle], lien) for cle, lien in lu["liens"]["indicateurs_n1"].items())
    for partie in ("tableaux", "totaux"):
        for cle, rangees in lu["liens"][partie].items():
            for valeurs, liens in zip(lu[partie][cle], rangees, strict=True):
                yield from ((valeurs[colonne], lien) for colonne, lien in liens.items())


@pytest.mark.sur_sqlite
@pytest.mark.parametrize("nom", [nom for nom in RAPPORTS if nom not in {"qualite", "ouvertes"}])
def test_chaque_lien_rend_une_liste_dont_le_nombre_ou_la_somme_est_le_chiffre(pose: jeu.Jeu, nom: str) -> None:
    client = connecte(pose)
    acheteur = {"acheteur": CU_ARRAS} if nom == "acheteur" else {}
    entier = {"complet": "on"} if "complet" in RAPPORTS[nom].formulaire.base_fields else {}
    suivis: dict[str, Any] = {}
    for chiffre, lien in chiffres_et_liens(lire(client, nom, **acheteur, **entier)):
        if lien not in suivis:
            reponse = client.get(lien)
            assert reponse.status_code == 200, (lien, reponse.content)
            suivis[lien] = reponse.json()
        liste = suivis[lien]
        compte = liste["heures"] if isinstance(chiffre, str) else liste["nombre"]
        assert Decimal(compte) == Decimal(chiffre), lien
    assert suivis


def test_les_lignes_se_parcourent_page_a_page(pose: jeu.Jeu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bilans.ouvrir.PAR_PAGE", 2)
    client = connecte(pose)
    page = lire(client, "departement")["liens"]["indicateurs"]["beneficiaires"]
    lues, nombre = [], None
    while page:
        lu = client.get(page).json()
        nombre = lu["nombre"]
        lues += [ligne[0]["texte"] for ligne in lu["lignes"]]
        page = lu["suivante"]
    assert len(set(lues)) == len(lues) == nombre == 6


def test_ouvrir_un_chiffre_qui_nomme_s_inscrit_au_journal(pose: jeu.Jeu) -> None:
    client = connecte(pose)
    client.get(lire(client, "departement")["liens"]["indicateurs"]["beneficiaires"])
    actions = EcritureJournal.objects.filter(structure=pose.structure).values_list("action", flat=True)
    assert "ouvrir un chiffre de bilan (personnes)" in actions


@pytest.mark.parametrize(
    ("chemin", "parametres", "phrase"),
    [
        ("departement/", {"du": "2025-13-01", "au": "2025-12-31"}, "Du"),
        ("departement/", {"du": "2025-12-31", "au": "2025-01-01"}, "La fin précède le début"),
        ("departement/", {"du": "1999-01-01", "au": "1999-12-31"}, "Aucune heure validée"),
        ("acheteur/", ANNEE, ""),
        ("acheteur/", ANNEE | {"acheteur": "00000000000000"}, ""),
        ("departement/lignes/", ANNEE | {"mesure": "rien"}, "La mesure"),
        ("departement/lignes/", ANNEE | {"mesure": "lignes", "sexe": "X"}, "n’existe pas dans ce bilan"),
        ("departement/lignes/", ANNEE | {"ligne": "a/b"}, ""),
    ],
)
def test_une_demande_fausse_se_dit(pose: jeu.Jeu, chemin: str, parametres: dict[str, str], phrase: str) -> None:
    reponse = connecte(pose).get(f"{BILANS}{chemin}", parametres)
    assert (reponse.status_code, reponse["Content-Type"]) == (400, "application/problem+json"), reponse.content
    assert phrase in reponse.json()["detail"]


def test_un_parametre_inconnu_est_cite(pose: jeu.Jeu) -> None:
    reponse = connecte(pose).get(f"{BILANS}departement/", ANNEE | {"duree": "1"})
    assert [erreur["champ"] for erreur in reponse.json()["erreurs"]] == ["duree"]
    assert connecte(pose).get(f"{BILANS}inconnu/", ANNEE).status_code == 404


def test_chacun_ne_voit_au_catalogue_que_ses_bilans(pose: jeu.Jeu) -> None:
    marche = pose.engagements["2024-M1"].clause.lot.marche
    partenaires = {
        Role.RESPONSABLE: connecte(pose),
        Role.FINANCEUR: connecte(pose, financeur=True),
        Role.ACHETEUR: connecte(pose, pour_acheteur=True, acheteur=marche.acheteur),
    }
    noms = {role: {b["bilan"] for b in client.get(BILANS).json()} for role, client in partenaires.items()}
    assert noms == {
        Role.RESPONSABLE: {*RAPPORTS, "agregats"}, Role.FINANCEUR: {"agregats"}, Role.ACHETEUR: {"votre_bilan"},
    }  # fmt: skip
    assert partenaires[Role.ACHETEUR].get(f"{BILANS}departement/", ANNEE).status_code == 403
    assert partenaires[Role.ACHETEUR].get(f"{BILANS}agregats/").status_code == 403
    lu = partenaires[Role.ACHETEUR].get(f"{BILANS}votre_bilan/", {"annee": "2025"})
    assert (lu.status_code, lu.json()["bilan"]) == (200, "acheteur")
    assert not any(lu.json()["liens"]["indicateurs"].values())


def test_emettre_par_l_api_fige_et_se_relit(pose: jeu.Jeu) -> None:
    client = connecte(pose)
    corps = {"bilan": "departement", "nature": "INTERMEDIAIRE", **ANNEE}
    entetes = {"Idempotency-Key": "bilan-2025"}
    un, deux = (client.post(EMIS, corps, content_type="application/json", headers=entetes) for _ in range(2))
    assert (un.status_code, un.json()["version"], deux.json()) == (201, 1, un.json())
    relu = client.get(f"{EMIS}{un.json()['id']}/document/").json()
    assert (relu["indicateurs"]["heures_realisees"], relu["empreinte"]) == ("988.84", un.json()["empreinte"])
    assert "liens" not in relu


@pytest.mark.parametrize(
    ("corps", "code"),
    [
        ({"bilan": "qualite", "nature": "FINAL"}, 400),
        ({"bilan": "departement", "nature": "FINAL", "acheteur": CU_ARRAS}, 400),
        ({"bilan": "departement", "nature": "FINAL"}, 409),
        ({"bilan": "departement", "nature": "INTERMEDIAIRE", "au": "2024-12-31"}, 400),
        ({"bilan": "departement"}, 400),
    ],
)
def test_une_emission_refusee_ne_fige_rien(pose: jeu.Jeu, corps: dict[str, str], code: int) -> None:
    reponse = connecte(pose).post(EMIS, ANNEE | corps, content_type="application/json")
    assert reponse.status_code == code, reponse.content
    assert connecte(pose).get(EMIS).json()["results"] == []
