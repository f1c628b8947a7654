"""Les personnes par l’API : mêmes règles, même journal et mêmes masques que les pages."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from heures.models import Participant
from tests.factories import EntreeClauseFactory, ParticipantFactory
from tests.heures.api.porte import Porte, fautes, refus

NEUVE = {"nom": "Fictive", "prenom": "Camille", "sexe": "F", "date_naissance": "1990-05-10", "commune_insee": "62041"}


def test_une_fiche_s_ouvre_avec_son_identifiant_attribue(porte: Porte) -> None:
    reponse = porte.poster("participants/", NEUVE)
    assert reponse.status_code == 201, reponse.content
    fiche = reponse.json()
    assert fiche | NEUVE == fiche
    assert fiche["identifiant"].startswith("P")
    assert (fiche["entree_le"], fiche["eligible_jusqu_au"], reponse["ETag"]) == (None, None, '"1"')
    assert [geste for geste, *_ in porte.journal("ECRITURE")] == ["ouvrir la fiche de la personne"]


def test_une_fiche_dit_la_fin_de_son_eligibilite(porte: Porte, structure: Any) -> None:
    personne = EntreeClauseFactory(participant__structure=structure).participant
    fiche = porte.lire(f"participants/{personne.pk}/").json()
    assert (fiche["entree_le"], fiche["eligible_jusqu_au"]) == ("2025-01-01", "2027-01-01")
    assert "critere" not in str(fiche)


def test_ouvrir_une_fiche_et_les_lister_s_inscrit_au_journal(porte: Porte, structure: Any) -> None:
    un, deux = ParticipantFactory.create_batch(2, structure=structure)
    porte.lire(f"participants/{un.pk}/")
    porte.lus("participants/?q=nomfictif")
    porte.rapiecer(f"participants/{deux.pk}/", {"prenom": "Alix"})
    assert porte.journal() == [
        ("ouvrir la fiche", str(un.pk), 1),
        ("lister les participants", "", 2),
        ("ouvrir la fiche", str(deux.pk), 1),
    ]


def test_une_lecture_refusee_ne_s_inscrit_pas(porte: Porte, structure: Any) -> None:
    ParticipantFactory(structure=structure)
    assert "champs" in fautes(porte.lire("participants/?champs=nir"))
    assert porte.lire("participants/999999/").status_code == 404
    assert porte.journal() == []


def test_une_modification_part_de_la_version_lue(porte: Porte, structure: Any) -> None:
    personne = ParticipantFactory(structure=structure)
    chemin = f"participants/{personne.pk}/"
    assert porte.rapiecer(chemin, {"prenom": "Alix"}, version=None).status_code == 428
    assert porte.rapiecer(chemin, {"prenom": "Alix"}).json()["version"] == 2
    assert porte.rapiecer(chemin, {"prenom": "Sacha"}, version=1).status_code == 412
    personne.refresh_from_db()
    assert personne.prenom == "Alix"


def test_une_personne_semblable_se_confirme(porte: Porte) -> None:
    connue = porte.poster("participants/", NEUVE).json()["id"]
    phrase = refus(porte.poster("participants/", NEUVE))
    assert f"n°\u00a0{connue}" in phrase
    assert "Fictive" not in phrase
    assert Participant.objects.count() == 1
    assert porte.poster("participants/", NEUVE | {"confirmer": True}).status_code == 201


def test_la_redite_d_une_creation_rend_la_fiche_sans_la_dire_semblable(porte: Porte) -> None:
    un = porte.poster("participants/", NEUVE, **{"Idempotency-Key": "k"})
    deux = porte.poster("participants/", NEUVE, **{"Idempotency-Key": "k"})
    assert (deux.status_code, deux.json()) == (201, un.json())


@pytest.mark.parametrize(
    ("champs", "champ", "phrase"),
    [
        ({"nom": "2 90 05 62 041 001 12"}, "nom", "numéro de sécurité sociale"),
        ({"identifiant": "290056204100112"}, "identifiant", "numéro de sécurité sociale"),
        ({"date_naissance": "1905-05-10"}, "date_naissance", "âge de 120 ans"),
        ({"commune_insee": "1004"}, "commune_insee", "zéro de tête"),
        ({"commune_insee": "Arras"}, "commune_insee", "INSEE"),
        ({"sexe": "X"}, "sexe", "Codes : F, H"),
        ({"nom": None}, "nom", "nul"),
        ({"est_participant_plie": "oui"}, "est_participant_plie", "true ou false"),
        ({"confirmer": 1}, "confirmer", "true ou false"),
        ({"nir": "x"}, "nir", "Champ inconnu"),
        ({"structure": 1}, "structure", "Champ inconnu"),
    ],
)
def test_une_valeur_fausse_se_dit_a_son_champ(porte: Porte, champs: dict[str, Any], champ: str, phrase: str) -> None:
    assert phrase in fautes(porte.poster("participants/", NEUVE | champs))[champ]
    assert not Participant.objects.exists()


def test_un_nir_ne_s_ecrit_pas_davantage_en_modifiant(porte: Porte, structure: Any) -> None:
    personne = ParticipantFactory(structure=structure)
    lues = fautes(porte.rapiecer(f"participants/{personne.pk}/", {"prenom": "290056204100112"}))
    assert "numéro de sécurité sociale" in lues["prenom"]


def test_les_filtres_sont_ceux_de_la_page(porte: Porte, structure: Any) -> None:
    avec = EntreeClauseFactory(participant__structure=structure, participant__est_participant_plie=True).participant
    sans = ParticipantFactory(structure=structure)
    assert [p["id"] for p in porte.lus("participants/?suivi=sans_entree")] == [sans.pk]
    assert [p["id"] for p in porte.lus("participants/?suivi=sans_piece")] == [avec.pk]
    assert [p["id"] for p in porte.lus("participants/?plie=true")] == [avec.pk]
    assert [p["id"] for p in porte.lus("participants/?plie=false")] == [sans.pk]
    assert [p["id"] for p in porte.lus(f"participants/?identifiant={sans.identifiant}")] == [sans.pk]
    assert "plie" in fautes(porte.lire("participants/?plie=oui"))


def test_une_fiche_absorbee_n_est_plus_une_personne(porte: Porte, structure: Any) -> None:
    gardee = ParticipantFactory(structure=structure)
    absorbee = ParticipantFactory(structure=structure, fusionnee_avec=gardee)
    assert [p["id"] for p in porte.lus("participants/")] == [gardee.pk]
    assert porte.lire(f"participants/{absorbee.pk}/").status_code == 404


@pytest.mark.parametrize("role", [Role.ACHETEUR, Role.ENTREPRISE, Role.FINANCEUR])
@pytest.mark.parametrize(
    "objet",
    ["participants", "entrees", "prolongations", "sorties", "fusions", "contrats", "lignes", "lignes-en-attente"],
)
def test_un_partenaire_ne_lit_rien_d_une_personne(en: Any, role: Role, objet: str) -> None:
    organisation = {f"pour_{role.lower()}": True} if role is not Role.FINANCEUR else {}
    assert en(role, **organisation).lire(f"{objet}/").status_code == 403
