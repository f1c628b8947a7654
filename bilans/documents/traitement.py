"""Le DOCX : la même pièce, pour qui la relit et la modifie avant de l’envoyer."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from bilans.documents.piece import Piece

ACCENT = RGBColor(0x08, 0x4F, 0x4B)
GRIS = RGBColor(0x52, 0x5B, 0x63)
MARGE, RETRAIT = Cm(2.2), Cm(9)
A_COMPLETER = "[à compléter]"


def en_docx(piece: Piece, *, instant: datetime.datetime) -> bytes:
    """La pièce en DOCX : français, titres et tableaux balisés, aucun champ ni macro."""
    donnees = piece.en_clair()
    document = docx.Document()
    _preparer(document, donnees, instant)
    _ecrire_entete(document, donnees, piece.entete.logo)
    _ecrire_adresses(document, donnees)
    document.add_heading(donnees["titre"], level=1)
    _ecrire_couples(document, donnees["references"])
    for bloc in donnees["blocs"]:
        BLOCS[bloc["sorte"]](document, bloc)
    _ecrire_signatures(document, donnees["signatures"])
    for copie in donnees["copies"]:
        _ajouter(document, copie, couleur=GRIS, taille=9)
    tampon = io.BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def _preparer(document: Any, donnees: dict[str, Any], instant: datetime.datetime) -> None:
    proprietes = document.core_properties
    proprietes.title, proprietes.author, proprietes.language = (
        donnees["titre"],
        donnees["entete"]["structure"],
        "fr-FR",
    )
    proprietes.created = proprietes.modified = instant.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    proprietes.last_modified_by, proprietes.comments = "", ""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGE
    section.footer.paragraphs[0].text = donnees["pied"]
    for nom, taille in (("Normal", 10.5), ("Heading 1", 14), ("Heading 2", 12)):
        style = document.styles[nom]
        style.font.name, style.font.size = "Calibri", Pt(taille)
        style.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), "Calibri")
        if nom != "Normal":
            style.font.color.rgb = ACCENT
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    langue = OxmlElement("w:lang")
    langue.set(qn("w:val"), "fr-FR")
    document.styles["Normal"].element.get_or_add_rPr().append(langue)


def _ajouter(
    document: Any, texte: str, *, gras: bool = False, couleur: RGBColor | None = None, taille: float | None = None
) -> Any:
    paragraphe = document.add_paragraph()
    _remplir(paragraphe, texte, gras=gras, couleur=couleur, taille=taille)
    return paragraphe


def _remplir(
    paragraphe: Any, texte: str, *, gras: bool = False, couleur: RGBColor | None = None, taille: float | None = None
) -> None:
    """Ajoute un texte à un paragraphe ; ce qui reste à compléter y est surligné."""
    for rang, morceau in enumerate(texte.split(A_COMPLETER)):
        if rang:
            paragraphe.add_run(A_COMPLETER).font.highlight_color = WD_COLOR_INDEX.YELLOW
        course = paragraphe.add_run(morceau)
        course.bold = gras or None
        if couleur is not None:
            course.font.color.rgb = couleur
        if taille is not None:
            course.font.size = Pt(taille)


def _ecrire_entete(document: Any, donnees: dict[str, Any], logo: bytes) -> None:
    if logo:
        image = document.add_picture(io.BytesIO(logo), height=Cm(1.5))
        image._inline.docPr.set("descr", f"Logo de {donnees['entete']['structure']}")  # noqa: SLF001 — seul accès au texte de remplacement
    _ajouter(document, donnees["entete"]["structure"], gras=True, couleur=ACCENT)
    if donnees["entete"]["adresse"]:
        _ajouter(document, "\n".join(donnees["entete"]["adresse"]), couleur=GRIS, taille=9)


def _ecrire_adresses(document: Any, donnees: dict[str, Any]) -> None:
    for lignes in (donnees["destinataire"], [donnees["date"]]):
        if any(lignes):
            _ajouter(document, "\n".join(lignes)).paragraph_format.left_indent = RETRAIT
    for mention in donnees["mentions"]:
        _ajouter(document, mention, gras=True)


def _ecrire_couples(document: Any, couples: Sequence[Sequence[str]]) -> None:
    for libelle, valeur in couples:
        paragraphe = _ajouter(document, f"{libelle}\u00a0: ", couleur=GRIS)
        _remplir(paragraphe, valeur)
        paragraphe.paragraph_format.space_after = Pt(1)


def _ecrire_tableau(document: Any, bloc: dict[str, Any]) -> None:
    """La première ligne est marquée comme en-tête : elle se répète, et se lit avec chaque cellule."""
    _ajouter(document, bloc["legende"], couleur=GRIS, taille=9).paragraph_format.keep_with_next = True
    rangees = [bloc["entetes"], *bloc["lignes"], *([bloc["total"]] if bloc["total"] else [])]
    tableau = document.add_table(rows=len(rangees), cols=len(bloc["entetes"]), style="Table Grid")
    marque = OxmlElement("w:tblHeader")
    tableau.rows[0]._tr.get_or_add_trPr().append(marque)  # noqa: SLF001 — python-docx ne sait pas marquer l’en-tête
    for ligne, (rangee, valeurs) in enumerate(zip(tableau.rows, rangees, strict=True)):
        for rang, (cellule, valeur) in enumerate(zip(rangee.cells, valeurs, strict=True)):
            paragraphe = cellule.paragraphs[0]
            course = paragraphe.add_run(valeur)
            course.font.size = Pt(9)
            course.bold = ligne == 0 or (bool(bloc["total"]) and ligne == len(rangees) - 1)
            if rang in bloc["nombres"]:
                paragraphe.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _ecrire_signatures(document: Any, signatures: Sequence[Sequence[str]]) -> None:
    for lignes in signatures:
        document.add_paragraph()
        _ajouter(document, "\n".join(lignes)).paragraph_format.left_indent = RETRAIT


def _ecrire_liste(document: Any, bloc: dict[str, Any]) -> None:
    for element in bloc["elements"]:
        _remplir(document.add_paragraph(style="List Bullet"), element)


def _ecrire_paragraphe(document: Any, bloc: dict[str, Any]) -> None:
    est_note = bloc["style"] == "note"
    _ajouter(
        document,
        bloc["texte"],
        gras=bloc["style"] == "fort",
        couleur=GRIS if est_note else None,
        taille=9 if est_note else None,
    )


BLOCS: dict[str, Any] = {
    "titre": lambda document, bloc: document.add_heading(bloc["texte"], level=2),
    "paragraphe": _ecrire_paragraphe,
    "liste": _ecrire_liste,
    "fiche": lambda document, bloc: _ecrire_couples(document, bloc["lignes"]),
    "tableau": _ecrire_tableau,
}
