"""Classeurs fabriqués octet par octet, sains ou hostiles : aucun fichier binaire n’est versionné."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

PRINCIPAL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zipper(parties: Mapping[str, str | bytes], methode: int = zipfile.ZIP_DEFLATED) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", methode) as archive:
        for nom, contenu in parties.items():
            archive.writestr(nom, contenu)
    return sortie.getvalue()


def relations(*liens: tuple[str, str]) -> str:
    lignes = "".join(
        f'<Relationship Id="r{rang}" Type="{RELATIONS}/{genre}" Target="{cible}"/>'
        for rang, (genre, cible) in enumerate(liens, start=1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lignes}</Relationships>'
    )


def types(principal: str = PRINCIPAL) -> str:
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{principal}"/></Types>'
    )


def parties(
    feuille: str | bytes = "<worksheet><sheetData/></worksheet>",
    *,
    textes: str | bytes = "<sst/>",
    styles: str = "<styleSheet/>",
    proprietes: str = "",
) -> dict[str, str | bytes]:
    """Les parties d’un classeur d’une feuille « Feuil1 »."""
    return {
        "[Content_Types].xml": types(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{ESPACE}" xmlns:r="{RELATIONS}">{proprietes}'
            '<sheets><sheet name="Feuil1" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "/xl/styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": feuille,
        "xl/sharedStrings.xml": textes,
        "xl/styles.xml": styles,
    }


def feuille(lignes: str) -> str:
    return f'<worksheet xmlns="{ESPACE}"><sheetData>{lignes}</sheetData></worksheet>'


def classeur(lignes: str, **autres: Any) -> bytes:
    return zipper(parties(feuille(lignes), **autres))


def classeur_openpyxl(remplir: Callable[[openpyxl.Workbook, Any], None]) -> bytes:
    """Classeur écrit par openpyxl, après que `remplir(classeur, feuille)` y a travaillé."""
    livre = openpyxl.Workbook()
    remplir(livre, livre.active)
    sortie = io.BytesIO()
    livre.save(sortie)
    return sortie.getvalue()


def bombe() -> bytes:
    """Moins d’un mégaoctet qui en donne trois cent dix (B03)."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types())
        with archive.open("xl/worksheets/sheet1.xml", "w") as flux:
            for _ in range(310):
                flux.write(b" " * 2**20)
    return sortie.getvalue()


COIN = '<row r="1"><c r="A1"><v>1</v></c></row><row r="{l}"><c r="{c}{l}"><v>1</v></c></row>'


def coins(colonne: str, ligne: int) -> bytes:
    """Deux cellules seulement, aux coins d’une feuille démesurée (B01, B02)."""
    return classeur(COIN.format(c=colonne, l=ligne))
