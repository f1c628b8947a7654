"""Ouvrir un marché d’un geste par l’API : tout ou rien, chaque refus dans sa section."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from clauses.comptes.acteurs import Role
from clauses.comptes.models import EcritureJournal
from entreprises.models import Entreprise
from marches.models import Acheteur, Clause, Engagement, Lot, Marche, MouvementEngagement
from tests.factories import AcheteurFactory, EntrepriseFactory, MarcheFactory, StructureFactory, siret
from tests.heures.api.porte import Porte, fautes, refus

ECRITS = (Acheteur, Entreprise, Marche, Lot, Clause, Engagement, MouvementEngagement, EcritureJournal)


@pytest.fixture
def porte() -> Porte:
    return Porte(StructureFactory())


def corps(**sections: Any) -> dict[str, Any]:
    """Une ouverture complète, d’un acheteur et d’une entreprise nouveaux ; `sections` complète chacune."""
    complet: dict[str, Any] = {
        "acheteur": {"siret": siret(101, "2"), "nom": "Ville fictive", "type": "COMMUNE"},
        "marche": {
            "reference": "2026-01", "objet": "Réfection de l’école", "date_notification": "2026-01-15",
            "montant_ht": "1250000.50",
        },
        "lot": {"secteur": "BATIMENT"},
        "clause": {
            "nature_clause": "COND_EXEC_ET_CRITERE", "duree_eligibilite_mois": 18,
            "penalites": [{"formule": "H_X_EUROS", "valeur": "45"}],
        },
        "entreprise": {"siret": siret(102), "raison_sociale": "Peintures fictives"},
        "engagement": {"heures": "833.25"},
    }  # fmt: skip
    complet = copy.deepcopy(complet)
    for section, champs in sections.items():
        complet[section] |= champs
    return complet


def decompte() -> list[int]:
    return [modele.objects.count() for modele in ECRITS]


def test_un_geste_ouvre_tout_le_marche(porte: Porte) -> None:
    reponse = porte.poster("marches/ouvrir/", corps())
    assert reponse.status_code == 201, reponse.content
    marche = Marche.objects.get()
    assert reponse["Location"] == f"http://testserver/api/v1/marches/{marche.pk}/"
    assert reponse["ETag"] == f'"{marche.version}"'
    lu = reponse.json()
    assert (lu["acheteur_siret"], lu["heures_engagees"]) == (siret(101, "2"), "833.25")
    assert lu["considerations_sociales"] == ["Clause sociale", "Critère social"]
    engagement = Engagement.objects.get()
    assert (engagement.entreprise.siret, engagement.clause.lot.secteur) == (siret(102), "BATIMENT")
    (regle,) = engagement.clause.penalites.all()
    assert (regle.formule, regle.valeur) == ("H_X_EUROS", Decimal(45))
    mouvement = MouvementEngagement.objects.get()
    assert (mouvement.heures, str(mouvement.date)) == (Decimal("833.25"), "2026-01-15")
    assert [geste for geste, *_ in porte.journal("ECRITURE")][:3] == [
        "créer l’acheteur",
        "créer le marché",
        "ajouter le lot",
    ]


def test_un_acheteur_et_une_entreprise_connus_se_designent(porte: Porte) -> None:
    acheteur, entreprise = AcheteurFactory(), EntrepriseFactory()
    envoi = corps() | {"acheteur": {"id": acheteur.pk}, "entreprise": {"id": entreprise.pk}}
    del envoi["lot"]
    assert porte.poster("marches/ouvrir/", envoi).status_code == 201
    assert (Acheteur.objects.count(), Entreprise.objects.count()) == (1, 1)
    assert Engagement.objects.get().entreprise == entreprise


def test_redire_l_ouverture_rend_le_meme_marche(porte: Porte) -> None:
    premiere, redite = (porte.poster("marches/ouvrir/", corps(), **{"Idempotency-Key": "o-1"}) for _ in range(2))
    assert (redite.json(), redite["Idempotency-Replayed"]) == (premiere.json(), "true")
    assert Marche.objects.count() == 1


@pytest.mark.parametrize(
    ("sections", "champ", "phrase"),
    [
        ({"acheteur": {"siret": "12345678901234"}}, "acheteur.siret", "SIRET"),
        ({"acheteur": {"nom": ""}}, "acheteur.nom", "vide"),
        ({"marche": {"reference": None}}, "marche.reference", "nul"),
        ({"marche": {"date_debut": "2027-01-01", "date_fin": "2026-01-01"}}, "marche", "précède"),
        ({"marche": {"duree_mois": 601}}, "marche", "de 1 à 600 mois"),
        ({"marche": {"statut": "SOLDE"}}, "marche.statut", "ne s’écrit pas"),
        ({"clause": {"objectif_personnes": 3}}, "clause.objectif_personnes", "n’emploie pas ce champ"),
        ({"clause": {"penalites": [{"formule": "H_X_EUROS", "valeur": "x"}]}}, "clause.penalites.0.valeur", "nombre"),
        ({"clause": {"penalites": [{"formule": "H_X_EUROS", "valeur": "0"}]}}, "clause", "zéro"),
        ({"entreprise": {"siret": "12345678901234"}}, "entreprise.siret", "SIRET"),
        ({"engagement": {"heures": "0"}}, "engagement.heures", "0.01"),
        ({"marche": {"date_notification": None}}, "engagement.date", "date d’effet"),
    ],
)
def test_une_faute_se_place_dans_sa_section_et_rien_n_est_ecrit(
    porte: Porte, sections: Any, champ: str, phrase: str
) -> None:
    avant = decompte()
    lues = fautes(porte.poster("marches/ouvrir/", corps(**sections)))
    assert phrase in lues[champ].replace("\u00a0", " "), lues
    assert decompte() == avant


@pytest.mark.parametrize(
    ("acheteur", "champ", "phrase"),
    [
        ({}, "acheteur", "À indiquer : id, ou siret et nom"),
        ({"nom": "Ville"}, "acheteur.siret", "14 chiffres"),
        ({"siret": siret(101, "2")}, "acheteur.nom", "Le nom manque"),
        ({"id": 10**6}, "acheteur.id", "Aucune fiche"),
    ],
)
def test_un_acheteur_se_designe_ou_se_decrit(porte: Porte, acheteur: Any, champ: str, phrase: str) -> None:
    lues = fautes(porte.poster("marches/ouvrir-seul/", {"acheteur": acheteur, "marche": corps()["marche"]}))
    assert phrase in lues[champ]
    assert not Marche.objects.exists()


def test_designer_et_decrire_a_la_fois_se_refuse(porte: Porte) -> None:
    envoi = corps(entreprise={"id": EntrepriseFactory().pk})
    assert "pas les deux" in fautes(porte.poster("marches/ouvrir/", envoi))["entreprise"]


def test_un_siret_deja_connu_se_refuse_a_sa_place(porte: Porte) -> None:
    AcheteurFactory(siret=siret(101, "2"))
    lues = fautes(porte.poster("marches/ouvrir/", corps()))
    assert list(lues) == ["acheteur.siret"]
    assert not Marche.objects.exists()


def test_un_marche_s_ouvre_seul_avec_son_acheteur(porte: Porte) -> None:
    envoi = {
        "acheteur": corps()["acheteur"],
        "marche": corps()["marche"] | {"facilitateur": porte.rattachement.utilisateur_id},
    }
    lu = porte.poster("marches/ouvrir-seul/", envoi).json()
    assert (lu["reference"], lu["acheteur_nom"]) == ("2026-01", "Ville fictive")
    assert lu["facilitateur"] == porte.rattachement.utilisateur_id
    assert not Lot.objects.exists()


def test_une_reference_deja_prise_se_dit_du_marche(porte: Porte) -> None:
    connu = MarcheFactory(structure=porte.structure)
    marche = corps()["marche"] | {"reference": connu.reference}
    lues = fautes(porte.poster("marches/ouvrir-seul/", {"acheteur": {"id": connu.acheteur_id}, "marche": marche}))
    assert "déjà un marché" in lues["marche"]
    assert Marche.objects.count() == 1


@pytest.mark.parametrize("role", [Role.LECTEUR, Role.FINANCEUR])
def test_ouvrir_demande_de_gerer_les_marches(porte: Porte, role: Role) -> None:
    autre = Porte(porte.structure, role)
    assert autre.poster("marches/ouvrir/", corps()).status_code == 403
    assert autre.poster("marches/ouvrir-seul/", {}).status_code == 403
    assert not Marche.objects.exists()


def test_une_duree_impossible_se_refuse_et_n_entre_pas(porte: Porte) -> None:
    marche = MarcheFactory(structure=porte.structure, duree_mois=600)
    for duree, champ in ((0, None), (601, None), (10**30, "duree_mois"), ("douze", "duree_mois"), (-1, "duree_mois")):
        lues = fautes(porte.rapiecer(f"marches/{marche.pk}/", {"duree_mois": duree}))
        assert list(lues) == [champ]
        assert champ is not None or lues[None] == "La durée d’un marché va de 1 à 600 mois."
    assert Marche.objects.get().duree_mois == 600
    assert porte.rapiecer(f"marches/{marche.pk}/", {"duree_mois": 1}).status_code == 200


def test_regrouper_un_marche_saisi_a_la_main_se_refuse(porte: Porte) -> None:
    acheteur = AcheteurFactory()
    saisis = MarcheFactory.create_batch(2, structure=porte.structure, acheteur=acheteur)
    envoi = {"marches": [marche.pk for marche in saisis], "reference": "R", "objet": "O"}
    assert "venus des DECP" in refus(porte.poster("marches/regrouper/", envoi))
    assert Marche.objects.count() == 2
