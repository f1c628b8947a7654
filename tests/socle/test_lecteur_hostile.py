"""Classeurs hostiles ou étrangers : B01 à B09 de la conception « sécurité », XML démesurés, octets détériorés."""

from __future__ import annotations

import datetime
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur import Bornes
from tests.socle import fabrique
from tests.socle.test_lecteur import lire, refus

RACINE = Path(__file__).resolve().parent.parent.parent
DTD = '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
XXE = '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def plus(extra: dict[str, str | bytes]) -> bytes:
    """Un classeur sain, des parties ajoutées ou remplacées."""
    return fabrique.zipper(fabrique.parties() | extra)


def chiffree() -> bytes:
    """Archive dont le répertoire dit chaque entrée chiffrée."""
    donnees = bytearray(fabrique.classeur(""))
    for debut in range(len(donnees)):
        if donnees[debut : debut + 4] == b"PK\x01\x02":
            donnees[debut + 8] |= 1
    return bytes(donnees)


def cases(nombre: int) -> str:
    return "".join(f"<c><v>{n * 7919 % 1000}</v></c>" for n in range(nombre))


def textes(nombre: int) -> str:
    return "".join(f"<si><t>{n * 7919 % 10**5:>018}</t></si>" for n in range(nombre))


HOSTILES = [
    pytest.param(fabrique.coins("XFD", 1_048_576), "ligne 1\u202f048\u202f576", id="B01-deux-coins"),
    pytest.param(fabrique.coins("ZZ", 200_000), "ligne 200\u202f000", id="B02-deux-coins"),
    pytest.param(fabrique.coins("BI", 2), "colonne BI", id="B10-61-colonnes"),
    pytest.param(fabrique.coins("A", 20_001), "ligne 20\u202f001", id="B10-20001-lignes"),
    pytest.param(fabrique.bombe(), "trop volumineux une fois décompressé", id="B03-bombe"),
    pytest.param(plus({"docProps/app.xml": " " * 30 * 2**20}), "plus de 200 fois", id="B03-taux-de-compression"),
    pytest.param(plus({f"a{n}": "" for n in range(5_000)}), "plus de 200 parties", id="B04-5000-entrees"),
    pytest.param(
        fabrique.classeur("", textes=f"{DTD}<sst><si><t>&b;</t></si></sst>"), "DOCTYPE", id="B05-milliard-de-rires"
    ),
    pytest.param(fabrique.classeur("", textes=f"{XXE}<sst><si><t>&x;</t></si></sst>"), "DOCTYPE", id="B06-xxe"),
    pytest.param(plus({"docProps/app.xml": " " * 70_000 + XXE}), "DOCTYPE", id="B06-partie-non-lue-apres-64-Kio"),
    pytest.param(plus({"docProps/app.xml": XXE.encode("utf-16")}), "DOCTYPE", id="B06-partie-non-lue-en-utf-16"),
    pytest.param(plus({"docProps/app.xml": " " * (2**16 - 20) + XXE}), "DOCTYPE", id="B06-entre-deux-blocs"),
    pytest.param(
        plus(
            {
                "xl/textes.bin": XXE + "<sst/>",
                "xl/_rels/workbook.xml.rels": fabrique.relations(
                    ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "textes.bin")
                ),
            }
        ),
        "DOCTYPE",
        id="B06-partie-lue-sans-extension-xml",
    ),
    pytest.param(b"a;b\r\n1;2\r\n", "texte (CSV) renommé", id="B07-csv-renomme"),
    pytest.param(b"<html><table><tr><td>1", "page web", id="B07-html-renomme"),
    pytest.param(b'<?xml version="1.0"?><Workbook/>', "document XML", id="B07-xml-renomme"),
    pytest.param(b"\x89PNG\r\n\x1a\n", "image", id="B07-png"),
    pytest.param(b"%PDF-1.7", "PDF", id="B07-pdf"),
    pytest.param(b"", "vide", id="B07-vide"),
    pytest.param(b"x", "texte (CSV) renommé", id="B07-un-octet"),
    pytest.param(b"\x01\x00\x02\x00" * 9, "ni un classeur", id="B07-binaire-inconnu"),
    pytest.param(fabrique.zipper({"a.txt": "bonjour"}), "archive ZIP", id="B07-zip-quelconque"),
    pytest.param(plus({"[Content_Types].xml": fabrique.types("wordprocessingml")}), "pas un classeur", id="B07-docx"),
    pytest.param(plus({"xl/vbaProject.bin": b"x"}), "macros", id="B08-macros"),
    pytest.param(
        plus({"[Content_Types].xml": fabrique.types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")}),
        "macros",
        id="B08-xlsm-sans-projet",
    ),
    pytest.param(plus({"xl/externalLinks/externalLink1.xml": "<a/>"}), "liaisons", id="B08-liaisons"),
    pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "mot de passe", id="B08-chiffre"),
    pytest.param(chiffree(), "mot de passe", id="B08-archive-chiffree"),
    pytest.param(plus({"XL/workbook.xml": "<a/>"}), "structure", id="deux-parties-du-meme-nom"),
    pytest.param(OLE + b"\0" * 600, "(.xls)", id="B08-ancien-xls"),
    pytest.param(plus({"xl/workbook.bin": b"x"}), ".xlsb", id="B08-xlsb"),
    pytest.param(
        fabrique.zipper({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        ".ods",
        id="B08-ods",
    ),
    pytest.param(b"PK\x03\x04" + b"\0" * 5 * 2**20, "dépasse 5 Mo", id="B09-plus-de-5-Mo"),
    pytest.param(plus({"../../x.xml": "<a/>"}), "structure", id="chemin-qui-remonte"),
    pytest.param(
        fabrique.zipper(fabrique.parties(), zipfile.ZIP_LZMA), "structure", id="compression-sans-borne-de-sortie"
    ),
    pytest.param(fabrique.classeur("")[:-30], "abîmé", id="archive-tronquee"),
    pytest.param(plus({"xl/workbook.xml": "<workbook"}), "abîmé", id="xml-tronque"),
    pytest.param(plus({"xl/_rels/workbook.xml.rels": "<Relationships/>"}), "abîmé", id="feuille-introuvable"),
    pytest.param(
        fabrique.classeur('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', textes="<sst><si><t>x</t></si></sst>"),
        "abîmé",
        id="texte-partage-negatif",
    ),
    pytest.param(fabrique.classeur('<row r="2"/><row r="1"/>'), "abîmé", id="lignes-en-desordre"),
    pytest.param(fabrique.classeur('<row r="1"><c r="B1"/><c r="A1"/></row>'), "abîmé", id="cellules-en-desordre"),
    pytest.param(
        fabrique.classeur('<row r="1"><c r="A7"><v>1</v></c></row>'), "abîmé", id="cellule-d-une-autre-ligne"
    ),
    pytest.param(fabrique.classeur('<row r="1"><c r="A1"><v>1_000</v></c></row>'), "abîmé", id="nombre-a-la-python"),
    pytest.param(
        fabrique.classeur(f'<row r="1"><c r="A1" t="str"><v>{"x" * 10_001}</v></c></row>'),
        "10\u202f000 caractères",
        id="cellule-de-10001-caracteres",
    ),
]


@pytest.mark.parametrize(("donnees", "attendu"), HOSTILES)
def test_un_fichier_hostile_ou_etranger_est_refuse_d_une_phrase(donnees, attendu):
    phrase = refus(donnees)

    assert attendu in phrase
    assert phrase.endswith(".")
    assert "root:" not in phrase


@pytest.mark.parametrize(
    ("feuille", "bornes"),
    [
        pytest.param("<a>" * 70 + "</a>" * 70, Bornes(), id="imbrication"),
        pytest.param("<a/>" * 5_000_000, Bornes(taux=10**6), id="balises-sans-nombre"),
        pytest.param(f'<a x="{"y" * 2_000_000}"/>', Bornes(taux=10**6), id="attribut-geant"),
        pytest.param("".join(f"<b{n}/>" for n in range(50_000)), Bornes(taux=10**6), id="noms-sans-nombre"),
    ],
)
def test_un_xml_demesure_est_refuse_avant_d_etre_garde(feuille, bornes):
    assert "abîmé" in refus(fabrique.classeur(feuille), bornes=bornes)


MESURE = """
import sys, resource
from pathlib import Path
from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur import lire_classeur
resource.setrlimit(resource.RLIMIT_AS, (512 * 2**20, 512 * 2**20))
def sommet():
    return next(int(l.split()[1]) for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
avant = sommet()
try:
    lire_classeur(Path(sys.argv[1]))
except FichierRefuse:
    print((sommet() - avant) // 1024)
"""


@pytest.mark.parametrize(
    "donnees",
    [
        pytest.param(fabrique.coins("XFD", 1_048_576), id="B01"),
        pytest.param(fabrique.coins("ZZ", 200_000), id="B02"),
        pytest.param(fabrique.bombe(), id="B03"),
        pytest.param(fabrique.classeur(f"<row>{cases(500_000)}</row>"), id="une-ligne-de-500000-cellules"),
        pytest.param(
            fabrique.classeur("", textes=f"<sst>{textes(600_000)}</sst>"), id="plus-de-10-millions-de-caracteres"
        ),
    ],
)
def test_un_fichier_hostile_coute_moins_de_60_mo_et_le_processus_survit(donnees, tmp_path):
    chemin = tmp_path / "hostile.xlsx"
    chemin.write_bytes(donnees)

    rendu = subprocess.run(
        [sys.executable, "-c", MESURE, str(chemin)],
        cwd=RACINE,
        env={"PYTHONPATH": str(RACINE)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert int(rendu.stdout) < 60


sain = fabrique.classeur_openpyxl(lambda _, feuille: feuille.append(["Nom", 7.5, datetime.date(2026, 1, 1)]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_un_classeur_deteriore_est_lu_ou_refuse_jamais_plus(data):
    archive = zipfile.ZipFile(io.BytesIO(sain))
    parties = {nom: archive.read(nom) for nom in archive.namelist()}
    nom = data.draw(st.sampled_from(sorted(parties)))
    debut = data.draw(st.integers(0, len(parties[nom])))
    fin = data.draw(st.integers(debut, min(len(parties[nom]), debut + 30)))
    parties[nom] = parties[nom][:debut] + data.draw(st.binary(max_size=10)) + parties[nom][fin:]
    donnees = bytearray(fabrique.zipper(parties))
    if data.draw(st.booleans()):
        donnees[data.draw(st.integers(0, len(donnees) - 1))] ^= data.draw(st.integers(1, 255))

    try:
        resultat = lire(bytes(donnees))
    except FichierRefuse as refuse:
        resultat = str(refuse)

    assert isinstance(resultat, dict) or resultat.endswith(".")
