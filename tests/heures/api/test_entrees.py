"""Les entrées en clause par l’API : enregistrer, corriger par une nouvelle version, viser."""

from __future__ import annotations

from typing import Any

import pytest

from heures.models import CritereEntree, EntreeClause
from tests.factories import CritereEntreeFactory, EntreeClauseFactory, ParticipantFactory
from tests.heures.api.porte import Porte, fautes, refus

PIECE = {"piece_type": "ATTESTATION_RSA", "piece_date": "2025-01-15", "piece_vue_le": "2025-02-01"}


@pytest.fixture
def personne(structure: Any) -> Any:
    return ParticipantFactory(structure=structure, est_participant_plie=True)


def neuve(personne: Any, **champs: Any) -> dict[str, Any]:
    return {"participant": personne.pk, "date_entree": "2025-02-01", "critere_principal": "RSA"} | champs


def test_une_entree_porte_ses_criteres_et_ce_qui_s_en_deduit(porte: Porte, personne: Any) -> None:
    reponse = porte.poster("entrees/", neuve(personne, autres_criteres=["QPV", "RSA"], **PIECE))
    assert reponse.status_code == 201, reponse.content
    fiche = reponse.json()
    assert (fiche["critere_principal"], fiche["autres_criteres"], fiche["brsa"]) == ("RSA", ["QPV"], "OUI")
    assert (fiche["commune_insee"], fiche["est_participant_plie"]) == ("62041", True)
    assert (fiche["piece_valable_jusqu_au"], fiche["numero"], reponse["ETag"]) == ("2025-04-15", 1, '"1"')
    assert fiche == porte.lire(f"entrees/{fiche['id']}/").json()


def test_la_liste_ne_dit_ni_critere_ni_piece_ni_profil(porte: Porte, personne: Any) -> None:
    porte.poster("entrees/", neuve(personne, **PIECE))
    (lue,) = porte.lus("entrees/")
    proteges = {nom for nom, classe in EntreeClause.CLASSIFICATION.items() if classe == "sensible9"}
    assert not {*proteges, "critere_principal", "autres_criteres"} & set(lue)
    assert "critere_principal" in fautes(porte.lire("entrees/?champs=critere_principal"))["champs"]


def test_une_entree_se_lit_au_journal_de_la_personne(porte: Porte, personne: Any) -> None:
    entree = EntreeClauseFactory(participant=personne)
    porte.lire(f"entrees/{entree.pk}/")
    porte.lus(f"entrees/?participant={personne.pk}")
    assert porte.journal() == [
        ("ouvrir une entrée en clause", str(personne.pk), 1),
        ("lister les entrées en clause", "", 1),
    ]


def test_une_correction_ajoute_une_version_et_garde_ce_qui_n_est_pas_dit(porte: Porte, personne: Any) -> None:
    entree = EntreeClauseFactory(participant=personne, niveau="3", prescripteur="Mission locale")
    CritereEntreeFactory(entree=entree)
    CritereEntreeFactory(entree=entree, critere="QPV", est_principal=False)
    reponse = porte.poster(f"entrees/{entree.pk}/corriger/", {"motif": "Diplôme retrouvé", "niveau": "4"}, version=1)
    assert reponse.status_code == 200, reponse.content
    lue = reponse.json()
    assert (lue["version"], lue["est_courante"], lue["motif"]) == (2, True, "Diplôme retrouvé")
    assert (lue["niveau"], lue["prescripteur"]) == ("4", "Mission locale")
    assert (lue["critere_principal"], lue["autres_criteres"]) == ("RSA", ["QPV"])
    assert porte.lire(f"entrees/{entree.pk}/").json()["est_courante"] is False
    assert [e["id"] for e in porte.lus("entrees/?courante=true")] == [lue["id"]]
    seconde = porte.poster(f"entrees/{entree.pk}/corriger/", {"motif": "Encore"}, version=1)
    assert "déjà été corrigée" in refus(seconde)
    assert EntreeClause.objects.count() == 2


def test_une_correction_dit_sa_raison_et_sa_version(porte: Porte, personne: Any) -> None:
    entree = EntreeClauseFactory(participant=personne)
    chemin = f"entrees/{entree.pk}/corriger/"
    assert porte.poster(chemin, {"motif": "x"}).status_code == 428
    assert "motif" in fautes(porte.poster(chemin, {"niveau": "4"}, version=1))
    assert "piece_type" in fautes(porte.poster(chemin, {"motif": "x", "piece_date": "2025-01-01"}, version=1))
    assert EntreeClause.objects.count() == 1


def test_un_visa_suppose_une_piece(porte: Porte, personne: Any) -> None:
    sans = porte.poster("entrees/", neuve(personne)).json()
    assert "suppose une pièce vue" in refus(porte.poster(f"entrees/{sans['id']}/viser/", {}))
    avec = porte.poster("entrees/", neuve(personne, **PIECE)).json()
    visee = porte.poster(f"entrees/{avec['id']}/viser/", {}).json()
    assert visee["visa_le"] is not None
    assert "déjà visée" in refus(porte.poster(f"entrees/{avec['id']}/viser/", None))
    assert [e["id"] for e in porte.lus("entrees/?visee=true")] == [avec["id"]]
    assert [e["id"] for e in porte.lus("entrees/?visee=false")] == [sans["id"]]


def test_un_geste_sans_corps_n_en_accepte_aucun(porte: Porte, personne: Any) -> None:
    avec = porte.poster("entrees/", neuve(personne, **PIECE)).json()
    assert "visa_le" in fautes(porte.poster(f"entrees/{avec['id']}/viser/", {"visa_le": "2020-01-01"}))


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"critere_principal": "PAUVRE"}, "critere_principal", "Codes : RSA"),
        ({"autres_criteres": "QPV"}, "autres_criteres", "liste"),
        ({"autres_criteres": ["PAUVRE"]}, "autres_criteres.0", "Code inconnu"),
        ({"motif": "NIR 290056204100112"}, "motif", "numéro de sécurité sociale"),
        ({"piece_type": "AUTRE"}, "piece_vue_le", "Noter le jour"),
        ({"piece_vue_le": "2025-02-01"}, "piece_type", "Choisir la pièce vue"),
        ({"visa_le": "2025-02-01"}, "visa_le", "Champ inconnu"),
        ({"date_entree": None}, "date_entree", "nul"),
    ],
)
def test_une_valeur_fausse_se_dit_a_son_champ(
    porte: Porte, personne: Any, champs: dict[str, Any], champ: str, phrase: str
) -> None:
    assert phrase in fautes(porte.poster("entrees/", neuve(personne, **champs)))[champ]
    assert not EntreeClause.objects.exists()
    assert not CritereEntree.objects.exists()


def test_un_avis_motive_porte_son_motif(porte: Porte, personne: Any) -> None:
    phrase = refus(porte.poster("entrees/", neuve(personne, critere_principal="AUTRE_AVIS_MOTIVE")))
    assert "motif" in phrase
    assert not EntreeClause.objects.exists()


def test_la_personne_d_une_autre_structure_est_inconnue(porte: Porte) -> None:
    autre = ParticipantFactory()
    assert "que vous puissiez voir" in fautes(porte.poster("entrees/", neuve(autre)))["participant"]
    assert not EntreeClause.objects.exists()
