"""Le classeur de reprise vierge : le contrat de formats.md §2, colonne par colonne, et il se remplit."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import openpyxl
import pytest

from bilans.reprise import FEUILLES
from heures.imports.reprise.classeur_vierge import ecrire_classeur_vierge
from heures.models import Participant
from tests.heures.reprise.outils import lancer, lancer_refusee
from tests.jeu_de_comptage import COLONNES

OBLIGATOIRES = {
    "acheteurs": "siret nom type",
    "entreprises": "siret raison_sociale type_employeur",
    "marches": "reference acheteur_siret objet",
    "lots": "marche_reference acheteur_siret numero",
    "clauses": "marche_reference acheteur_siret lot_numero titulaire_siret nature_clause heures_initiales "
    "date_engagement",
    "mouvements": "marche_reference acheteur_siret lot_numero titulaire_siret date nature heures",
    "participants": "identifiant nom prenom sexe critere_principal",
    "contrats": "identifiant participant_identifiant employeur_siret type_contrat modalite date_debut",
    "heures": "contrat_identifiant marche_reference acheteur_siret lot_numero titulaire_siret mois statut",
    "sorties": "participant_identifiant date situation",
}

# Ajoutées au contrat, facultatives : ce qu’il faut pour qu’une structure revienne à l’identique.
AJOUTEES = {
    "marches": "nature technique ccag a_clause_sociale a_critere_social est_reserve position_art35 motif_art35 "
    "operation origine source_identifiant",
    "clauses": "date_debut date_fin part_groupement",
    "mouvements": "piece rang",
    "participants": "date_entree duree_inscription brsa piece_type piece_date piece_valable_jusqu_au piece_vue_le "
    "piece_vue_par motif visa_le visa_par version_entree commune_actuelle_insee plie_actuel",
    "contrats": "quotite nombre_missions",
    "heures": "motif date_declaration rang",
}
# Les feuilles du contrat ; les facultatives viennent à leur suite.
DIX = [feuille for feuille in FEUILLES if not feuille.est_facultative]
TOUTES = {nom: f"{colonnes} {AJOUTEES.get(nom, '')}".strip() for nom, colonnes in COLONNES.items()}


@pytest.fixture
def vierge(tmp_path: Path) -> Path:
    chemin = tmp_path / "vierge.xlsx"
    with chemin.open("wb") as fichier:
        ecrire_classeur_vierge(fichier, FEUILLES)
    return chemin


def test_les_colonnes_sont_celles_du_contrat_puis_les_ajoutees() -> None:
    assert {feuille.nom: " ".join(feuille.par_nom) for feuille in DIX} == TOUTES


def test_les_colonnes_obligatoires_sont_celles_du_contrat() -> None:
    assert {
        feuille.nom: " ".join(colonne.nom for colonne in feuille.colonnes if colonne.obligatoire) for feuille in DIX
    } == OBLIGATOIRES


def test_le_classeur_vierge_porte_un_mode_d_emploi_et_une_feuille_par_objet(vierge: Path) -> None:
    classeur = openpyxl.load_workbook(vierge)
    assert classeur.sheetnames[:-1] == ["Lisez-moi", *(feuille.nom for feuille in FEUILLES)]
    assert [feuille.nom for feuille in FEUILLES][: len(COLONNES)] == list(COLONNES)
    for nom, colonnes in TOUTES.items():
        assert [cellule.value for cellule in classeur[nom][1]] == colonnes.split()


def test_les_listes_deroulantes_proposent_les_codes(vierge: Path) -> None:
    classeur = openpyxl.load_workbook(vierge)
    validations = classeur["heures"].data_validations.dataValidation
    assert [str(validation.sqref) for validation in validations] == ["I2:I20001"]
    codes = {cellule.value for colonne in classeur["Listes"].columns for cellule in colonne}
    assert {"DECLAREE", "VALIDEE", "REFUSEE", "RSA", "ETTI", "COND_EXEC", "inconnu"} <= codes


def test_le_classeur_vierge_rendu_tel_quel_est_refuse_parce_que_vide(vierge: Path) -> None:
    _, refus = lancer_refusee(vierge)
    assert refus.startswith("Ce classeur ne contient aucune ligne à reprendre.")


def test_le_classeur_vierge_rempli_est_repris(vierge: Path) -> None:
    classeur = openpyxl.load_workbook(vierge)
    personne = {"A": "P1", "B": "Fictive", "C": "Alma", "D": datetime.date(1990, 5, 10), "E": "F", "G": "inconnu"}
    for lettre, valeur in {**personne, "I": "RSA", "K": datetime.date(2025, 1, 2)}.items():
        classeur["participants"][f"{lettre}2"] = valeur
    classeur.save(vierge)
    lancer(vierge)
    assert Participant.objects.get().entrees.get().qpv == "NR"


def test_le_mode_d_emploi_dit_chaque_colonne() -> None:
    fichier = io.BytesIO()
    ecrire_classeur_vierge(fichier, FEUILLES)
    onglet = openpyxl.load_workbook(fichier)["Lisez-moi"]
    dites = {(ligne[0], ligne[1]) for ligne in onglet.iter_rows(values_only=True) if ligne[1]}
    attendues = {(nom, colonne) for nom, colonnes in COLONNES.items() for colonne in colonnes.split()}
    assert attendues <= dites
