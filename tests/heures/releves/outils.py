"""Fabriquer un relevé reçu, l’importer, et relire ce qui est en base."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl

from clauses.comptes.acteurs import Acteur
from heures.imports.releves.enregistrement import importer
from heures.imports.releves.rapport import Rapport
from heures.models import LigneHeures

TITRES = ("Nom", "Prénom", "Marché", "Lot", "Mois", "Heures")
ANNE = ("Lefèvre", "Anne-Marie", "M-2025-1", "1", "2025-03", "35,5")
JEAN = ("Dupont", "Jean", "M-2025-1", "1", "2025-03", "120")


def csv(*lignes: Sequence[str], separateur: str = ";", codage: str = "utf-8", fin: str = "\r\n") -> bytes:
    return (fin.join(separateur.join(ligne) for ligne in lignes) + fin).encode(codage)


def xlsx(feuilles: dict[str, Sequence[Sequence[Any]]] | Sequence[Sequence[Any]], fusions: Sequence[str] = ()) -> bytes:
    """Un classeur écrit par openpyxl ; `fusions` : plages fusionnées de la première feuille."""
    classeur = openpyxl.Workbook()
    classeur.remove(classeur.active)
    donnees = feuilles if isinstance(feuilles, dict) else {"Feuil1": feuilles}
    for nom, lignes in donnees.items():
        onglet = classeur.create_sheet(nom)
        for ligne in lignes:
            onglet.append(list(ligne))
    for plage in fusions:
        classeur.worksheets[0].merge_cells(plage)
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def importer_csv(par: Acteur, *lignes: Sequence[str], **options: Any) -> Rapport:
    return importer(csv(*lignes), nom="releve.csv", par=par, **options)


def importer_xlsx(par: Acteur, contenu: bytes, **options: Any) -> Rapport:
    return importer(contenu, nom="releve.xlsx", par=par, **options)


def raisons(rapport: Rapport) -> list[str]:
    return [dire(remarque) for remarque in rapport.tous_les_refus]


def dire(phrase: object) -> str:
    """La phrase, espaces insécables rendues ordinaires."""
    return str(phrase).replace("\u00a0", " ").replace("\u202f", " ")


def en_base() -> list[tuple[str, str, str, Decimal, str]]:
    """Les heures enregistrées : nom, mois, type, heures, statut."""
    return [
        (ligne.participant.nom, f"{ligne.mois:%Y-%m}", ligne.type_heures, ligne.heures, ligne.statut)
        for ligne in LigneHeures.objects.select_related("participant").order_by("pk")
    ]
