"""Exports : aucune formule (G13, B12), nombres exacts, dates vraies, vide qui reste vide."""

from __future__ import annotations

import csv
import datetime
import io
import re
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clauses.socle.exports import Colonne, Feuille, Format, Liste, Saisie, ecrire_csv, ecrire_xlsx
from clauses.socle.graphiques import Graphique
from clauses.socle.lecteur import BORNES_COMMANDE, lire_classeur, lire_csv

CHARGES = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://exemple.invalid";"clic")',
    "@SUM(1)",
    "+33612345678",
    "-1+1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1+1",
    "http://exemple.invalid/",
    "{=1+1}",
]
BALISAGE = '<r><t>x</t></r></is></c><c r="B2"><f>1+1</f></c><c r="C2" t="inlineStr"><is><r></r>'
COLONNES = (
    Colonne("Nom", "nom"),
    Colonne("Heures", "heures", Format.HEURES),
    Colonne("Montant", "montant", Format.EUROS),
    Colonne("Taux", "taux", Format.TAUX),
    Colonne("Nombre", "nombre", Format.ENTIER),
    Colonne("Début", "debut", Format.DATE),
    Colonne("Mois", "mois", Format.MOIS),
)
LIGNE = (
    "Dupont",
    Decimal("-988.84"),
    Decimal("12500.50"),
    Decimal("0.9584"),
    -3,
    datetime.date(2026, 2, 1),
    datetime.date(2026, 3, 1),
)


def ecrire(*feuilles: Feuille) -> bytes:
    sortie = io.BytesIO()
    ecrire_xlsx(sortie, feuilles)
    return sortie.getvalue()


def relire(donnees: bytes, *, valeurs: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(donnees), data_only=valeurs)


def en_csv(colonnes, lignes) -> str:
    sortie = io.BytesIO()
    ecrire_csv(sortie, colonnes, lignes)
    return sortie.getvalue().decode("utf-8")


def xml(donnees: bytes, nom: str) -> str:
    return zipfile.ZipFile(io.BytesIO(donnees)).read(nom).decode("utf-8")


@pytest.mark.parametrize("charge", [*CHARGES, BALISAGE], ids=repr)
def test_g13_une_charge_de_formule_reste_un_texte(charge):
    donnees = ecrire(Feuille("Noms", [Colonne(charge, "nom"), Colonne("H", "h", Format.HEURES)], [(charge, charge)]))
    feuille = relire(donnees).active

    for cellule in (feuille["A1"], feuille["A2"], feuille["B2"]):
        assert cellule.data_type == "s"
        assert cellule.hyperlink is None
        assert cellule.quotePrefix
    assert (feuille.max_row, feuille.max_column) == (2, 2)
    assert "<f>" not in xml(donnees, "xl/worksheets/sheet1.xml")
    assert [ligne.valeurs for ligne in lire_classeur(io.BytesIO(donnees))["Noms"]] == [(charge, "H"), (charge, charge)]


@pytest.mark.parametrize("charge", CHARGES[:10], ids=repr)
def test_g13_une_charge_de_formule_est_desamorcee_en_csv(charge):
    texte = en_csv([Colonne(charge, "nom"), Colonne("H", "h", Format.HEURES)], [(charge, charge)])
    entete, ligne = csv.reader(io.StringIO(texte.removeprefix("\ufeff"), newline=""), delimiter=";")

    assert entete[0] == ligne[0] == ligne[1] == f"'{charge}"


