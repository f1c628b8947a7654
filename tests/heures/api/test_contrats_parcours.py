"""Contrats, prolongations, sorties et fusions par l’API."""

from __future__ import annotations

from typing import Any

import pytest

from heures.models import ContratTravail, Prolongation, Sortie
from tests.factories import (
    ContratTravailFactory,
    EntrepriseFactory,
    LigneHeuresFactory,
    ParticipantFactory,
    SortieFactory,
)
from tests.factories_releves import FusionFactory
from tests.heures.api.porte import Porte, fautes, refus


@pytest.fixture
def personne(structure: Any) -> Any:
    return ParticipantFactory(structure=structure)


def embauche(personne: Any, **champs: Any) -> dict[str, Any]:
    employeur = champs.pop("employeur", None) or EntrepriseFactory().pk
    return {
        "participant": personne.pk,
        "employeur": employeur,
        "type_contrat": "CDD",
        "modalite": "EMBAUCHE_DIRECTE",
        "date_debut": "2025-03-01",
        "quotite": "0.50",
    } | champs


def test_un_contrat_rend_ses_avertissements(porte: Porte, personne: Any) -> None:
    employeur = EntrepriseFactory(type_employeur="ETT")
    reponse = porte.poster("contrats/", embauche(personne, employeur=employeur.pk))
    assert reponse.status_code == 201, reponse.content
    fiche = reponse.json()
    assert (fiche["quotite"], fiche["nombre_missions"], fiche["employeur_siret"]) == ("0.50", 1, employeur.siret)
    assert any("met d’ordinaire à disposition" in phrase for phrase in fiche["avertissements"])
    assert fiche == porte.lire(f"contrats/{fiche['id']}/").json()
    assert "avertissements" not in porte.lus("contrats/")[0]


def test_un_contrat_se_modifie_sans_laisser_d_heures_dehors(porte: Porte, personne: Any, engagement: Any) -> None:
    contrat = ContratTravailFactory(participant=personne)
    LigneHeuresFactory(engagement=engagement, contrat=contrat)
    chemin = f"contrats/{contrat.pk}/"
    assert "dès 03/2025" in refus(porte.rapiecer(chemin, {"date_debut": "2025-04-01"}))
    assert porte.rapiecer(chemin, {"quotite": "1.50"}).status_code == 400
    modifie = porte.rapiecer(chemin, {"date_fin": "2025-12-31"})
    assert (modifie.json()["date_fin"], modifie["ETag"]) == ("2025-12-31", '"2"')
    assert porte.rapiecer(chemin, {"date_fin": None}, version=1).status_code == 412
    assert "participant" in fautes(porte.rapiecer(chemin, {"participant": personne.pk}, version=2))


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"employeur": 999_999}, "employeur", "que vous puissiez voir"),
        ({"type_contrat": "CDZ"}, "type_contrat", "Codes : CDI"),
        ({"quotite": "0.505"}, "quotite", "Deux décimales"),
        ({"date_fin": "2025-02-01"}, None, "précède l’embauche"),
        ({"identifiant": "C1"}, "identifiant", "Champ inconnu"),
    ],
)
def test_un_contrat_faux_se_dit_a_son_champ(
    porte: Porte, personne: Any, champs: dict[str, Any], champ: str | None, phrase: str
) -> None:
    assert phrase in fautes(porte.poster("contrats/", embauche(personne, **champs)))[champ]
    assert not ContratTravail.objects.exists()


def test_les_contrats_se_filtrent_par_dates_et_par_employeur(porte: Porte, personne: Any) -> None:
    clos = ContratTravailFactory(participant=personne, date_fin="2025-03-31")
    ouvert = ContratTravailFactory(participant=personne, date_debut="2025-06-01")
    assert [c["id"] for c in porte.lus("contrats/?ouvert_depuis=2025-04-01")] == [ouvert.pk]
    assert [c["id"] for c in porte.lus("contrats/?ouvert_jusqu_au=2025-05-31")] == [clos.pk]
    assert [c["id"] for c in porte.lus(f"contrats/?employeur_siret={clos.employeur.siret}")] == [clos.pk]
    assert [c["id"] for c in porte.lus(f"contrats/?employeur={ouvert.employeur_id}")] == [ouvert.pk]


