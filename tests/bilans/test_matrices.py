"""A6 en matrices : les heures s’additionnent dans les deux sens, les personnes restent distinctes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.bilans import jeu
from tests.bilans.outils import bilan, classeur, connecte, decimal, feuille, parametres

PAGE = "/bilans/departement/"


@pytest.fixture
def pose():
    return jeu.poser()


def rangees(document, cle):
    return [rangee.valeurs for rangee in document.tableaux[cle].rangees]


def test_les_heures_de_la_matrice_s_additionnent_en_lignes_et_en_colonnes(pose):
    *details, total = rangees(bilan(pose.par, 2025), "matrice_heures")
    codes = [code for code in total if code not in {"modalite_libelle", "TOTAL"}]
    for ligne in (*details, total):
        assert sum(ligne[code] or Decimal(0) for code in codes) == ligne["TOTAL"]
    for code in (*codes, "TOTAL"):
        assert sum(ligne[code] or Decimal(0) for ligne in details) == total[code]
    assert total["TOTAL"] == Decimal("988.84")


def test_la_matrice_dit_les_memes_chiffres_que_la_liste(pose):
    document = bilan(pose.par, 2025)
    for cle, champ in (("matrice_heures", "heures"), ("matrice_personnes", "beneficiaires")):
        croises = {
            (ligne["modalite_libelle"], code): valeur
            for ligne in rangees(document, cle)[:-1]
            for code, valeur in ligne.items()
            if code not in {"modalite_libelle", "TOTAL"} and valeur is not None
        }
        liste = {
            (ligne["modalite_libelle"], ligne["type_contrat"]): ligne[champ]
            for ligne in document.tableaux["modalites"].details()
        }
        assert croises == liste


def test_une_personne_de_deux_modalites_compte_une_fois_au_total(pose):
    *details, total = rangees(bilan(pose.par, 2025), "matrice_personnes")
    assert total["TOTAL"] == 6
    assert sum(ligne["TOTAL"] for ligne in details) == 7  # P1 : embauche directe, puis mise à disposition


def test_l_ecran_et_le_classeur_portent_les_matrices(pose):
    client = connecte(pose.structure)
    page = client.get(PAGE, parametres(2025))
    titres = [tableau.titre for tableau in page.context["tableaux"]]
    assert "Modalités et types de contrat : heures" in titres
    assert "Modalités et types de contrat : personnes" in titres
    lu = feuille(classeur(client, 2025), "A6 Heures")
    assert decimal(lu[-1]["Total"]) == Decimal("988.84")
    assert feuille(classeur(client, 2025), "A6 Personnes")[-1]["Total"] == 6
