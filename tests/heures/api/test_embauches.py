"""Une personne et son contrat d’un geste : pour la grille, ou depuis une ligne en attente ; tout ou rien."""

from __future__ import annotations

from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from clauses.comptes.portees import Portee
from heures.models import ContratTravail, LigneHeures, Participant
from tests.factories import (
    EntreeClauseFactory,
    EntrepriseFactory,
    JetonFactory,
    ParticipantFactory,
    ReleveFactory,
    texte_de,
)
from tests.factories_releves import LigneEnAttenteFactory
from tests.heures.api.porte import Porte, fautes, refus

PERSONNE = {"nom": "Nomfictif", "prenom": "Dominique", "sexe": "F", "date_naissance": "1992-03-04"}


@pytest.fixture
def attente(engagement: Any) -> Any:
    return LigneEnAttenteFactory(releve=ReleveFactory(engagement=engagement, statut="RECU"))


@pytest.fixture
def contrat_neuf(engagement: Any) -> dict[str, Any]:
    return {
        "employeur": engagement.entreprise_id, "type_contrat": "CDD", "modalite": "EMBAUCHE_DIRECTE",
        "date_debut": "2025-01-06",
    }  # fmt: skip


def rien_n_est_ecrit() -> bool:
    return not (
        Participant.objects.exists()
        or ContratTravail.objects.exists()
        or LigneHeures.objects.exists()
        or EcritureJournal.objects.filter(nature="ECRITURE").exists()
    )


def test_une_personne_et_son_contrat_s_ouvrent_d_un_geste(porte: Porte, contrat_neuf: Any) -> None:
    corps = {"personne": PERSONNE, "contrat": contrat_neuf}
    reponse = porte.poster("contrats/avec-personne/", corps, **{"Idempotency-Key": "embauche-1"})
    assert reponse.status_code == 201, reponse.content
    contrat = ContratTravail.objects.get()
    assert reponse["Location"].endswith(f"/api/v1/contrats/{contrat.pk}/")
    assert (contrat.participant.nom, reponse.json()["participant"]) == ("Nomfictif", contrat.participant_id)
    redite = porte.poster("contrats/avec-personne/", corps, **{"Idempotency-Key": "embauche-1"})
    assert (redite.json()["id"], redite["Idempotency-Replayed"]) == (contrat.pk, "true")
    assert Participant.objects.count() == 1


def test_une_fiche_semblable_se_propose_d_abord(porte: Porte, structure: Any, contrat_neuf: Any) -> None:
    connue = ParticipantFactory(structure=structure, nom="Nomfictif", prenom="Dominique", date_naissance="1992-03-04")
    corps = {"personne": PERSONNE, "contrat": contrat_neuf}
    assert f"n°\u00a0{connue.pk}" in refus(porte.poster("contrats/avec-personne/", corps))
    assert Participant.objects.count() == 1
    assert porte.poster("contrats/avec-personne/", corps | {"confirmer": True}).status_code == 201
    assert Participant.objects.count() == 2


@pytest.mark.parametrize(
    ("ou", "champs", "champ"),
    [
        ("personne", {"date_naissance": "2024-01-01"}, "personne.date_naissance"),
        ("personne", {"nom": "290056204100112"}, "personne.nom"),
        ("personne", {"age": 12}, "personne.age"),
        ("contrat", {"date_fin": "2024-01-01"}, None),
        ("contrat", {"quotite": "2"}, None),
        ("contrat", {"type_contrat": "BAIL"}, "contrat.type_contrat"),
        ("contrat", {"employeur": 999_999}, "contrat.employeur"),
    ],
)
@pytest.mark.parametrize("geste", ["contrats/avec-personne/", "lignes-en-attente/{}/ouvrir/"])
def test_une_faute_se_dit_a_son_chemin_et_rien_ne_s_ouvre(
    porte: Porte, attente: Any, contrat_neuf: Any, geste: str, ou: str, champs: Any, champ: str | None
) -> None:
    corps: dict[str, Any] = {"personne": PERSONNE, "contrat": contrat_neuf}
    corps[ou] = corps[ou] | champs
    lues = fautes(porte.poster(geste.format(attente.pk), corps))
    assert champ in lues, lues
    assert rien_n_est_ecrit()