def test_les_nombres_et_les_dates_restent_des_nombres_et_des_dates():
    ligne = relire(ecrire(Feuille("x", COLONNES, [LIGNE]))).active[2]

    assert [cellule.data_type for cellule in ligne] == ["s", "n", "n", "n", "n", "d", "d"]
    assert [cellule.value for cellule in ligne[:5]] == ["Dupont", -988.84, 12500.5, 0.9584, -3]
    assert [cellule.value.date() for cellule in ligne[5:]] == [datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    assert [cellule.number_format for cellule in ligne] == [colonne.format.value for colonne in COLONNES]


def test_un_decimal_est_ecrit_avec_ses_chiffres_exacts():
    heures = [Decimal("0.10"), Decimal("151.67"), Decimal("123456789012.34"), Decimal("0.30")]
    donnees = ecrire(Feuille("x", [Colonne("H", "h", Format.HEURES)], [(valeur,) for valeur in heures]))

    lues = [Decimal(v) for v in re.findall(r"<v>([^<]*)</v>", xml(donnees, "xl/worksheets/sheet1.xml"))]

    assert lues == heures


def test_une_valeur_absente_est_une_cellule_vide_pas_zero():
    donnees = ecrire(Feuille("x", COLONNES, [(None,) * 7, ("", *(None,) * 6)]))

    assert [cellule.value for ligne in relire(donnees).active.iter_rows(min_row=2) for cellule in ligne] == []
    assert en_csv(COLONNES, [(None,) * 7]).splitlines()[1] == ";;;;;;"


def test_un_nan_n_est_pas_exporte_en_silence():
    with pytest.raises(TypeError):
        ecrire(Feuille("x", [Colonne("H", "h", Format.HEURES)], [(Decimal("NaN"),)]))


def test_une_ligne_peut_etre_un_dictionnaire():
    ligne = dict(zip((colonne.cle for colonne in COLONNES), LIGNE, strict=True))

    assert xml(ecrire(Feuille("x", COLONNES, [ligne])), "xl/worksheets/sheet1.xml") == xml(
        ecrire(Feuille("x", COLONNES, [LIGNE])), "xl/worksheets/sheet1.xml"
    )
    assert en_csv(COLONNES, [ligne]) == en_csv(COLONNES, [LIGNE])


def test_une_ligne_de_travers_est_une_erreur():
    with pytest.raises(ValueError, match=r"zip\(\)"):
        ecrire(Feuille("x", COLONNES, [("trop court",)]))


def test_un_texte_dans_une_colonne_de_nombres_reste_un_texte():
    ligne = relire(ecrire(Feuille("x", COLONNES, [("a", "< 5", "n. r.", True, "12", "hier", "03/2026")]))).active[2]

    assert [(cellule.data_type, cellule.value) for cellule in ligne] == [
        ("s", texte) for texte in ("a", "< 5", "n. r.", "oui", "12", "hier", "03/2026")
    ]


def test_un_texte_qui_n_en_est_pas_un_est_ecrit_a_la_francaise():
    valeurs = [12, Decimal("7.50"), True, datetime.date(2026, 2, 1), datetime.date(1876, 5, 4), "00542002100049"]
    feuille = relire(ecrire(Feuille("x", [Colonne("Texte", "t")], [(valeur,) for valeur in valeurs]))).active

    assert [ligne[0].value for ligne in feuille.iter_rows(min_row=2)] == [
        "12", "7,50", "oui", "01/02/2026", "04/05/1876", "00542002100049",
    ]  # fmt: skip


def test_un_instant_est_montre_a_l_heure_de_paris(settings):
    settings.TIME_ZONE = "Europe/Paris"
    instant = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)
    colonnes = [Colonne("Le", "le", Format.INSTANT), Colonne("Jour", "jour", Format.DATE), Colonne("Texte", "t")]
    ligne = relire(ecrire(Feuille("x", colonnes, [(instant,) * 3]))).active[2]

    assert ligne[0].value == datetime.datetime(2027, 1, 1, 0, 30)  # noqa: DTZ001 - un classeur n’a pas de fuseau
    assert ligne[1].value == datetime.datetime(2027, 1, 1)  # noqa: DTZ001 - même raison
    assert ligne[2].value == "01/01/2027 00:30"
    assert en_csv(colonnes, [(instant,) * 3]).splitlines()[1] == "2027-01-01 00:30;2027-01-01;01/01/2027 00:30"


def test_une_date_anterieure_au_calendrier_du_tableur_est_un_texte():
    ligne = relire(ecrire(Feuille("x", [Colonne("D", "d", Format.DATE)], [(datetime.date(1876, 5, 4),)]))).active[2]

    assert ligne[0].value == "04/05/1876"


def test_une_cellule_trop_longue_est_coupee_visiblement():
    donnees = ecrire(Feuille("x", [Colonne("T", "t")], [("é" * 40_000,), ("\U0001f600" * 20_000,), ("a" * 32_767,)]))
    long, emoji, juste = [ligne[0].value for ligne in relire(donnees).active.iter_rows(min_row=2)]

    assert long == "é" * 32_766 + "…"
    assert emoji == "\U0001f600" * 16_383 + "…"
    assert juste == "a" * 32_767


def test_la_feuille_est_prete_a_lire_et_a_imprimer():
    donnees = ecrire(Feuille("Heures [mars]/2026", COLONNES, [LIGNE, LIGNE]))
    feuille = relire(donnees)["Heures -mars--2026"]

    assert feuille["A1"].font.bold
    assert feuille.freeze_panes == "A2"
    assert feuille.auto_filter.ref == "A1:G3"
    assert (feuille.page_setup.orientation, feuille.page_setup.paperSize) == ("landscape", 9)
    assert feuille.sheet_properties.pageSetUpPr.fitToPage
    assert (feuille.page_setup.fitToWidth or 1, feuille.page_setup.fitToHeight) == (1, 0)
    assert feuille.print_title_rows == "$1:$1"
    assert feuille.column_dimensions["A"].width > 20
    assert not feuille.merged_cells.ranges


def test_un_classeur_a_remplir_porte_ses_listes_deroulantes():
    colonnes = [Colonne("modalite", "modalite"), Colonne("statut", "statut"), Colonne("libre", "libre")]
    modalites = [f"MODALITE_{n}" for n in range(60)]
    listes = [Liste("modalite", modalites), Liste("statut", ["oui", "non"], stricte=False)]
    donnees = ecrire(Feuille("contrats", colonnes, listes=listes), Feuille("heures", colonnes))
    classeur = relire(donnees)
    regles = classeur["contrats"].data_validations.dataValidation

    assert [(str(r.sqref), r.formula1, r.errorStyle) for r in regles] == [
        ("A2:A5001", "Listes!$A$1:$A$60", None),
        ("B2:B5001", "Listes!$B$1:$B$2", "information"),
    ]
    assert classeur["Listes"].sheet_state == "hidden"
    assert [cellule.value for cellule in classeur["Listes"]["A"]] == modalites
    assert list(lire_classeur(io.BytesIO(donnees))) == ["contrats", "heures"]


