"""Deux versions comparées cellule par cellule : ce qui a changé, et rien d’autre."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from bilans.comparaison import comparer, feuille
from bilans.definitions import ColonneBilan, Indicateur, TableauBilan, Unite
from bilans.rapport import LigneSynthese, Tableau
from bilans.tableaux import TOTAL, Rangee
from tests.bilans.outils import annee
from tests.factories_conformite import bilan_vide

H = Decimal
TABLEAU = TableauBilan(
    "acheteurs", "Acheteurs", "A5",
    (
        ColonneBilan("acheteur", "Acheteur"), ColonneBilan("heures", "Heures", Unite.HEURES),
        ColonneBilan("taux", "Taux", Unite.TAUX), ColonneBilan("personnes", "Personnes", Unite.NOMBRE),
    ),
)  # fmt: skip
HEURES = Indicateur("heures_realisees", "Heures", Unite.HEURES, "Règle")


def rangee(nom, heures, taux=None, personnes=1, niveau="detail", **filtre):
    return Rangee({"acheteur": nom, "heures": H(heures), "taux": taux, "personnes": personnes}, filtre, niveau)


def un_bilan(*rangees, heures="10.00", **entete):
    vide = bilan_vide("Bilan", "S", annee(2025))
    return dataclasses.replace(
        vide,
        entete=dataclasses.replace(vide.entete, **entete),
        indicateurs={"heures_realisees": H(heures)},
        synthese=[LigneSynthese(HEURES, H(heures), None, None)],
        tableaux={"acheteurs": Tableau(TABLEAU, rangees)},
        methode=[("Heures", "Règle", "bilans.md")],
    )


def dits(ancien, nouveau):
    return [(c.tableau, c.ligne, c.colonne, c.avant, c.apres, c.ecart) for c in comparer(ancien, nouveau)]


def test_rien_n_a_change_rien_n_est_dit():
    avant = un_bilan(rangee("Ville", "10.00", acheteur="1"))
    assert dits(avant, un_bilan(rangee("Ville", "10.00", acheteur="1"), genere_par="Autre", version="2, final")) == []


def test_chaque_cellule_changee_donne_l_ancienne_la_nouvelle_et_l_ecart():
    avant = un_bilan(rangee("Ville", "10.00", H("0.5000"), acheteur="1"))
    apres = un_bilan(rangee("Ville", "12.50", H("0.6250"), acheteur="1"), heures="12.50")
    assert dits(avant, apres) == [
        ("Synthèse", "Heures", "Réalisé N", H("10.00"), H("12.50"), H("2.50")),
        ("Acheteurs", "Ville", "Heures", H("10.00"), H("12.50"), H("2.50")),
        ("Acheteurs", "Ville", "Taux", H("0.5000"), H("0.6250"), H("0.1250")),
    ]
    textes = [(c.avant_en_texte, c.apres_en_texte, c.ecart_en_texte) for c in comparer(avant, apres)]
    assert textes[2] == ("50,00\u202f%", "62,50\u202f%", "+12,50\u00a0pt")


def test_une_ligne_neuve_n_a_pas_d_ancienne_valeur_une_ligne_partie_pas_de_nouvelle():
    avant = un_bilan(rangee("Ville", "10.00", acheteur="1"))
    apres = un_bilan(rangee("Bailleur", "4.00", personnes=0, acheteur="2"))
    assert dits(avant, apres) == [
        ("Acheteurs", "Bailleur", "Heures", None, H("4.00"), None),
        ("Acheteurs", "Bailleur", "Personnes", None, 0, None),
        ("Acheteurs", "Ville", "Heures", H("10.00"), None, None),
        ("Acheteurs", "Ville", "Personnes", 1, None, None),
    ]


def test_un_acheteur_renomme_reste_la_meme_ligne():
    avant = un_bilan(rangee("Ville", "10.00", acheteur="1"))
    apres = un_bilan(rangee("Commune", "9.00", acheteur="1"))
    assert dits(avant, apres) == [
        ("Acheteurs", "Commune", "Acheteur", "Ville", "Commune", None),
        ("Acheteurs", "Commune", "Heures", H("10.00"), H("9.00"), H("-1.00")),
    ]


def test_deux_lignes_de_memes_libelles_ne_se_confondent_pas():
    avant = un_bilan(rangee("Ville", "1.00"), rangee("Ville", "2.00"), rangee("Ville", "3.00", niveau=TOTAL))
    apres = un_bilan(rangee("Ville", "1.00"), rangee("Ville", "2.50"), rangee("Ville", "3.50", niveau=TOTAL))
    assert [(c[3], c[4]) for c in dits(avant, apres)] == [(H("2.00"), H("2.50")), (H("3.00"), H("3.50"))]


def test_une_regle_ou_une_base_changee_se_dit_aussi():
    avant = un_bilan(base_etp=1820)
    apres = dataclasses.replace(un_bilan(base_etp=1607), methode=[("Heures", "Autre règle", "bilans.md")])
    assert dits(avant, apres) == [
        ("En-tête", "Base ETP", "", "1820 heures par an", "1607 heures par an", None),
        ("Qualité et méthode", "Heures", "", "Règle", "Autre règle", None),
    ]


def test_le_classeur_garde_de_vrais_nombres():
    avant, apres = un_bilan(heures="10.00"), un_bilan(heures="12.50")
    (ligne,) = list(feuille(comparer(avant, apres)).lignes)
    assert [getattr(c, "valeur", c) for c in ligne] == [
        "Synthèse", "Heures", "Réalisé N", H("10.00"), H("12.50"), H("2.50"), "heures",
    ]  # fmt: skip


def test_une_ligne_neuve_sans_aucun_nombre_se_dit_par_son_libelle():
    seul = Rangee({"acheteur": "Ville", "heures": None, "taux": None, "personnes": None})
    assert dits(un_bilan(), un_bilan(seul)) == [("Acheteurs", "Ville", "Acheteur", None, "Ville", None)]
