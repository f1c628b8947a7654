"""Ce que montre le suivi des personnes se retrouve par l’API ; les modèles de relevé s’y téléchargent."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from heures import suivi
from tests.factories import (
    ContratTravailFactory,
    EngagementFactory,
    EntreeClauseFactory,
    SortieFactory,
    UtilisateurFactory,
)
from tests.heures.api.porte import API, Porte, fautes

JOUR = datetime.date(2025, 12, 15)


@pytest.fixture
def personnes(structure: Any) -> dict[str, Any]:
    """Une personne par onglet du suivi ; la dernière n’est plus sous contrat."""
    piece = {
        "piece_type": "ATTESTATION_RSA", "piece_vue_le": datetime.date(2025, 1, 2),
        "piece_vue_par": UtilisateurFactory(),
    }  # fmt: skip
    perimee = piece | {"piece_valable_jusqu_au": datetime.date(2025, 6, 1)}
    bonne = piece | {"piece_valable_jusqu_au": datetime.date(2030, 1, 1)}
    faites = {
        "finie": {"date_entree": datetime.date(2023, 1, 1), **bonne},
        "perimee": {"date_entree": datetime.date(2025, 1, 1), **perimee},
        "en_regle": {"date_entree": datetime.date(2025, 1, 1), **bonne},
    }
    lues = {nom: EntreeClauseFactory(participant__structure=structure, **champs) for nom, champs in faites.items()}
    for nom in ("finie", "perimee"):
        ContratTravailFactory(participant=lues[nom].participant)
    return {nom: entree.participant for nom, entree in lues.items()}


def test_chaque_onglet_des_personnes_a_son_filtre(porte: Porte, personnes: dict[str, Any]) -> None:
    par = porte.rattachement.acteur()
    regles = suivi.reglages(par)
    suivies = suivi.personnes(par, le=JOUR, regles=regles)
    onglets = {
        "eligibilite": suivi.eligibilites(suivies, le=JOUR, regles=regles),
        "piece": suivi.pieces(suivies, le=JOUR, regles=regles),
        "sans_visa": suivi.visas(suivies),
    }
    for code, attendues in onglets.items():
        lues = {personne["id"] for personne in porte.lus(f"participants/?suivi={code}")}
        assert lues == {personne.pk for personne in attendues}, code
    assert [p["id"] for p in porte.lus("participants/?suivi=piece")] == [personnes["perimee"].pk]
    assert [p["id"] for p in porte.lus("participants/?suivi=eligibilite")] == [personnes["finie"].pk]


def test_on_ne_garde_que_les_personnes_sous_contrat(porte: Porte, personnes: dict[str, Any]) -> None:
    sous_contrat = {p["id"] for p in porte.lus("participants/?sous_contrat=true")}
    assert sous_contrat == {personnes["finie"].pk, personnes["perimee"].pk}
    assert [p["id"] for p in porte.lus("participants/?sous_contrat=false")] == [personnes["en_regle"].pk]
    assert "sous_contrat" in fautes(porte.lire("participants/?sous_contrat=oui"))


def test_un_devenir_attendu_se_trouve_se_note_et_sort_de_la_liste(porte: Porte, structure: Any) -> None:
    echue = SortieFactory(participant__structure=structure, date=datetime.date(2025, 3, 1))
    recente = SortieFactory(participant__structure=structure, date=datetime.date(2025, 11, 1))
    assert [s["id"] for s in porte.lus("sorties/?devenir_attendu=true")] == [echue.pk]
    assert [s["id"] for s in porte.lus("sorties/?devenir_attendu=false")] == [recente.pk]
    assert porte.rapiecer(f"sorties/{echue.pk}/", {"situation_6_mois": "CDI"}).status_code == 200
    assert porte.lus("sorties/?devenir_attendu=true") == []


def test_un_modele_de_releve_se_telecharge_prerempli(porte: Porte, engagement: Any, contrat: Any) -> None:
    adresse = f"{API}modeles-de-releve/classeur/?engagement={engagement.pk}&mois=2025-03"
    reponse = porte.client.get(adresse)
    assert (reponse.status_code, reponse["Content-Type"].partition(".")[0]) == (200, "application/vnd")
    classeur = openpyxl.load_workbook(io.BytesIO(reponse.content))
    noms = [valeur for feuille in classeur for rangee in feuille.iter_rows(values_only=True) for valeur in rangee]
    assert contrat.identifiant in noms
    assert porte.journal() == [("télécharger un modèle de relevé", "", 1)]


def test_les_modeles_d_un_mois_tiennent_en_une_archive(porte: Porte, engagement: Any) -> None:
    reponse = porte.client.get(f"{API}modeles-de-releve/archive/?mois=2025-03")
    assert (reponse.status_code, reponse["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(reponse.content)) as archive:
        assert len(archive.namelist()) == 1


def test_un_modele_impossible_se_dit(porte: Porte) -> None:
    ailleurs = EngagementFactory()
    assert (
        "que vous puissiez voir"
        in fautes(porte.lire(f"modeles-de-releve/classeur/?engagement={ailleurs.pk}"))["engagement"]
    )
    assert "engagement" in fautes(porte.lire("modeles-de-releve/classeur/"))
    assert "mois" in fautes(porte.lire("modeles-de-releve/archive/?mois=mars"))
    vide = porte.lire("modeles-de-releve/archive/?mois=2025-03")
    assert (vide.status_code, "Aucun engagement" in vide.json()["detail"]) == (400, True)
