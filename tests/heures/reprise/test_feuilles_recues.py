"""Les feuilles de ce qui a été reçu, remplies à la main : refus à leur place, et rien d’enregistré deux fois."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from clauses.comptes.models import EcritureJournal
from heures import actions
from heures.models import ContratTravail, Correspondance, LigneEnAttente, Releve
from marches.models import ContratAVeiller
from tests.factories import acteur, siret
from tests.heures.reprise.outils import classeur, lancer, lancer_refusee, lieu
from tests.heures.reprise.test_feuilles_facultatives import avec, engagement
from tests.jeu_de_comptage import M3

JOUR = datetime.date
RECUE = engagement(
    M3, mois="2026-03", nom="Inconnue", prenom="Ada", type_heures="TRAVAIL", heures=35, raison="Personne à vérifier.",
    origine="ENTREPRISE", statut="EN_ATTENTE", date_reception=JOUR(2026, 4, 2),
)  # fmt: skip
REFUSEE = RECUE | {"statut": "REFUSEE", "motif": "Hors du marché", "date_traitement": JOUR(2026, 4, 9)}
ATTENTE = "lignes_a_verifier"
LOT = {nom: valeur for nom, valeur in engagement(M3).items() if nom != "titulaire_siret"}
SOURCE = f"{M3[1]}/2025-M3"
PUBLIEE = LOT | {"source_identifiant": SOURCE, "valeurs": '{"objet":"Travaux","montant_initial":"100.00"}'}
MODIFIEE = {"source_identifiant": SOURCE, "date": JOUR(2025, 9, 1), "montant_ht": 120, "duree_mois": 14}
ILLISIBLE = "ce que disait la source ne se relit pas : un objet JSON est attendu"
REFUS: dict[str, tuple[tuple[dict[str, Any], ...], str]] = {
    "contrat inconnu": (
        (RECUE | {"contrat_identifiant": "ABSENT"},),
        lieu(ATTENTE, 2, "contrat_identifiant") + "contrat ABSENT : absent de la feuille « contrats » et de la base.",
    ),
    "engagement inconnu": (
        (RECUE | {"marche_reference": "ABSENT"},),
        lieu(ATTENTE, 2, "marche_reference") + "marché ABSENT",
    ),
    "ni contrat ni personne": (
        (RECUE | {"prenom": None},),
        lieu(ATTENTE, 2, "nom") + "une ligne désigne un contrat, ou une personne par son nom et son prénom.",
    ),
    "traitée sans date": (
        (RECUE | {"statut": "REPRISE"},),
        lieu(ATTENTE, 2, "date_traitement") + "une ligne reprise ou refusée dit quand elle l’a été.",
    ),
    "à vérifier et déjà traitée": (
        (RECUE | {"date_traitement": JOUR(2026, 4, 9)},),
        lieu(ATTENTE, 2, "date_traitement") + "une ligne à vérifier n’est pas encore traitée. Vider la case",
    ),
    "refusée sans motif": (
        (REFUSEE | {"motif": None},),
        lieu(ATTENTE, 2, "motif") + "un refus porte son motif. Le renseigner.",
    ),
    "reçue demain": (
        (RECUE | {"date_reception": JOUR(2027, 1, 1)},),
        lieu(ATTENTE, 2, "date_reception") + "« 01/01/2027 00:00 » n’est pas plausible",
    ),
    "deux lignes du même contrat": (
        tuple(RECUE | {"nom": None, "prenom": None, "contrat_identifiant": "C1", "heures": h} for h in (1, 2)),
        lieu(ATTENTE, 3) + "ce contrat a déjà une ligne en attente pour ce mois.",
    ),
    "deux fois la même ligne": (
        (RECUE, RECUE),
        lieu(ATTENTE, 3, "marche_reference") + "ligne en double : la ligne 2 porte déjà les mêmes valeurs",
    ),
}


PUBLICATIONS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "lot inconnu": ([PUBLIEE | {"lot_numero": "9"}], [], lieu("publications", 2, "lot_numero") + "marché 2025-M3"),
    "pas du JSON": ([PUBLIEE | {"valeurs": "{…"}], [], lieu("publications", 2, "valeurs") + ILLISIBLE),
    "un nombre": ([PUBLIEE | {"valeurs": 12}], [], lieu("publications", 2, "valeurs") + "du JSON est attendu."),
    **{
        f"valeurs {valeurs}": ([PUBLIEE | {"valeurs": valeurs}], [], lieu("publications", 2, "valeurs") + ILLISIBLE)
        for valeurs in (
            "[]", '{"montant_initial":"NaN"}', '{"date_notification":"hier"}', '{"duree_initiale":"douze"}',
            '{"attributaires":[{}]}', '{"objet":1}', '{"est_reserve":"oui"}', '{"modifications":[1]}', '{"autre":1}',
        )
    },
    "morceau absent": (
        [PUBLIEE, PUBLIEE | {"suite": 3}],
        [],
        lieu("publications", 2, "suite") + "un morceau de ce contrat publié manque.",
    ),
    "publication inconnue": (
        [],
        [MODIFIEE],
        lieu("modifications_publiees", 2, "source_identifiant") + f"contrat publié {SOURCE} : absent",
    ),
    "montant négatif": (
        [PUBLIEE],
        [MODIFIEE | {"montant_ht": -1}],
        lieu("modifications_publiees", 2, "montant_ht") + "« -1 » est négatif.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("cas", PUBLICATIONS)
def test_une_publication_impossible_est_refusee_a_sa_place_et_n_enregistre_rien(tmp_path: Path, cas: str) -> None:
    publiees, modifiees, phrase = PUBLICATIONS[cas]
    chemin = classeur(tmp_path, avec("publications", *publiees), avec("modifications_publiees", *modifiees))
    assert phrase in lancer_refusee(chemin)[0]


@pytest.mark.parametrize("faute", [{"valeurs": "[]"}, {"valeurs": 12}, {"lot_numero": "9"}], ids=repr)
def test_une_modification_d_un_contrat_refuse_attend_et_n_est_pas_un_second_refus(
    tmp_path: Path, faute: dict[str, Any]
) -> None:
    refusee = avec("publications", PUBLIEE | faute)
    sortie, _ = lancer_refusee(classeur(tmp_path, refusee, avec("modifications_publiees", MODIFIEE)))
    assert "Refus (1) :" in sortie


def test_une_publication_reprise_n_est_ni_creee_deux_fois_ni_ecrasee(tmp_path: Path) -> None:
    modifiees = avec("modifications_publiees", MODIFIEE, MODIFIEE | {"rang": 2})
    chemin = classeur(tmp_path, avec("publications", PUBLIEE), modifiees)
    assert "modifications_publiees : 2 lues, 2 créées" in lancer(chemin)
    assert "Tout était déjà enregistré" in lancer(chemin)
    autre = PUBLIEE | {"valeurs": '{"objet":"Autre"}', "id_accord_cadre": "AC"}
    sortie, _ = lancer_refusee(classeur(tmp_path, avec("publications", autre)))
    for colonne in ("valeurs", "id_accord_cadre"):
        assert lieu("publications", 2, colonne) + "déjà enregistré avec une autre valeur" in sortie


VEILLEE = {
    "acheteur_siret": M3[1], "identifiant": "2025V1", "objet": "Nettoyage", "nature": "MARCHE", "montant_ht": 300_000,
    "date_notification": JOUR(2025, 6, 1), "seuil_ht": 221_000,
}  # fmt: skip
COLONNE = {"expediteur": "Agence fictive", "champ": "nom", "titre": "Salarié"}
AUTRES: dict[str, tuple[str, list[dict[str, Any]], str]] = {
    "acheteur à veiller inconnu": (
        "veille",
        [VEILLEE | {"acheteur_siret": siret(9_999, "2")}],
        lieu("veille", 2, "acheteur_siret") + f"acheteur {siret(9_999, '2')} : absent",
    ),
    "contrat à veiller sans seuil": (
        "veille",
        [VEILLEE | {"seuil_ht": None}],
        lieu("veille", 2, "seuil_ht") + "la valeur manque.",
    ),
    "champ inconnu": (
        "correspondances",
        [COLONNE | {"champ": "météo"}],
        lieu("correspondances", 2, "champ") + "« météo » n’est pas une valeur de la liste.",
    ),
    "champ en double": (
        "correspondances",
        [COLONNE, COLONNE | {"titre": "Nom"}],
        lieu("correspondances", 3, "champ") + "ce champ a déjà sa colonne, « Salarié ». N’en garder qu’une.",
    ),
}


@pytest.mark.parametrize("cas", AUTRES)
def test_une_veille_ou_une_colonne_impossible_est_refusee_a_sa_place(tmp_path: Path, cas: str) -> None:
    feuille, lignes, phrase = AUTRES[cas]
    assert phrase in lancer_refusee(classeur(tmp_path, avec(feuille, *lignes)))[0]


def test_un_contrat_veille_devenu_un_marche_n_est_plus_a_veiller(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, avec("veille", VEILLEE))
    lancer(chemin)
    assert ContratAVeiller.objects.get().seuil_ht == 221_000
    assert "Tout était déjà enregistré" in lancer(chemin)
    suivi = PUBLIEE | {"source_identifiant": f"{M3[1]}/2025V1"}
    lancer(classeur(tmp_path, avec("publications", suivi)))
    assert "Tout était déjà enregistré" in lancer(classeur(tmp_path, avec("veille", VEILLEE)))
    assert not ContratAVeiller.objects.exists()


def test_les_colonnes_d_un_expediteur_ne_sont_pas_ecrasees(tmp_path: Path) -> None:
    ignoree = COLONNE | {"champ": "ignorees", "titre": "Prime"}
    lancer(classeur(tmp_path, avec("correspondances", COLONNE, ignoree)))
    assert Correspondance.objects.get().colonnes == {"nom": "Salarié", "ignorees": ["Prime"]}
    sortie, _ = lancer_refusee(classeur(tmp_path, avec("correspondances", COLONNE)))
    assert lieu("correspondances", 2, "expediteur") + "les colonnes de cet expéditeur sont déjà" in sortie


@pytest.mark.parametrize("cas", REFUS)
def test_une_ligne_a_verifier_impossible_est_refusee_a_sa_place_et_n_enregistre_rien(tmp_path: Path, cas: str) -> None:
    lignes, phrase = REFUS[cas]
    assert phrase in lancer_refusee(classeur(tmp_path, avec(ATTENTE, *lignes)))[0]


def test_une_ligne_a_verifier_ouvre_son_releve_et_une_seconde_reprise_ne_cree_rien(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, avec(ATTENTE, RECUE, RECUE | {"rang": 2}, REFUSEE | {"prenom": "Éva"}))
    assert "lignes_a_verifier : 3 lues, 3 créées" in lancer(chemin)
    assert Releve.objects.get(mois=JOUR(2026, 3, 1)).statut == "RECU"
    assert sorted(LigneEnAttente.objects.values_list("prenom", "statut", "motif")) == [
        ("Ada", "EN_ATTENTE", ""), ("Ada", "EN_ATTENTE", ""), ("Éva", "REFUSEE", "Hors du marché"),
    ]  # fmt: skip
    assert EcritureJournal.objects.filter(action="reprendre une ligne à vérifier").count() == 3
    assert "Tout était déjà enregistré" in lancer(chemin)


def test_un_releve_dit_par_le_classeur_garde_son_etat(tmp_path: Path) -> None:
    etat = engagement(M3, mois="2026-03", statut="ATTENDU")
    lancer(classeur(tmp_path, avec("releves", etat), avec(ATTENTE, RECUE)))
    assert Releve.objects.get(mois=JOUR(2026, 3, 1)).statut == "ATTENDU"


def test_une_ligne_traitee_depuis_n_attend_pas_une_seconde_fois(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, avec(ATTENTE, RECUE))
    lancer(chemin)
    attente = LigneEnAttente.objects.get()
    actions.refuser_attente(attente, motif="Hors du marché", par=acteur(attente.structure))
    sortie, _ = lancer_refusee(chemin)
    assert lieu(ATTENTE, 2, "statut") + "déjà enregistré avec une autre valeur (« REFUSEE »)" in sortie


def test_une_personne_rattachee_depuis_a_un_contrat_reste_la_meme_ligne(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, avec(ATTENTE, RECUE))
    lancer(chemin)
    LigneEnAttente.objects.update(contrat=ContratTravail.objects.get(identifiant="C1"))
    sortie, _ = lancer_refusee(chemin)
    assert lieu(ATTENTE, 2, "contrat_identifiant") + "déjà enregistré avec une autre valeur (« C1 »)" in sortie
