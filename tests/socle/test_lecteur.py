"""Lecture bornée des classeurs reçus : B01, B10 à B14, B16, B18 et B20 de la conception « sécurité »."""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from clauses.socle.erreurs import ActionImpossible, FichierRefuse
from clauses.socle.lecteur import Bornes, CelluleEnErreur, LigneLue, lire_classeur, lire_fichier
from tests.socle import fabrique


def lire(donnees: bytes, **options) -> dict[str, list[LigneLue]]:
    return lire_classeur(io.BytesIO(donnees), **options)


def refus(donnees: bytes, **options) -> str:
    with pytest.raises(FichierRefuse) as leve:
        lire(donnees, **options)
    return str(leve.value)


def valeurs(donnees: bytes) -> list[tuple[object, ...]]:
    return [ligne.valeurs for ligne in next(iter(lire(donnees).values()))]


def test_b10_les_lignes_et_colonnes_vides_de_fin_sont_ignorees():
    vides = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="BZ{n}" s="0"/></row>' for n in range(2, 102))
    lues = lire(fabrique.classeur(f'<row r="1"><c r="A1"><v>1</v></c><c r="CV1" t="str"><v> </v></c></row>{vides}'))

    assert lues == {"Feuil1": [LigneLue(1, (1,))]}


def test_une_ligne_garde_le_numero_que_montre_le_tableur_et_la_largeur_de_la_plus_large():
    lues = lire(
        fabrique.classeur('<row r="3"><c r="B3"><v>7.35</v></c></row><row r="9"><c r="C9"><v>-2</v></c></row>')
    )

    assert lues == {"Feuil1": [LigneLue(3, (None, 7.35, None)), LigneLue(9, (None, None, -2))]}


def test_lignes_et_cellules_sans_reference_se_suivent():
    assert valeurs(fabrique.classeur("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")) == [
        (1, 2),
        (3, None),
    ]


def test_un_prefixe_d_espace_de_noms_ne_change_rien():
    feuille = (
        '<x:worksheet xmlns:x="u"><x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )

    assert valeurs(fabrique.zipper(fabrique.parties(feuille))) == [(5,)]


def test_b01_une_cellule_vide_au_dernier_coin_ne_compte_pas():
    donnees = fabrique.classeur(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )

    assert valeurs(donnees) == [(1,)]


def test_les_cellules_sont_comptees_sur_tout_le_classeur():
    ligne = "".join("<c><v>1</v></c>" for _ in range(50))
    phrase = refus(fabrique.classeur(f"<row>{ligne}</row>" * 3), bornes=Bornes(cellules=120))

    assert phrase.startswith("Feuille «\u00a0Feuil1\u00a0», ligne 3")


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        pytest.param('<c r="A1"><f>1+1</f></c>', CelluleEnErreur("formule sans résultat enregistré"), id="B13-sans-v"),
        pytest.param(
            '<c r="A1"><f>A2</f><v></v></c>', CelluleEnErreur("formule sans résultat enregistré"), id="B13-v-vide"
        ),
        pytest.param('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CelluleEnErreur("#DIV/0!"), id="B13-div0"),
        pytest.param('<c r="A1" t="e"><v>#N/A</v></c>', CelluleEnErreur("#N/A"), id="B13-na"),
        pytest.param('<c r="A1" t="e"><v>#REF!</v></c>', CelluleEnErreur("#REF!"), id="B13-ref"),
        pytest.param('<c r="A1"><f>SUM(B1)</f><v>0</v></c>', 0, id="B13-zero-calcule"),
        pytest.param('<c r="A1" t="b"><v>1</v></c>', True, id="booleen"),
        pytest.param('<c r="A1"><v>1.2345678901234E+13</v></c>', 12345678901234.0, id="B14-notation-scientifique"),
        pytest.param('<c r="A1"><v>12345678901234</v></c>', 12345678901234, id="B14-entier"),
        pytest.param('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r></is></c>', "a b", id="texte-riche"),
        pytest.param('<c r="A1" t="inlineStr"><is><t>漢</t><rPh><t>kan</t></rPh></is></c>', "漢", id="phonetique"),
        pytest.param('<c r="A1" t="str"><v>a_x000D_b_x005F_x000D_</v></c>', "a\rb_x000D_", id="echappements"),
        pytest.param('<c r="A1" t="str"><v>_xD800_</v></c>', "_xD800_", id="demi-caractere-utf-16"),
        pytest.param('<c r="A1" t="d"><v>2026-02-01</v></c>', datetime.datetime(2026, 2, 1), id="date-iso"),  # noqa: DTZ001 - sans fuseau, comme le tableur
        pytest.param('<c r="A1" t="str"><v>=1+1</v></c>', "=1+1", id="B12-egal"),
        pytest.param('<c r="A1" t="str"><v>NA</v></c>', "NA", id="B16-na"),
    ],
)
def test_une_cellule_garde_son_sens(cellule, attendu):
    [(valeur,)] = valeurs(fabrique.classeur(f'<row r="1">{cellule}</row>'))

    assert (type(valeur), valeur) == (type(attendu), attendu)


