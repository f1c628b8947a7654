"""Les feuilles de ce qui a été reçu, remplies à la main : refus à leur place, et rien d’enregistré deux fois."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from clauses.comptes.models import EcritureJournal
from heures import actions
from heures.models import LigneEnAttente, Releve
from tests.factories import acteur
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
    etat = engagement(M3, mois="2026-03", statut="A_COMPLETER")
    lancer(classeur(tmp_path, avec("releves", etat), avec(ATTENTE, RECUE)))
    assert Releve.objects.get(mois=JOUR(2026, 3, 1)).statut == "A_COMPLETER"


def test_une_ligne_traitee_depuis_n_attend_pas_une_seconde_fois(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, avec(ATTENTE, RECUE))
    lancer(chemin)
    attente = LigneEnAttente.objects.get()
    actions.refuser_attente(attente, motif="Hors du marché", par=acteur(attente.structure))
    sortie, _ = lancer_refusee(chemin)
    assert lieu(ATTENTE, 2, "statut") + "déjà enregistré avec une autre valeur (« REFUSEE »)" in sortie
