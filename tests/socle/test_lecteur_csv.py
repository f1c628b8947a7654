"""Lecture bornée des CSV reçus : B10, B12, B16, B22, B23 et B24 de la conception « sécurité »."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur import Bornes, LigneLue, lire_csv


def lire(donnees: bytes | str, **options) -> list[tuple[object, ...]]:
    octets = donnees.encode() if isinstance(donnees, str) else donnees
    return [ligne.valeurs for ligne in lire_csv(io.BytesIO(octets), **options)]


def refus(donnees: bytes | str, **options) -> str:
    with pytest.raises(FichierRefuse) as leve:
        lire(donnees, **options)
    return str(leve.value)


@pytest.mark.parametrize(
    "codage",
    [
        pytest.param("utf-8", id="B22-utf-8"),
        pytest.param("utf-8-sig", id="B22-utf-8-bom"),
        pytest.param("cp1252", id="B22-cp1252"),
        pytest.param("utf-16", id="B22-utf-16-bom"),
        pytest.param("iso8859-15", id="B22-latin-9"),
    ],
)
def test_le_codage_est_reconnu(codage):
    assert lire("Prénom;Œuvre;Coût\r\nÉlodie;Sœur;12 €\r\n".encode(codage)) == [
        ("Prénom", "Œuvre", "Coût"),
        ("Élodie", "Sœur", "12 €"),
    ]


def test_b22_un_texte_deja_abime_est_rendu_tel_quel():
    assert lire("Nom\nLEFÃ\u02c6VRE\n") == [("Nom",), ("LEFÃ\u02c6VRE",)]


def test_b22_un_octet_0x81_seul_est_refuse_avec_sa_ligne():
    assert refus(b"Nom;Heures\r\nDupont\x81;7\r\n").startswith("Ligne 2\u00a0: l’octet 0x81")


def test_b22_un_caractere_nul_est_refuse_avec_sa_ligne():
    assert refus(b"Nom;Heures\nDup\x00ont;7\n").startswith("Ligne 2\u00a0: ce fichier contient un caractère nul")


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("fin", ["\r\n", "\n", "\r"])
def test_b23_separateur_et_fins_de_ligne_sont_reconnus(separateur, fin):
    lignes = [["Nom", "Mois", "Heures"], ["Dupont", "2026-03", "7.5"], ["Martin", "2026-03", "8"]]

    assert lire(fin.join(separateur.join(ligne) for ligne in lignes)) == [tuple(ligne) for ligne in lignes]


def test_b23_des_virgules_decimales_ou_de_titre_ne_font_pas_le_separateur():
    assert lire("Nom, prénom, naissance;Heures\nDupont Jean;7,35\nMartin Luc;8,00\n")[1] == ("Dupont Jean", "7,35")


def test_b23_la_ligne_sep_d_excel_est_obeie_sans_compter():
    assert lire_csv(io.BytesIO(b"sep=|\r\na|b;c\r\n1|2\r\n")) == [LigneLue(1, ("a", "b;c")), LigneLue(2, ("1", "2"))]


@pytest.mark.parametrize(
    ("texte", "debut"),
    [
        pytest.param('Nom;Heures\n1;"Dupont\n2;Martin\n', "Ligne 2\u00a0: un guillemet", id="B23-jamais-ferme"),
        pytest.param('Nom;Heures\nA;1\n"Dupont" Jean;12\n', "Ligne 3\u00a0: un guillemet", id="B23-mal-place"),
        pytest.param('Id;Nom;H\n1;"Dupont;12\n2;Martin";13\n', "Ligne 2, colonne B\u00a0: un", id="B23-referme"),
        pytest.param('Nom;H\n"' + "x;1\n" * 60_000, "Ligne 2\u00a0: un guillemet", id="B23-avale-tout-le-fichier"),
        pytest.param("Nom;H\n" + "x" * 10_001 + ";1\n", "Ligne 2, colonne A\u00a0: une cellule", id="B23-longue"),
        pytest.param("Nom;H\n" + "x" * 200_000 + ";1\n", "Ligne 2\u00a0: ", id="B23-cellule-de-200-ko"),
        pytest.param("a;b\n1;2;3\n", "Ligne 2\u00a0: 3 cellules", id="B24-ligne-trop-longue"),
        pytest.param("a;b\n" + "1;2\n" * 20_000, "Ligne 20\u202f001\u00a0: ", id="B10-20001-lignes"),
        pytest.param(";".join("x" * 61), "Ligne 1, colonne BI\u00a0: ", id="B10-61-colonnes"),
        pytest.param("a;b\n" + ";" * 7_000 + "\n", "Ligne 2\u00a0: plus de 6\u202f000", id="separateurs-sans-nombre"),
        pytest.param("x" * (5 * 2**20 + 1), "Ce fichier dépasse 5 Mo", id="B09-plus-de-5-Mo"),
        pytest.param(b"PK\x03\x04...", "Ce fichier est un classeur .xlsx", id="B07-xlsx-renomme"),
        pytest.param("<!DOCTYPE html><html>", "Ce fichier est une page web", id="B07-html-renomme"),
        pytest.param(b"", "Ce fichier est vide", id="B07-vide"),
        pytest.param(b"\xef\xbb\xbf\r\n", "Ce fichier est vide", id="B07-bom-seul"),
        pytest.param("Nom;H\n".encode("utf-16-le") * 5, "Ce fichier n’est ni", id="B22-utf-16-sans-bom"),
    ],
)  # fmt: skip
def test_un_csv_douteux_est_refuse_a_l_endroit_du_defaut(texte, debut):
    phrase = refus(texte)

    assert phrase.startswith(debut)
    assert phrase.endswith(".")


def test_b23_un_retour_a_la_ligne_dans_une_cellule_est_garde():
    assert lire('Id;Nom;Adresse\n1;Dupont;"12, rue X\nArras"\n2;Martin;"a""b"') == [
        ("Id", "Nom", "Adresse"),
        ("1", "Dupont", "12, rue X\nArras"),
        ("2", "Martin", 'a"b'),
    ]


def test_b24_une_ligne_courte_est_completee_et_le_vide_de_fin_ignore():
    assert lire_csv(io.BytesIO(b"a;b;c;;\n1\n\n;;;\n1;2;3;;;;\n")) == [
        LigneLue(1, ("a", "b", "c")),
        LigneLue(2, ("1", None, None)),
        LigneLue(5, ("1", "2", "3")),
    ]


def test_un_en_tete_plus_bas_ne_fixe_la_largeur_que_pour_la_suite():
    texte = "Relevé de mars\nAgence;Arras\nNom;Mois;Heures\nDupont;2026-03;7,5\n"

    assert lire(texte, ligne_entete=3)[2:] == [("Nom", "Mois", "Heures"), ("Dupont", "2026-03", "7,5")]
    assert lire(texte, ligne_entete=None) == lire(texte, ligne_entete=3)
    assert refus(texte).startswith("Ligne 2\u00a0: 2 cellules")


def test_b12_b16_les_textes_pieges_restent_des_textes():
    pieges = ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+33612345678", "-1", "NA", "Null", "None", "True", "Mars"]

    assert lire("Nom\tH\n" + "".join(f"{piege}\t1\n" for piege in pieges))[1:] == [(piege, "1") for piege in pieges]


def test_les_cellules_sont_comptees():
    assert refus("a;b\n" * 30, bornes=Bornes(cellules=50)).startswith("Ligne 26\u00a0: le fichier dépasse 50 cellules")


def test_une_extension_de_classeur_sur_un_csv_est_refusee():
    assert "«\u00a0.xls\u00a0»" in refus("a;b\n1;2\n", nom="releve.xls")


@given(st.binary(max_size=200))
def test_des_octets_quelconques_sont_lus_ou_refuses_jamais_plus(octets):
    try:
        resultat = lire(b"a;b\n" + octets)
    except FichierRefuse as refuse:
        resultat = str(refuse)

    assert isinstance(resultat, list) or resultat.endswith(".")


def test_sans_en_tete_connu_le_separateur_est_celui_du_tableau():
    """Au-dessus du tableau, des titres en toutes lettres ; dans le tableau, des virgules décimales."""
    contenu = "Agence, Arras\n\nNom;Prénom;Heures\nDupont;Jean;35,5\nDurand;Lou;7,25\n".encode()
    lignes = lire_csv(io.BytesIO(contenu), ligne_entete=None)
    assert [ligne.valeurs[2] for ligne in lignes[1:]] == ["Heures", "35,5", "7,25"]
