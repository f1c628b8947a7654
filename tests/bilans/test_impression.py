"""Le classeur sur du papier : ses pages, ses graphiques, et ce qu’en fait un vrai tableur."""

from __future__ import annotations

import os
import shutil
import subprocess

import openpyxl
import pytest

from bilans.copil.bilan import NOM, etablir
from bilans.exports import ecrire_classeur
from bilans.pdf import parts
from bilans.rapport import Demande
from clauses.socle.papier import HAUTEUR_DE_LIGNE, PAYSAGE, Planche, est_en_portrait, lignes_de_texte
from tests.bilans import jeu
from tests.bilans.documents.outils import en_ligne, lire_pdf
from tests.bilans.outils import annee


def test_une_planche_garde_ses_graphiques_dans_leurs_pages():
    hauteurs = [HAUTEUR_DE_LIGNE] * 20
    planche = Planche.composer([48, 13, 13, 10, 13, 10, 60], hauteurs, graphiques=9)
    assert planche.echelle == 76
    assert len(planche.sauts) == 3
    large, haut = (cote * 4 / 3 * 100 / planche.echelle for cote in PAYSAGE)
    for numero in range(9):
        ligne, droite, dessous = planche.place(numero)
        assert ligne == planche.sauts[numero // 4]
        assert droite + planche.largeur <= large
        assert dessous + planche.hauteur <= haut


def test_une_longue_synthese_commence_une_page_a_chaque_saut():
    planche = Planche.composer([100], [HAUTEUR_DE_LIGNE] * 200, graphiques=1)
    tailles = [suivant - debut for debut, suivant in zip(planche.sauts, planche.sauts[1:], strict=False)]
    assert planche.echelle == 100
    assert set(tailles) == {34}


@pytest.mark.parametrize(("largeurs", "portrait"), [([40, 20], True), ([40, 20, 40], False), ([], True)])
def test_une_feuille_etroite_s_imprime_debout(largeurs, portrait):
    assert est_en_portrait(largeurs) is portrait


@pytest.mark.parametrize(
    ("texte", "largeur", "lignes"), [("", 10, 1), ("a" * 30, 10, 3), ("a\nb", 10, 2), ("a" * 999, 10, 12)]
)
def test_une_ligne_a_la_hauteur_de_son_plus_long_texte(texte, largeur, lignes):
    assert lignes_de_texte([(texte, largeur), ("court", 20)]) == lignes


@pytest.mark.skipif(
    shutil.which("soffice") is None and os.environ.get("CI") != "true",
    reason="LibreOffice (soffice) n’est pas installé : apt-get install libreoffice-calc",
)
def test_un_vrai_tableur_ouvre_le_classeur_et_l_imprime(tmp_path):
    """Chaque feuille a sa page et son bas de page ; la synthèse tient en largeur, ses graphiques suivent."""
    chemin = tmp_path / "copil.xlsx"
    with chemin.open("wb") as fichier:
        ecrire_classeur(etablir(jeu.poser().par, Demande(NOM, annee(2026))), fichier)
    feuilles = openpyxl.load_workbook(chemin).sheetnames
    commande = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profil", "--convert-to", "pdf"]
    subprocess.run([*commande, "copil.xlsx"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    pages = [en_ligne(page.extract_text()) for page in lire_pdf((tmp_path / "copil.pdf").read_bytes()).pages]
    par_feuille = {nom: [page for page in pages if f" {nom} – page " in page] for nom in feuilles}
    assert sum(len(siennes) for siennes in par_feuille.values()) == len(pages)
    synthese = par_feuille["Synthèse"]
    assert "Règle" in synthese[0]
    assert "Heures d’insertion réalisées 120" in synthese[0]
    illustrees = [page for page in synthese if "Heures selon l’acheteur et selon la résidence" in page]
    assert len(illustrees) == 1
    assert all(mot in page for page in par_feuille["Méthode"] for mot in ("Terme", "Définition", "Source"))
    assert {len(par_feuille[nom]) for nom in feuilles if nom not in {"Synthèse", "Méthode"}} == {1}


def test_un_tableau_trop_large_se_coupe_et_nomme_ses_lignes_sur_chaque_morceau():
    """Dix-neuf colonnes (les marchés d’un acheteur) en deux tableaux, trente en trois ; aucune colonne perdue."""
    assert [parts(nombre) for nombre in (9, 13)] == [[list(range(9))], [list(range(13))]]
    assert parts(19) == [list(range(9)), [0, *range(9, 19)]]
    assert [len(part) for part in parts(30)] == [9, 13, 10]
    assert {rang for part in parts(30) for rang in part} == {*range(30)}
