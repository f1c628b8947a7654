"""Doublons et fusions par l’API : proposer, comparer, réunir, défaire, dire que ce sont deux personnes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from heures.models import ContratTravail, DoublonEcarte, Fusion, Participant
from tests.factories import ContratTravailFactory, ParticipantFactory, SortieFactory
from tests.heures.api.porte import Porte, fautes, refus


@pytest.fixture
def fiches(structure: Any) -> list[Any]:
    return [ParticipantFactory(structure=structure, nom=nom, prenom="Zoé") for nom in ("Lefèvre", "LEFEVRE")]


def reunir(porte: Porte, gardee: Any, absorbee: Any, **reste: Any) -> Any:
    return porte.poster("fusions/", {"gardee": gardee.pk, "absorbee": absorbee.pk}, **reste)


def test_les_doublons_probables_se_disent_par_leurs_numeros(porte: Porte, structure: Any, fiches: list[Any]) -> None:
    autre = ParticipantFactory(structure=structure, nom="Autre")
    reponse = porte.lire("doublons-probables/")
    lu = reponse.json()
    assert (lu["total"], [(p["premiere"], p["seconde"]) for p in lu["paires"]]) == (1, [tuple(f.pk for f in fiches)])
    assert lu["paires"][0]["raison"]
    assert "Zo" not in reponse.content.decode()
    assert porte.journal() == [("lister les doublons probables", "", 2)]
    assert porte.lire(f"doublons-probables/?participant={autre.pk}").json()["total"] == 0
    assert porte.lire("doublons-probables/?page=2").json() == {"total": 1, "paires": []}
    assert "page" in fautes(porte.lire("doublons-probables/?page=0"))
    assert "nom" in fautes(porte.lire("doublons-probables/?nom=x"))


def test_ecarter_une_paire_la_retire_et_se_redit(porte: Porte, fiches: list[Any]) -> None:
    corps = {"premiere": fiches[1].pk, "seconde": fiches[0].pk}
    ecarte = porte.poster("doublons-ecartes/", corps)
    assert ecarte.status_code == 201, ecarte.content
    assert (ecarte.json()["premiere"], ecarte.json()["seconde"]) == tuple(fiche.pk for fiche in fiches)
    assert porte.poster("doublons-ecartes/", corps).json()["id"] == ecarte.json()["id"]
    assert porte.lire("doublons-probables/").json()["total"] == 0
    assert [e["id"] for e in porte.lus(f"doublons-ecartes/?participant={fiches[1].pk}")] == [ecarte.json()["id"]]
    assert porte.journal("ECRITURE") == [("dire que ce sont deux personnes", str(ecarte.json()["id"]), 1)]


def test_une_fiche_ne_s_ecarte_ni_d_elle_meme_ni_d_une_etrangere(porte: Porte, fiches: list[Any]) -> None:
    une = fiches[0].pk
    assert "elle-même" in refus(porte.poster("doublons-ecartes/", {"premiere": une, "seconde": une}))
    ailleurs = ParticipantFactory()
    assert "seconde" in fautes(porte.poster("doublons-ecartes/", {"premiere": une, "seconde": ailleurs.pk}))
    assert not DoublonEcarte.objects.exists()


def test_deux_fiches_se_comparent_avant_d_etre_reunies(porte: Porte, fiches: list[Any]) -> None:
    adresse = f"fusions/comparer/?une={fiches[0].pk}&autre="
    lu = porte.lire(f"{adresse}{fiches[1].pk}").json()
    assert {"libelle": "Nom", "valeurs": [["Lefèvre"], ["LEFEVRE"]], "differe": True} in lu["identite"]
    assert porte.journal() == [("comparer deux fiches", str(fiches[0].pk), 2)]
    assert "elle-même" in fautes(porte.lire(f"{adresse}{fiches[0].pk}"))["autre"]
    assert "que vous puissiez voir" in fautes(porte.lire(f"{adresse}{ParticipantFactory().pk}"))["autre"]
    assert "autre" in fautes(porte.lire(f"fusions/comparer/?une={fiches[0].pk}"))


def test_deux_fiches_se_reunissent_une_seule_fois(porte: Porte, fiches: list[Any]) -> None:
    contrat = ContratTravailFactory(participant=fiches[1])
    clef = {"Idempotency-Key": "reunion-1"}
    creee = reunir(porte, *fiches, **clef)
    assert (creee.status_code, creee.json()["gardee"]) == (201, fiches[0].pk)
    redite = reunir(porte, *fiches, **clef)
    assert (redite["Idempotency-Replayed"], redite.json()["id"]) == ("true", creee.json()["id"])
    assert Fusion.objects.count() == 1
    assert ContratTravail.objects.get(pk=contrat.pk).participant == fiches[0]
    assert "fusionner deux fiches" in [geste for geste, *_ in porte.journal("ECRITURE")]
    # La fiche absorbée n’est plus à personne.
    assert "absorbee" in fautes(reunir(porte, *fiches))


def test_une_fusion_impossible_ne_deplace_rien(porte: Porte, fiches: list[Any]) -> None:
    assert "elle-même" in refus(reunir(porte, fiches[0], fiches[0]))
    for fiche in fiches:
        SortieFactory(participant=fiche, date=datetime.date(2025, 6, 30))
    assert "une sortie le 30/06/2025" in refus(reunir(porte, *fiches))
    assert "gardee" in fautes(reunir(porte, ParticipantFactory(), fiches[0]))
    motif = {"gardee": fiches[0].pk, "absorbee": fiches[1].pk, "motif": "290056204100112"}
    assert "sécurité sociale" in fautes(porte.poster("fusions/", motif))["motif"]
    assert not Fusion.objects.exists()
    assert not Participant.objects.exclude(fusionnee_avec=None).exists()


def test_une_fusion_se_defait_pendant_trente_jours(porte: Porte, fiches: list[Any]) -> None:
    fusion = reunir(porte, *fiches).json()["id"]
    chemin = f"fusions/{fusion}/defaire/"
    assert porte.poster(chemin, {}).json() == {"id": fusion, "modifies": 0}
    assert Participant.objects.filter(fusionnee_avec=None).count() == 2
    assert "déjà défaite" in refus(porte.poster(chemin, {}))
    assert [f["id"] for f in porte.lus("fusions/?defaite=true")] == [fusion]


def test_passe_trente_jours_une_fusion_ne_se_defait_plus(porte: Porte, fiches: list[Any]) -> None:
    fusion = reunir(porte, *fiches).json()["id"]
    Fusion.objects.update(fusionnee_le=datetime.datetime(2025, 11, 1, 12, tzinfo=datetime.UTC))
    assert "ne se défait plus" in refus(porte.poster(f"fusions/{fusion}/defaire/", {}))
    assert Fusion.objects.get().annulee_le is None


def test_le_lecteur_voit_les_doublons_et_ne_reunit_rien(en: Any, fiches: list[Any]) -> None:
    lecteur = en(Role.LECTEUR)
    assert lecteur.lire("doublons-probables/").json()["total"] == 1
    assert reunir(lecteur, *fiches).status_code == 403
    assert lecteur.lire(f"fusions/comparer/?une={fiches[0].pk}&autre={fiches[1].pk}").status_code == 403
    assert lecteur.poster("doublons-ecartes/", {}).status_code == 403
    assert not Fusion.objects.exists()