def test_une_prolongation_se_motive_et_la_liste_tait_le_motif(porte: Porte, personne: Any) -> None:
    corps = {"participant": personne.pk, "jusqu_au": "2027-06-30", "motif": "Formation longue"}
    reponse = porte.poster("prolongations/", corps)
    assert (reponse.status_code, reponse.json()["motif"]) == (201, "Formation longue")
    assert "motif" not in porte.lus("prolongations/")[0]
    assert "motif" in fautes(porte.poster("prolongations/", corps | {"motif": " "}))
    assert "sécurité sociale" in fautes(porte.poster("prolongations/", corps | {"motif": "290056204100112"}))["motif"]
    assert Prolongation.objects.count() == 1


def test_une_sortie_se_note_se_complete_et_se_retire(porte: Porte, personne: Any) -> None:
    corps = {"participant": personne.pk, "date": "2025-06-30", "situation": "CDI"}
    reponse = porte.poster("sorties/", corps)
    assert (reponse.status_code, reponse.json()["situation_6_mois"]) == (201, "")
    chemin = f"sorties/{reponse.json()['id']}/"
    assert "situation" not in porte.lus("sorties/")[0]
    assert porte.poster("sorties/", corps).status_code == 400
    assert porte.rapiecer(chemin, {"situation_6_mois": "CDI"}).json()["version"] == 2
    assert porte.effacer(chemin, version=None).status_code == 428
    assert porte.effacer(chemin, version=1).status_code == 412
    assert Sortie.objects.count() == 1
    assert porte.effacer(chemin, version=2).status_code == 204
    assert not Sortie.objects.exists()
    assert [geste for geste, *_ in porte.journal("ECRITURE")] == [
        "noter la sortie",
        "compléter la sortie",
        "retirer une sortie",
    ]


def test_la_sortie_d_une_autre_structure_n_existe_pas(porte: Porte) -> None:
    autre = SortieFactory()
    assert porte.effacer(f"sorties/{autre.pk}/").status_code == 404
    assert "participant" in fautes(
        porte.poster("sorties/", {"participant": autre.participant_id, "date": "2025-07-01", "situation": "CDI"})
    )
    assert Sortie.objects.count() == 1


@pytest.mark.parametrize(
    ("objet", "corps"),
    [
        ("contrats/", {"type_contrat": "CDI", "modalite": "EMBAUCHE_DIRECTE", "date_debut": "2025-03-01"}),
        ("prolongations/", {"jusqu_au": "2027-06-30", "motif": "Formation"}),
    ],
)
def test_la_personne_d_une_autre_structure_est_inconnue(porte: Porte, objet: str, corps: dict[str, Any]) -> None:
    autre = ParticipantFactory()
    envoi = corps | {"participant": autre.pk} | ({"employeur": EntrepriseFactory().pk} if "contrats" in objet else {})
    assert set(fautes(porte.poster(objet, envoi))) == {"participant"}
    assert not ContratTravail.objects.exists()
    assert not Prolongation.objects.exists()


def test_une_fusion_se_lit_avec_le_jour_ou_elle_ne_se_defait_plus(porte: Porte, personne: Any) -> None:
    fusion = FusionFactory(gardee=personne, motif="Même personne")
    fiche = porte.lire(f"fusions/{fusion.pk}/").json()
    assert (fiche["gardee"], fiche["absorbee"]) == (personne.pk, fusion.absorbee_id)
    assert fiche["annulable_jusqu_au"] == "2026-01-14"
    assert [f["id"] for f in porte.lus("fusions/?defaite=false")] == [fusion.pk]
    assert porte.lus("fusions/?defaite=true") == []
    assert porte.journal()[0] == ("ouvrir une fusion", str(personne.pk), 2)