def test_b13_un_zero_dans_un_classeur_a_recalculer_n_est_pas_zero_heure():
    donnees = fabrique.classeur(
        '<row r="1"><c r="A1"><f>7*2</f><v>0</v></c><c r="B1"><v>0</v></c><c r="C1"><f>7*2</f><v>14</v></c></row>',
        proprietes='<calcPr fullCalcOnLoad="1"/>',
    )

    assert valeurs(donnees) == [(CelluleEnErreur("formule sans résultat enregistré"), 0, 14)]


def test_b13_une_formule_ecrite_sans_tableur_est_une_cellule_en_erreur():
    def remplir(livre, feuille):
        feuille.append(["=1+1", 3])

    assert valeurs(fabrique.classeur_openpyxl(remplir)) == [(CelluleEnErreur("formule sans résultat enregistré"), 3)]


DATES = [
    (datetime.datetime(2026, 2, 1), "dd/mm/yyyy"),  # noqa: DTZ001 - sans fuseau, comme le tableur
    (datetime.datetime(2026, 2, 1, 23, 59, 59, 999000), "dd/mm/yyyy hh:mm"),  # noqa: DTZ001 - même raison
    (datetime.time(7, 30), "hh:mm"),
    (datetime.timedelta(hours=35), "[h]:mm"),
]


@pytest.mark.parametrize("depuis_1904", [False, True])
def test_b18_b20_dates_heures_et_durees_sont_relues_dans_les_deux_calendriers(depuis_1904):
    def remplir(livre, feuille):
        if depuis_1904:
            livre.epoch = CALENDAR_MAC_1904
        for rang, (valeur, format_) in enumerate(DATES, start=1):
            feuille.cell(1, rang, valeur).number_format = format_

    assert valeurs(fabrique.classeur_openpyxl(remplir)) == [tuple(valeur for valeur, _ in DATES)]


def test_b18_vingt_cinq_heures_au_format_horaire_deviennent_une_date_et_se_voient():
    def remplir(livre, feuille):
        feuille.cell(1, 1, 25 / 24).number_format = "hh:mm"
        feuille.cell(1, 2, -1).number_format = "dd/mm/yyyy"
        feuille.cell(1, 3, 1e12).number_format = "dd/mm/yyyy"

    [(heures, negative, lointaine)] = valeurs(fabrique.classeur_openpyxl(remplir))

    assert heures == datetime.datetime(1900, 1, 1, 1)  # noqa: DTZ001 - sans fuseau, comme le tableur
    assert negative == lointaine == CelluleEnErreur("date hors du calendrier")


def test_les_feuilles_visibles_sont_lues_dans_l_ordre_et_les_masquees_sur_demande():
    def remplir(livre, feuille):
        feuille.title = "heures"
        feuille.append([1])
        livre.create_sheet("Listes").append([2])
        livre["Listes"].sheet_state = "hidden"
        livre.create_sheet("sorties")

    donnees = fabrique.classeur_openpyxl(remplir)

    assert list(lire(donnees)) == ["heures", "sorties"]
    assert lire(donnees)["sorties"] == []
    assert lire(donnees, feuilles={"Listes", "absente"}) == {"Listes": [LigneLue(1, (2,))]}


def test_l_extension_doit_dire_le_contenu(tmp_path):
    chemin = tmp_path / "releve.xls"
    chemin.write_bytes(fabrique.classeur("<row><c><v>1</v></c></row>"))

    with pytest.raises(ActionImpossible, match=r"«\u00a0\.xls\u00a0»"):
        lire_classeur(chemin)
    assert lire_classeur(chemin, nom="RELEVE.XLSX") == {"Feuil1": [LigneLue(1, (1,))]}


def test_un_fichier_est_lu_selon_son_contenu():
    assert lire_fichier(io.BytesIO(fabrique.classeur("<row><c><v>1</v></c></row>"))) == {"Feuil1": [LigneLue(1, (1,))]}
    assert lire_fichier(io.BytesIO(b"a;b\n1;2"), nom="x.csv") == {
        "": [LigneLue(1, ("a", "b")), LigneLue(2, ("1", "2"))]
    }


naives = st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(2100, 1, 1))  # noqa: DTZ001 - sans fuseau
cellules = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9, allow_subnormal=False),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20),
    naives.map(lambda instant: instant.replace(microsecond=0)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cellules, min_size=1, max_size=6), min_size=1, max_size=6))
def test_un_classeur_sain_est_lu_comme_par_openpyxl(tableau):
    def remplir(livre, feuille):
        for rang, ligne in enumerate(tableau, start=1):
            for colonne, valeur in enumerate(ligne, start=1):
                cellule = feuille.cell(rang, colonne, valeur)
                if isinstance(valeur, str):
                    cellule.data_type = "s"

    donnees = fabrique.classeur_openpyxl(remplir)
    temoin = openpyxl.load_workbook(io.BytesIO(donnees), data_only=True).active
    attendu = {
        (cellule.row, cellule.column): cellule.value
        for ligne in temoin.iter_rows()
        for cellule in ligne
        if cellule.value is not None and not (isinstance(cellule.value, str) and not cellule.value.strip())
    }
    lu = {
        (ligne.numero, colonne): valeur
        for ligne in lire(donnees)["Sheet"]
        for colonne, valeur in enumerate(ligne.valeurs, start=1)
        if valeur is not None
    }

    assert lu == attendu
