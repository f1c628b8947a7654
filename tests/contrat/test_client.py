"""Un logiciel qui n’a lu que le document OpenAPI ouvre un marché, note des heures et lit le bilan."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine

from clauses.comptes.actions import creer_jeton
from clauses.comptes.portees import portees_de
from tests.contrat.client import ClientDuContrat
from tests.factories import RattachementFactory, siret

ACHETEUR, ENTREPRISE = siret(2), siret(3)
HEURES = {"2026-01": "35.50", "2026-02": "120.25", "2026-03": "0.75"}


@pytest.fixture(autouse=True)
def horloge() -> Iterator[None]:
    with time_machine.travel(datetime.datetime(2026, 4, 15, 9, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def logiciel() -> ClientDuContrat:
    par = RattachementFactory().acteur()
    _, jeton = creer_jeton(nom="Logiciel de paie", portees=portees_de(par.role), jours=30, par=par)
    return ClientDuContrat(jeton)


def ouvrir_un_marche(logiciel: ClientDuContrat) -> tuple[int, int]:
    """Le marché et l’engagement d’une entreprise, pour 1 000 heures."""
    acheteur = logiciel.appeler("acheteurs_create", {"siret": ACHETEUR, "nom": "Ville fictive"})
    marche = logiciel.appeler(
        "marches_create",
        {
            "acheteur": acheteur["id"],
            "reference": "2026-01",
            "objet": "École fictive",
            "date_notification": "2026-01-02",
        },
        clef="marche-2026-01",
    )
    lot = logiciel.appeler("lots_create", {"marche": marche["id"], "numero": "1", "intitule": "Gros œuvre"})
    clause = logiciel.appeler("clauses_create", {"lot": lot["id"], "nature_clause": "COND_EXEC"})
    entreprise = logiciel.appeler("entreprises_create", {"siret": ENTREPRISE, "raison_sociale": "Bâti fictif"})
    engagement = logiciel.appeler(
        "engagements_create",
        {"clause": clause["id"], "entreprise": entreprise["id"], "heures": "1000.00", "date": "2026-01-02"},
    )
    return marche["id"], engagement["id"]


def embaucher(logiciel: ClientDuContrat, employeur: int) -> int:
    """Le contrat de travail d’une personne entrée en clause."""
    personne = logiciel.appeler("participants_create", {"nom": "Inventée", "prenom": "Ada", "sexe": "F"})
    logiciel.appeler(
        "entrees_create", {"participant": personne["id"], "date_entree": "2026-01-05", "critere_principal": "RSA"}
    )
    contrat = logiciel.appeler(
        "contrats_create",
        {
            "participant": personne["id"],
            "employeur": employeur,
            "type_contrat": "CDD",
            "modalite": "EMBAUCHE_DIRECTE",
            "date_debut": "2026-01-05",
        },
    )
    return contrat["id"]


def test_un_client_ecrit_du_seul_schema_va_du_marche_au_bilan(logiciel: ClientDuContrat) -> None:
    marche, engagement = ouvrir_un_marche(logiciel)
    employeur = logiciel.appeler("entreprises_list", siret=ENTREPRISE)["results"][0]["id"]
    contrat = embaucher(logiciel, employeur)
    for mois, heures in HEURES.items():
        ligne = {"contrat": contrat, "engagement": engagement, "mois": mois, "heures": heures}
        logiciel.appeler("lignes_create", ligne)
        logiciel.appeler("lignes_valider_mois_create", {"engagement": engagement, "mois": mois})
    total = sum(map(Decimal, HEURES.values()))

    bilan = logiciel.appeler("bilans_retrieve", nom="departement", du="2026-01-01", au="2026-03-31")
    lues = [ligne["heures"] for ligne in logiciel.appeler("lignes_list", engagement=engagement)["results"]]
    assert Decimal(bilan["indicateurs"]["heures_realisees"]) == sum(map(Decimal, lues)) == total == Decimal("156.50")
    assert bilan["indicateurs"]["beneficiaires_brsa"] == 1
    assert logiciel.appeler("engagements_retrieve", id=engagement, au="2026-03-31")["heures_realisees"] == "156.50"
    assert logiciel.appeler("marches_retrieve", id=marche)["heures_engagees"] == "1000.00"


def test_un_client_ecrit_du_seul_schema_modifie_ce_qu_il_a_lu(logiciel: ClientDuContrat) -> None:
    marche, _ = ouvrir_un_marche(logiciel)
    logiciel.appeler("marches_retrieve", id=marche)
    change = logiciel.appeler(
        "marches_partial_update", {"objet": "Collège fictif"}, id=marche, version=logiciel.etiquette
    )
    assert (change["objet"], logiciel.etiquette) == ("Collège fictif", f'"{change["version"]}"')