def test_une_ligne_recue_ouvre_sa_fiche_et_se_declare(porte: Porte, attente: Any, contrat_neuf: Any) -> None:
    chemin = f"lignes-en-attente/{attente.pk}/ouvrir/"
    corps = {"personne": PERSONNE, "contrat": contrat_neuf}
    sans_entree = porte.poster(chemin, corps)
    assert sans_entree.status_code == 200, sans_entree.content
    ligne = LigneHeures.objects.get()
    assert (sans_entree.json()["id"], ligne.heures, ligne.participant.nom) == (ligne.pk, attente.heures, "Nomfictif")
    attente.refresh_from_db()
    assert (attente.statut, attente.contrat_id) == ("REPRISE", ligne.contrat_id)
    assert "déjà été traitée" in refus(porte.poster(chemin, corps | {"confirmer": True}))
    assert Participant.objects.count() == 1


def test_une_personne_connue_s_embauche_et_sa_ligne_se_declare(
    porte: Porte, structure: Any, attente: Any, contrat_neuf: Any
) -> None:
    personne = EntreeClauseFactory(participant__structure=structure).participant
    corps = {"participant": personne.pk, "contrat": contrat_neuf}
    lu = porte.poster(f"lignes-en-attente/{attente.pk}/embaucher/", corps).json()
    assert (lu["participant"], lu["heures"]) == (personne.pk, "35.00")
    assert ContratTravail.objects.get().participant == personne
    etrangere = corps | {"participant": ParticipantFactory().pk}
    assert "participant" in fautes(porte.poster(f"lignes-en-attente/{attente.pk}/embaucher/", etrangere))


def test_des_heures_refusees_defont_la_fiche_et_le_contrat(porte: Porte, attente: Any, contrat_neuf: Any) -> None:
    hors_du_mois = contrat_neuf | {"date_debut": "2025-09-01"}
    reponse = porte.poster(f"lignes-en-attente/{attente.pk}/ouvrir/", {"personne": PERSONNE, "contrat": hors_du_mois})
    assert reponse.status_code == 409, reponse.content
    attente.refresh_from_db()
    assert attente.statut == "EN_ATTENTE"
    assert rien_n_est_ecrit()


def test_valider_les_heures_ne_suffit_pas_pour_ouvrir_une_fiche(
    en: Any, structure: Any, attente: Any, contrat_neuf: Any
) -> None:
    porte = en(Role.FACILITATEUR)
    jeton = JetonFactory(rattachement=porte.rattachement, portees=[Portee.VALIDER_HEURES])
    entetes = {"Authorization": f"Bearer {texte_de(jeton)}"}
    personne = ParticipantFactory(structure=structure)
    for geste, corps in (
        ("ouvrir", {"personne": PERSONNE, "contrat": contrat_neuf}),
        ("embaucher", {"participant": personne.pk, "contrat": contrat_neuf}),
    ):
        assert porte.poster(f"lignes-en-attente/{attente.pk}/{geste}/", corps, **entetes).status_code == 403
    assert not ContratTravail.objects.exists()


def test_une_ligne_d_une_autre_structure_n_existe_pas(porte: Porte, contrat_neuf: Any) -> None:
    ailleurs = LigneEnAttenteFactory()
    corps = {"personne": PERSONNE, "contrat": contrat_neuf | {"employeur": EntrepriseFactory().pk}}
    assert porte.poster(f"lignes-en-attente/{ailleurs.pk}/ouvrir/", corps).status_code == 404
    assert not Participant.objects.filter(nom="Nomfictif").exists()
