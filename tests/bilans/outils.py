"""Outils des tests de bilans : établir, ouvrir une page, relire un export."""

from __future__ import annotations

import datetime
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
from django.test import Client

from bilans import presentation
from bilans.definitions import Unite
from bilans.departement import NOM, etablir
from bilans.faits import Periode
from bilans.rapport import Bilan, Demande
from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Structure
from tests.factories import RattachementFactory


def annee(numero: int, arrete_au: datetime.date | None = None) -> Periode:
    au = datetime.date(numero, 12, 31)
    return Periode(datetime.date(numero, 1, 1), au, arrete_au or au)


def bilan(par: Acteur, numero: int) -> Bilan:
    return etablir(par, Demande(NOM, annee(numero)))


def parametres(numero: int) -> dict[str, str]:
    return {"du": f"{numero}-01-01", "au": f"{numero}-12-31", "arrete_au": f"{numero}-12-31"}


def connecte(structure: Structure, **rattachement: Any) -> Client:
    client = Client()
    client.force_login(RattachementFactory(structure=structure, **rattachement).utilisateur)
    return client


def contenu(reponse: Any) -> bytes:
    return b"".join(reponse.streaming_content) if reponse.streaming else reponse.content


def en_json(client: Client, numero: int) -> dict[str, Any]:
    reponse = client.get("/bilans/departement/export/", {**parametres(numero), "format": "json"})
    return json.loads(contenu(reponse))


def classeur(client: Client, numero: int) -> Any:
    reponse = client.get("/bilans/departement/export/", {**parametres(numero), "format": "xlsx"})
    return openpyxl.load_workbook(io.BytesIO(contenu(reponse)))


def feuille(document: Any, nom: str) -> list[dict[str, Any]]:
    titres, *lignes = document[nom].iter_rows(values_only=True)
    return [dict(zip(titres, ligne, strict=True)) for ligne in lignes]


def decimal(valeur: Any) -> Decimal:
    return Decimal(str(valeur))


def liens(lu: Bilan) -> list[tuple[str, Any, Unite]]:
    """Tous les chiffres qui s’ouvrent à l’écran : (adresse, valeur, unité)."""
    trouves = []
    for ligne in lu.synthese:
        ouvre = ligne.indicateur.ouvre
        if ouvre is not None and (url := presentation.url_d_indicateur(lu, ligne.indicateur)):
            trouves.append((url, ligne.realise, ligne.indicateur.unite))
    cellules = [
        (presentation.url_de_cellule(lu.demande, rangee, colonne), rangee.valeurs[colonne.cle], colonne.unite)
        for tableau in lu.tableaux.values()
        for rangee in tableau.rangees
        for colonne in tableau.definition.colonnes
    ]
    return [*trouves, *(cellule for cellule in cellules if cellule[0])]
