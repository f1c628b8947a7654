"""Les dessins : chaque valeur est tracée à son échelle, dite en toutes lettres, et rien n’y est en ligne."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from bilans.definitions import ColonneBilan, Dessin, TableauBilan, Unite
from bilans.dessins import axes, barres, parts
from bilans.dessins.formes import ETROIT, LARGE, Donnees, Serie
from bilans.dessins.legende import PASTILLE
from bilans.dessins.tableau import TRACEURS, dessiner, en_svg
from bilans.rapport import Tableau
from bilans.tableaux import TOTAL, Rangee
from bilans.valeurs import en_texte
from clauses.socle.echelle import Echelle, abreger, couper

H = Decimal
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script> & \"Cie\""


def serie(nom: str, *valeurs: str | None, est_repere: bool = False) -> Serie:
    lues = [None if valeur is None else H(valeur) for valeur in valeurs]
    return Serie(nom, lues, [en_texte(valeur, Unite.HEURES) for valeur in lues], est_repere)


def tableau(genre: str, *lignes: tuple, **dessin) -> Tableau:
    colonnes = (
        ColonneBilan("nom", "Nom"), ColonneBilan("a", "heures", Unite.HEURES), ColonneBilan("b", "BRSA", Unite.HEURES),
    )  # fmt: skip
    definition = TableauBilan(
        "essai", "Essai", "Essai", colonnes, dessin=Dessin(genre, "Heures", "nom", ("a", "b"), **dessin)
    )
    rangees = [Rangee({"nom": nom, "a": a, "b": b}) for nom, a, b in lignes]
    return Tableau(definition, [*rangees, Rangee({"nom": "Total", "a": H("99999.00"), "b": H(0)}, niveau=TOTAL)])


LIGNES = (
    ("CU d’Arras", H("483.34"), H("180.00")),
    ("Sud-Artois", H("210.00"), None),
    (HOSTILE, H("60.00"), H("60.00")),
)


def test_une_barre_a_la_longueur_de_sa_valeur_et_porte_son_texte():
    trace = barres.tracer(Donnees(["A", "B", "C"], [serie("Heures", "100.00", "50.00", "0.00")]), LARGE)
    longueurs = [rectangle.largeur for rectangle in trace.rectangles]
    assert len(longueurs) == 2
    assert longueurs[0] == pytest.approx(2 * longueurs[1], abs=1)
    assert [t.texte for t in trace.textes if t.classe == "valeur"] == ["100,00", "50,00", "0,00"]


def test_les_colonnes_empilees_s_ajoutent_et_montrent_leur_somme():
    donnees = Donnees(["2024", "2025"], [serie("A", "100.00", None), serie("B", "60.40", None)])
    trace = axes.empilees(donnees, LARGE)
    bas, haut = (rectangle for rectangle in trace.rectangles if rectangle.hauteur > PASTILLE)
    assert haut.y + haut.hauteur == bas.y
    assert [t.texte for t in trace.textes if t.classe == "valeur"] == ["160"]


def test_une_courbe_s_interrompt_la_ou_rien_n_est_renseigne_et_l_objectif_la_traverse():
    taux = Serie("Taux", [H("0.5"), H("0.6"), None, H("0.4")], ["50 %", "60 %", "–", "40 %"])
    objectif = Serie("Objectif", [H("0.5")] * 4, ["50 %"] * 4, est_repere=True)
    trace = axes.courbe(Donnees(["1", "2", "3", "4"], [taux, objectif], est_taux=True), LARGE)
    assert [ligne.points.count(",") for ligne in trace.lignes] == [2]
    assert len(trace.ronds) == 3
    (trait,) = [t for t in trace.traits if t.classe == "repere" and t.x2 == LARGE]
    assert trait.y1 == trait.y2 == trace.ronds[0].y


def test_les_parts_font_le_tout_et_les_petites_se_reunissent():
    noms = [f"Critère {n}" for n in range(9)]
    trace = parts.tracer(Donnees(noms, [serie("Personnes", *(str(90 - 10 * n) for n in range(9)))]), LARGE)
    textes = [t.texte for t in trace.textes]
    assert textes[-2:] == ["Autres", "100\u00a0·\u00a022,2\u202f%"]
    assert textes[:2] == ["Critère 0", "90,00\u00a0·\u00a020,0\u202f%"]
    assert sum(r.largeur + parts.ECART for r in trace.rectangles if r.y == 0) == pytest.approx(LARGE, abs=6)


@pytest.mark.parametrize("genre", TRACEURS)
@pytest.mark.parametrize("largeur", [LARGE, ETROIT])
def test_un_dessin_tient_dans_son_cadre_et_ne_porte_ni_style_ni_code(genre, largeur):
    dessin = dessiner(tableau(genre, *LIGNES))
    assert dessin is not None
    trace = dessin.large if largeur == LARGE else dessin.etroit
    assert all(r.x >= 0 and r.x + r.largeur <= largeur and r.y + r.hauteur <= trace.hauteur for r in trace.rectangles)
    assert all(0 <= t.x <= largeur and 0 <= t.y <= trace.hauteur for t in trace.textes)
    racine = ElementTree.fromstring(en_svg(dessin, trace))
    noms = {noeud.tag for noeud in racine.iter()}
    assert f"{SVG}script" not in noms
    assert not any("style" in noeud.attrib or "fill" in noeud.attrib for noeud in racine.iter())


def test_le_svg_se_nomme_et_dit_toutes_ses_valeurs_sans_le_total():
    dessin = dessiner(tableau("bar", *LIGNES))
    assert dessin is not None
    racine = ElementTree.fromstring(en_svg(dessin, dessin.large))
    titre, description = racine.find(f"{SVG}title"), racine.find(f"{SVG}desc")
    assert racine.get("role") == "img"
    assert (racine.get("aria-labelledby"), racine.get("aria-describedby")) == (titre.get("id"), description.get("id"))
    assert titre.text == "Heures"
    assert description.text == (
        "Barres. CU d’Arras\u00a0: heures 483,34, brsa 180,00. Sud-Artois\u00a0: heures 210,00, brsa –. "
        f"{HOSTILE}\u00a0: heures 60,00, brsa 60,00."
    )


def test_sans_valeur_il_n_y_a_pas_de_dessin_et_au_plus_borne_les_barres():
    assert dessiner(tableau("column", ("2024", None, None), ("2025", H("0.00"), None))) is None
    dessin = dessiner(tableau("bar", *LIGNES, au_plus=1))
    assert dessin is not None
    assert "Sud-Artois" not in dessin.description


@pytest.mark.parametrize(
    ("plus_haute", "plus_petit", "graduations"),
    [
        ("988.84", "1", ["0", "200", "400", "600", "800", "1000"]),
        ("0.62", "0.01", ["0", "0.2", "0.4", "0.6", "0.8"]),
        ("0", "1", ["0", "1"]),
    ],
)
def test_l_echelle_est_ronde_et_contient_la_plus_haute_valeur(plus_haute, plus_petit, graduations):
    echelle = Echelle.contenant([H(plus_haute)], 100, H(plus_petit))
    assert echelle.graduations() == [H(valeur) for valeur in graduations]
    assert (echelle.points(H("-5")), echelle.points(echelle.sommet)) == (0, 100)


def test_un_texte_trop_long_se_coupe_entre_deux_mots_puis_s_abrege():
    assert couper("Obligation d’emploi des travailleurs handicapés", 154) == [
        "Obligation d’emploi",
        "des travailleurs hand…",
    ]
    assert couper("Anticonstitutionnellement", 70) == ["Anticonst…"]
    assert (abreger("abc", 20), abreger("abcdef", 21)) == ("", "")
