"""Fichiers qui ne sont pas un classeur de reprise : refusés d’une phrase, la base inchangée."""

from __future__ import annotations

import csv
import datetime
import zipfile
from pathlib import Path

from openpyxl import Workbook

from heures.models import LigneHeures, Participant
from tests import jeu_de_comptage
from tests.factories import siret
from tests.heures.reprise.outils import changer, classeur, lancer, lancer_refusee

JOUR = datetime.date
M1 = f"marché 2024-M1 de l’acheteur {jeu_de_comptage.CU_ARRAS}"
AUTRE = siret(5_000_099)


def test_un_classeur_vide_est_refuse(tmp_path: Path) -> None:
    _, refus = lancer_refusee(classeur(tmp_path, lambda f: [f[nom].clear() for nom in f]))
    assert refus.startswith("Ce classeur ne contient aucune ligne à reprendre.")


def test_un_fichier_sans_contenu_est_refuse(tmp_path: Path) -> None:
    chemin = tmp_path / "vide.xlsx"
    chemin.write_bytes(b"")
    _, refus = lancer_refusee(chemin)
    assert refus == "Ce fichier est vide. Vérifier le fichier choisi. Rien n’est enregistré."


def test_un_fichier_de_vingt_mega_octets_est_refuse(tmp_path: Path) -> None:
    chemin = classeur(tmp_path)
    with zipfile.ZipFile(chemin, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/photo.png", b"\x89PNG" + bytes(20 * 2**20))
    assert chemin.stat().st_size > 20 * 2**20
    _, refus = lancer_refusee(chemin)
    assert refus == (
        "Ce fichier dépasse 15 Mo. Retirer les images et les feuilles inutiles, ou le partager en plusieurs. "
        "Rien n’est enregistré."
    )


def test_un_csv_renomme_est_refuse(tmp_path: Path) -> None:
    chemin = tmp_path / "heures.xlsx"
    with chemin.open("w", encoding="utf-8", newline="") as fichier:
        csv.writer(fichier, delimiter=";").writerows([["siret", "nom", "type"], [AUTRE, "Un acheteur", "COMMUNE"]])
    _, refus = lancer_refusee(chemin)
    assert refus == (
        "Ce fichier est un texte (CSV) renommé, pas un classeur .xlsx. Lui rendre l’extension .csv. "
        "Rien n’est enregistré."
    )


def test_un_classeur_abime_est_refuse(tmp_path: Path) -> None:
    chemin = classeur(tmp_path)
    chemin.write_bytes(chemin.read_bytes()[:3000])
    _, refus = lancer_refusee(chemin)
    assert refus.startswith("Ce classeur est abîmé ou incomplet.")


def test_une_feuille_vide_et_sans_rapport_ne_gene_pas(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, lambda f: f.update({"Feuil1": []}))
    lancer(chemin)
    assert LigneHeures.objects.count() == 13


def test_des_titres_a_la_francaise_sont_reconnus(tmp_path: Path) -> None:
    chemin = tmp_path / "participants.xlsx"
    livre = Workbook()
    livre.active.title = "Participants"
    livre.active.append(["Identifiant *", "NOM *", "Prénom *", "Sexe *", "Critère principal *", "date constat"])
    livre.active.append(["P1", "Null", "N/A", "Femme", "rsa", JOUR(2025, 1, 2)])
    livre.save(chemin)
    lancer(chemin)
    assert Participant.objects.get().nom == "Null"


def test_une_formule_dans_un_nom_reste_un_texte(tmp_path: Path) -> None:
    chemin = classeur(tmp_path, changer("participants", 0, nom="@SUM(1)", prenom="+33"))
    lancer(chemin)
    assert Participant.objects.get(identifiant="P1").nom == "@SUM(1)"
