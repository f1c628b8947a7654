"""Le DOCX : la même pièce, pour qui la relit et la modifie avant de l’envoyer."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor

from bilans.documents.piece import Piece

ACCENT, GRIS = RGBColor(0x08, 0x4F, 0x4B), RGBColor(0x52, 0x5B, 0x63)
TRAIT, FOND = "B9C0C6", "F1F4F5"
LANGUE = "fr-FR"
MARGE, RETRAIT, LARGEUR = Cm(2.2), Cm(9), Cm(16.6)
# Place d’un caractère et des marges d’une cellule, dans une colonne « selon le texte ».
CARACTERE, CELLULE = Cm(0.19), Cm(0.45)
# Un tableau plus long peut se couper entre deux lignes ; en deçà il passe entier à la page suivante.
LIGNES_ENSEMBLE = 12
A_COMPLETER = "[à compléter]"
# (style, taille, espace avant, espace après), en points.
STYLES = (
    ("Normal", 10.5, 0, 6),
    ("Heading 1", 14, 12, 6),
    ("Heading 2", 12, 10, 3),
    ("List Bullet", 10.5, 0, 3),
)


def en_docx(piece: Piece, *, instant: datetime.datetime) -> bytes:
    """La pièce en DOCX : français, titres et tableaux balisés ; seuls champs, les numéros de page ; aucune macro."""
    donnees = piece.en_clair()
    document = docx.Document()
    _preparer(document, donnees, instant)
    _ecrire_entete(document, donnees, piece.entete.logo)
    _ecrire_adresses(document, donnees)
    document.add_heading(donnees["intitule"], level=1)
    _ecrire_couples(document, donnees["references"])
    for bloc in donnees["blocs"]:
        BLOCS[bloc["sorte"]](document, bloc)
    _ecrire_signatures(document, donnees["signatures"])
    # Un tableau ne finit pas un document : Word veut un paragraphe après lui, fût-il vide et sans hauteur.
    fin = _ajouter(document, "\n".join(donnees["copies"]), couleur=GRIS, taille=9).paragraph_format
    fin.space_after, fin.line_spacing = Pt(0), None if donnees["copies"] else Pt(1)
    tampon = io.BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def _preparer(document: Any, donnees: dict[str, Any], instant: datetime.datetime) -> None:
    proprietes = document.core_properties
    proprietes.title, proprietes.author, proprietes.language = donnees["nom"], donnees["entete"]["structure"], LANGUE
    proprietes.created = proprietes.modified = instant.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    proprietes.last_modified_by, proprietes.comments = "", ""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = MARGE
    section.top_margin = section.bottom_margin = Cm(1.8)
    section.footer_distance = Cm(1)
    for nom, taille, avant, apres in STYLES:
        style = document.styles[nom]
        style.font.name, style.font.size = "Calibri", Pt(taille)
        style.element.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), "Calibri")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(avant), Pt(apres)
        style.paragraph_format.line_spacing = 1.0
        if nom.startswith("Heading"):
            style.font.color.rgb = ACCENT
    _parler_francais(document)
    _ecrire_pied(document, section.footer.paragraphs[0], donnees["pied"])


def _parler_francais(document: Any) -> None:
    """Le modèle vide est en anglais : la langue se dit dans les défauts, le style courant et les réglages."""
    for langue in document.styles.element.iter(qn("w:lang")):
        langue.set(qn("w:val"), LANGUE)
    document.styles["Normal"].element.get_or_add_rPr().append(_balise("w:lang", val=LANGUE))
    for langue in document.settings.element.iter(qn("w:themeFontLang")):
        langue.set(qn("w:val"), LANGUE)


def _balise(nom: str, **attributs: str) -> Any:
    balise = OxmlElement(nom)
    for attribut, valeur in attributs.items():
        balise.set(qn(f"w:{attribut}"), valeur)
    return balise


def _ecrire_pied(document: Any, pied: Any, texte: str) -> None:
    pied.style = document.styles["Normal"]
    pied.paragraph_format.tab_stops.add_tab_stop(LARGEUR, WD_TAB_ALIGNMENT.RIGHT)
    _remplir(pied, f"{texte}\tPage ", couleur=GRIS, taille=8)
    _ajouter_champ(pied, "PAGE")
    _remplir(pied, " sur ", couleur=GRIS, taille=8)
    _ajouter_champ(pied, "NUMPAGES")


def _ajouter_champ(paragraphe: Any, code: str) -> None:
    champ = _balise("w:fldSimple", instr=code)
    _remplir(paragraphe, "1", couleur=GRIS, taille=8)
    champ.append(paragraphe.runs[-1]._r)  # noqa: SLF001 — python-docx ne sait pas écrire un champ
    paragraphe._p.append(champ)  # noqa: SLF001


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
        image = document.add_picture(io.BytesIO(logo), height=Cm(1.5))._inline  # noqa: SLF001 — seul accès aux réglages de l’image
        image.docPr.set("descr", f"Logo de {donnees['entete']['structure']}")
        for cote in ("distT", "distB", "distL", "distR"):
            image.set(cote, "0")
    _ajouter(document, donnees["entete"]["structure"], gras=True, couleur=ACCENT).paragraph_format.space_after = Pt(0)
    if donnees["entete"]["adresse"]:
        _ajouter(document, "\n".join(donnees["entete"]["adresse"]), couleur=GRIS, taille=9)


def _ecrire_adresses(document: Any, donnees: dict[str, Any]) -> None:
    for lignes in (donnees["destinataire"], [donnees["date"]]):
        if any(lignes):
            format_ = _ajouter(document, "\n".join(lignes)).paragraph_format
            format_.left_indent, format_.space_after = RETRAIT, Pt(12)
    for mention in donnees["mentions"]:
        _ajouter(document, mention, gras=True)


def _ecrire_couples(document: Any, couples: Sequence[Sequence[str]]) -> None:
    for rang, (libelle, valeur) in enumerate(couples, start=1):
        paragraphe = _ajouter(document, f"{libelle}\u00a0: ", couleur=GRIS)
        _remplir(paragraphe, valeur)
        paragraphe.paragraph_format.space_after = Pt(10 if rang == len(couples) else 1)


def _ecrire_tableau(document: Any, bloc: dict[str, Any]) -> None:
    """La première ligne est marquée comme en-tête : elle se répète, et se lit avec chaque cellule."""
    _ajouter(document, bloc["legende"], couleur=GRIS, taille=9).paragraph_format.keep_with_next = True
    rangees = [bloc["entetes"], *bloc["lignes"], *([bloc["total"]] if bloc["total"] else [])]
    tableau = document.add_table(rows=len(rangees), cols=len(bloc["entetes"]), style="Table Grid")
    _tracer(tableau)
    largeurs, derniere = _largeurs(bloc), len(rangees) - 1
    for colonne, largeur in zip(tableau.columns, largeurs, strict=True):
        colonne.width = largeur
    for ligne, (rangee, valeurs) in enumerate(zip(tableau.rows, rangees, strict=True)):
        proprietes = rangee._tr.get_or_add_trPr()  # noqa: SLF001 — python-docx ne sait marquer ni l’en-tête ni l’insécable
        proprietes.append(_balise("w:cantSplit"))
        if ligne == 0:
            proprietes.append(_balise("w:tblHeader"))
        for rang, (cellule, valeur) in enumerate(zip(rangee.cells, valeurs, strict=True)):
            cellule.width = largeurs[rang]
            paragraphe = cellule.paragraphs[0]
            _remplir(paragraphe, valeur, gras=ligne == 0 or (bool(bloc["total"]) and ligne == derniere), taille=9)
            format_ = paragraphe.paragraph_format
            format_.space_before = format_.space_after = Pt(2)
            format_.keep_with_next = ligne == 0 or (ligne < derniere <= LIGNES_ENSEMBLE) or None
            if rang in bloc["nombres"]:
                paragraphe.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if ligne == 0:
                cellule._tc.get_or_add_tcPr().append(_balise("w:shd", val="clear", color="auto", fill=FOND))  # noqa: SLF001
    espace = document.add_paragraph().paragraph_format
    espace.space_after, espace.line_spacing = Pt(0), Pt(8)


def _tracer(tableau: Any) -> None:
    """Des filets horizontaux, comme dans le PDF."""
    filets = _balise("w:tblBorders")
    for cote in ("top", "left", "bottom", "right", "insideH", "insideV"):
        est_filet = cote in {"bottom", "insideH"}
        filets.append(_balise(f"w:{cote}", val="single" if est_filet else "nil", sz="4", space="0", color=TRAIT))
    tableau.autofit = False
    # La norme fixe l’ordre : les filets précèdent la disposition.
    tableau._tbl.tblPr.find(qn("w:tblLayout")).addprevious(filets)  # noqa: SLF001 — python-docx ne trace pas les filets


def _largeurs(bloc: dict[str, Any]) -> list[Length]:
    """Chaque colonne selon sa part ; une part nulle suit son plus long texte."""
    parts = bloc["largeurs"] or [1] + [0] * (len(bloc["entetes"]) - 1)
    colonnes = zip(bloc["entetes"], *bloc["lignes"], *([bloc["total"]] if bloc["total"] else []), strict=True)
    serrees = [
        0 if part else CARACTERE * max(len(texte) for texte in colonne) + CELLULE
        for part, colonne in zip(parts, colonnes, strict=True)
    ]
    reste = max(LARGEUR - sum(serrees), 0)
    return [
        Length(reste * part // sum(parts) if part else serree) for part, serree in zip(parts, serrees, strict=True)
    ]


def _ecrire_signatures(document: Any, signatures: Sequence[Sequence[str]]) -> None:
    """Côte à côte, et avec la fin du texte : aucune page ne porte que des noms."""
    if not signatures:
        return
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    places: list[Sequence[str]] = [[], *signatures] if len(signatures) == 1 else [*signatures]
    tableau = document.add_table(rows=1, cols=len(places))
    tableau.autofit = False
    for colonne, largeur in zip(tableau.columns, (RETRAIT, LARGEUR - RETRAIT), strict=True):
        colonne.width = Length(largeur)
    tableau.rows[0]._tr.get_or_add_trPr().append(_balise("w:cantSplit"))  # noqa: SLF001 — python-docx ne sait pas l’écrire
    for cellule, lignes in zip(tableau.rows[0].cells, places, strict=True):
        paragraphe = cellule.paragraphs[0]
        _remplir(paragraphe, "\n".join(lignes))
        paragraphe.paragraph_format.space_before, paragraphe.paragraph_format.space_after = Pt(8), Pt(24)


def _ecrire_liste(document: Any, bloc: dict[str, Any]) -> None:
    for element in bloc["elements"]:
        _remplir(document.add_paragraph(style="List Bullet"), element)


def _ecrire_paragraphe(document: Any, bloc: dict[str, Any]) -> None:
    est_note = bloc["style"] == "note"
    paragraphe = _ajouter(
        document,
        bloc["texte"],
        gras=bloc["style"] == "fort",
        couleur=GRIS if est_note else None,
        taille=9 if est_note else None,
    )
    # Ce qui annonce une liste ou un tableau ne la quitte pas.
    paragraphe.paragraph_format.keep_with_next = bloc["texte"].endswith(":") or None


BLOCS: dict[str, Any] = {
    "titre": lambda document, bloc: document.add_heading(bloc["texte"], level=2),
    "paragraphe": _ecrire_paragraphe,
    "liste": _ecrire_liste,
    "fiche": lambda document, bloc: _ecrire_couples(document, bloc["lignes"]),
    "tableau": _ecrire_tableau,
}
