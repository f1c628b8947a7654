"""Émettre un document et en relire le texte et les balises."""

from __future__ import annotations

import datetime
import io
from typing import Any

import docx
from pypdf import PdfReader

from bilans import actions
from bilans.documents.composition import Demande
from bilans.enums import FormatDocument, NatureDocument
from bilans.models import Document
from clauses.comptes.acteurs import Acteur
from marches.models import Engagement

ADRESSE = "https://clauses.exemple.fr/verifier/"
LE_15 = datetime.date(2025, 12, 15)
INSECABLES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def emettre(engagement: Engagement, nature: NatureDocument, *, par: Acteur, **options: Any) -> Document:
    format_ = options.pop("format_", FormatDocument.PDF)
    demande = Demande(nature, options.pop("au", LE_15), **options)
    return actions.emettre(engagement, demande, par=par, adresse=ADRESSE, format_=format_)


def lire_pdf(contenu: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(bytes(contenu)))


def en_ligne(texte: str) -> str:
    """Un texte sur une ligne, espaces simples : la mise en page coupe où elle veut."""
    return " ".join(texte.translate(INSECABLES).split())


def texte_de(document: Document) -> str:
    """Le texte d’un document, PDF ou DOCX, pied de page et tableaux compris."""
    if document.format == FormatDocument.PDF:
        return en_ligne("\n".join(page.extract_text() for page in lire_pdf(document.contenu).pages))
    return texte_docx(bytes(document.contenu))


def texte_docx(contenu: bytes) -> str:
    lu = docx.Document(io.BytesIO(contenu))
    cellules = [cellule.text for tableau in lu.tables for rangee in tableau.rows for cellule in rangee.cells]
    pied = [paragraphe.text for paragraphe in lu.sections[0].footer.paragraphs]
    return en_ligne("\n".join([*(paragraphe.text for paragraphe in lu.paragraphs), *cellules, *pied]))