def test_d_une_feuille_protegee_seules_les_saisies_se_modifient():
    colonnes = [Colonne("Nom", "nom"), Colonne("Heures", "heures", Format.HEURES), Colonne("Note", "note")]
    lignes = [("Dupont", Saisie(Decimal("35.50")), Saisie("=1+1")), ("Durand", Saisie(), Saisie())]
    feuille = relire(ecrire(Feuille("Relevé", colonnes, lignes, protegee=True)))["Relevé"]
    assert feuille.protection.sheet
    assert {c.coordinate for ligne in feuille.iter_rows() for c in ligne if not c.protection.locked} == {
        "B2", "C2", "B3", "C3",
    }  # fmt: skip
    assert (feuille["B2"].value, feuille["B3"].value, feuille["C2"].value) == (35.5, None, "=1+1")
    assert feuille["C2"].data_type == "s"


def test_un_graphique_natif_pointe_sur_ses_colonnes():
    graphique = Graphique("column", "=Heures par nom", "nom", ["heures", "nombre"])
    donnees = ecrire(Feuille("B’ilan", COLONNES, [LIGNE, LIGNE], graphiques=[graphique]), Feuille("x", COLONNES))
    dessin = xml(donnees, "xl/charts/chart1.xml")

    assert re.findall(r"<c:f>([^<]*)</c:f>", dessin) == [
        f"'B’ilan'!$B${zone}".replace("$B", f"${lettre}")
        for lettres in ("BAB", "EAE")
        for lettre, zone in zip(lettres, ("1", "2:$B$3", "2:$B$3"), strict=True)
    ]
    assert "<a:t>Heures par nom</a:t>" in dessin


def test_un_graphique_sans_ligne_n_est_pas_dessine():
    donnees = ecrire(Feuille("x", COLONNES, graphiques=[Graphique("bar", "Vide", "nom", ["heures"])]))

    assert not [nom for nom in zipfile.ZipFile(io.BytesIO(donnees)).namelist() if "chart" in nom]


def test_b57_une_erreur_en_route_ne_laisse_aucun_fichier(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def lignes():
        yield LIGNE
        raise ConnectionError

    with pytest.raises(ConnectionError):
        ecrire(Feuille("x", COLONNES, lignes()))
    assert list(tmp_path.iterdir()) == []


def test_l_export_ecrit_dans_un_fichier_temporaire_deborde():
    with tempfile.SpooledTemporaryFile(max_size=10) as fichier:
        ecrire_csv(fichier, COLONNES, [LIGNE])
        fichier.seek(0)
        assert fichier.read().startswith(b"\xef\xbb\xbfNom;Heures")


def test_le_csv_est_a_la_francaise_et_se_relit():
    texte = en_csv(COLONNES, [LIGNE, ("a;b", Decimal("240"), None, None, 0, None, None)])

    assert texte == (
        "\ufeffNom;Heures;Montant;Taux;Nombre;Début;Mois\r\n"
        "Dupont;-988,84;12500,50;0,9584;-3;2026-02-01;2026-03\r\n"
        '"a;b";240;;;0;;\r\n'
    )
    assert lire_csv(io.BytesIO(texte.encode()))[1].valeurs[:2] == ("Dupont", "-988,84")


textes = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.strip)


@settings(max_examples=200, deadline=None)
@given(st.lists(textes, min_size=1, max_size=5))
@example(["<r></r>"])
@example(["<r>&lt;</r>", "_x000D_", "_xD800_", "\x00\x0b\ufffe\uffff", " bords ", "'apostrophe"])
def test_un_texte_quelconque_est_exporte_puis_relu_a_l_identique(valeurs):
    donnees = ecrire(Feuille("x", [Colonne("Titre", "t")], [(valeur,) for valeur in valeurs]))

    assert [ligne.valeurs[0] for ligne in lire_classeur(io.BytesIO(donnees))["x"][1:]] == valeurs


@settings(max_examples=100, deadline=None)
@given(st.decimals(-(10**10), 10**10, places=2))
def test_des_heures_exportees_puis_relues_sont_les_memes_au_centieme(heures):
    donnees = ecrire(Feuille("x", [Colonne("H", "h", Format.HEURES)], [(heures,)]))
    [_, ligne] = lire_classeur(io.BytesIO(donnees))["x"]

    assert Decimal(str(ligne.valeurs[0])) == heures


def test_l_export_d_une_structure_depasse_les_bornes_du_web_et_se_relit_en_commande(tmp_path: Path):
    chemin = tmp_path / "reprise.xlsx"
    with chemin.open("wb") as fichier:
        ecrire_xlsx(fichier, [Feuille("heures", COLONNES[:2], (("Dupont", n) for n in range(25_000)))])

    assert len(lire_classeur(chemin, bornes=BORNES_COMMANDE)["heures"]) == 25_001
