"""V4 : écrire un classeur de 100 000 lignes × 15 colonnes, contre la boucle nue de xlsxwriter."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import xlsxwriter

from clauses.socle.exports import Colonne, Feuille, Format, ecrire_xlsx
from mesures.banc import Mesure, comparer

LIGNES = 100_000
MODELE = (
    *(f"texte {rang}" for rang in range(9)),
    *(Decimal("151.67"), Decimal("7.50"), 12, 1250),
    *(datetime.date(2026, 3, 1), datetime.date(2026, 12, 31)),
)
COLONNES = (
    *(Colonne(f"Texte {rang}", f"t{rang}") for rang in range(9)),
    Colonne("Heures", "h1", Format.HEURES),
    Colonne("Heures 2", "h2", Format.HEURES),
    Colonne("Nombre", "n1", Format.ENTIER),
    Colonne("Nombre 2", "n2", Format.ENTIER),
    Colonne("Début", "d1", Format.DATE),
    Colonne("Fin", "d2", Format.DATE),
)


def boucle_nue() -> None:
    classeur = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    feuille = classeur.add_worksheet()
    date = classeur.add_format({"num_format": "dd/mm/yyyy"})
    for ligne in range(LIGNES):
        for rang, valeur in enumerate(MODELE):
            if isinstance(valeur, datetime.date):
                feuille.write_datetime(ligne, rang, valeur, date)
            else:
                feuille.write(ligne, rang, valeur)
    classeur.close()


def notre_export() -> None:
    ecrire_xlsx(io.BytesIO(), [Feuille("Export", COLONNES, (MODELE for _ in range(LIGNES)))])


def mesurer() -> Mesure:
    return comparer("V4 export XLSX, 100 000 lignes", etalon=boucle_nue, nous=notre_export, objectif=1.10)
