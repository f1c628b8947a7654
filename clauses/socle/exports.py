"""L’écriture sûre : seul module de l’application qui écrit un classeur ou un CSV.

Aucune cellule n’y est une formule. Un texte reste un texte chez qui ouvre le fichier, et même après qu’il l’a modifié
(`quote_prefix`) ; un nombre reste un nombre exact ; l’absence de valeur est une cellule vide, jamais zéro.
"""

from __future__ import annotations

import csv
import datetime
import enum
import io
import itertools
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.timezone import localtime

from clauses.socle import papier
from clauses.socle.graphiques import Graphique, poser, tracer

Ligne = Sequence[Any] | Mapping[str, Any]
Ecrivain = Callable[[int, int, Any], None]

CARACTERES_MAX = 32_767
LARGEUR_MAX = 60
FEUILLE_DES_LISTES = "Listes"
FOND_DE_SAISIE = "#FFF8DC"
_NOMBRES = (int, float, Decimal)
_INTERDITS_DANS_UN_NOM = re.compile(r"[\[\]:*?/\\']")
# Ce par quoi un tableur reconnaît une formule en ouvrant un CSV, largeur pleine comprise.
_AMORCES = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    # Une police dont tout poste a les mesures : les largeurs, donc les pages imprimées, y sont les mêmes.
    "default_format_properties": {"font_name": "Arial", "font_size": 10},
    "default_row_height": 17,
}


class Format(enum.StrEnum):
    """Nature d’une colonne ; la valeur est le format de nombre du classeur."""

    TEXTE = "@"
    ENTIER = "#,##0"
    DATE = "dd/mm/yyyy"
    MOIS = "mm/yyyy"
    INSTANT = "dd/mm/yyyy hh:mm"
    HEURES = "#,##0.00"
    TAUX = "0.00%"
    EUROS = '#,##0.00 "€"'
    ETP = "#,##0.000"


_LARGEURS = {
    Format.TEXTE: 22,
    Format.ENTIER: 10,
    Format.DATE: 12,
    Format.MOIS: 10,
    Format.INSTANT: 18,
    Format.HEURES: 13,
    Format.TAUX: 10,
    Format.EUROS: 16,
    Format.ETP: 10,
}
_EN_DATE = {Format.DATE: "%d/%m/%Y", Format.MOIS: "%m/%Y", Format.INSTANT: "%d/%m/%Y %H:%M"}
_EN_ISO = {Format.DATE: "%Y-%m-%d", Format.MOIS: "%Y-%m", Format.INSTANT: "%Y-%m-%d %H:%M"}


@dataclass(frozen=True, slots=True)
class Colonne:
    """Une colonne d’export ; `cle` la désigne dans une ligne donnée par dictionnaire."""

    titre: str
    cle: str
    format: Format = Format.TEXTE
    largeur: int | None = None
    va_a_la_ligne: bool = False

    @property
    def place(self) -> int:
        """Largeur en caractères : celle donnée, sinon celle du format et du titre."""
        return self.largeur or min(max(_LARGEURS[self.format], len(self.titre) + 3), LARGEUR_MAX)


@dataclass(frozen=True, slots=True)
class Cellule:
    """Valeur qui porte son format : une colonne peut mêler heures, comptes et taux, un total s’écrire en gras."""

    valeur: Any
    format: Format
    est_en_gras: bool = False


@dataclass(frozen=True, slots=True)
class Saisie:
    """Cellule à remplir d’une feuille protégée ; sans valeur, elle attend la sienne."""

    valeur: Any = None


@dataclass(frozen=True, slots=True)
class Liste:
    """Liste déroulante d’une colonne, désignée par sa clef ; stricte, elle interdit toute autre valeur."""

    colonne: str
    valeurs: Sequence[str]
    stricte: bool = True


@dataclass(frozen=True, slots=True)
class Feuille:
    """Une feuille : des colonnes et des lignes en flux ; les listes déroulantes servent aux classeurs à remplir.

    `protegee` : seules les cellules `Saisie` se modifient, sans mot de passe. `pied` : ce que rappelle le bas de
    chaque page imprimée.
    """

    nom: str
    colonnes: Sequence[Colonne]
    lignes: Iterable[Ligne] = ()
    listes: Sequence[Liste] = ()
    graphiques: Sequence[Graphique] = ()
    lignes_a_remplir: int = 5_000
    protegee: bool = False
    pied: str = ""

    @property
    def onglet(self) -> str:
        """Son nom tel que le tableur l’admet."""
        return _INTERDITS_DANS_UN_NOM.sub("-", self.nom)[:31]


_Ecrites = Mapping[str, tuple[Feuille, Sequence[int]]]


def ecrire_xlsx(fichier: IO[bytes], feuilles: Sequence[Feuille]) -> None:
    """Écrit un classeur en mémoire constante ; une erreur en route ne laisse aucun fichier temporaire."""
    with tempfile.TemporaryDirectory(prefix="clauses-") as dossier:
        classeur = xlsxwriter.Workbook(fichier, {**_OPTIONS, "tmpdir": dossier})
        try:
            listes: list[Sequence[str]] = []
            formats = _Formats(classeur)
            ecrites = {f.nom: (f, _ecrire_feuille(classeur, formats, f, listes)) for f in feuilles}
            for feuille, hauteurs in ecrites.values():
                _illustrer(classeur, feuille, hauteurs, ecrites)
            if listes:
                _ecrire_listes(classeur, listes)
            classeur.close()
        finally:
            for onglet in classeur.worksheets():
                onglet.row_data_fh.close()


def ecrire_csv(fichier: IO[bytes], colonnes: Sequence[Colonne], lignes: Iterable[Ligne]) -> None:
    """Écrit un CSV UTF-8 avec BOM, séparé par `;` : virgule décimale, dates ISO 8601, formules désamorcées."""
    texte = io.TextIOWrapper(fichier, encoding="utf-8-sig", newline="", write_through=True)
    try:
        ecrivain = csv.writer(texte, delimiter=";", lineterminator="\r\n")
        ecrivain.writerow([_desamorcer(colonne.titre) for colonne in colonnes])
        for ligne in lignes:
            valeurs = _valeurs(ligne, colonnes)
            ecrivain.writerow([_en_csv(v, colonne.format) for v, colonne in zip(valeurs, colonnes, strict=True)])
    finally:
        texte.detach()


class _Formats:
    """Formats de cellule du classeur, créés une fois."""

    def __init__(self, classeur: xlsxwriter.Workbook) -> None:
        def creer(**proprietes: Any) -> Any:
            return classeur.add_format({"font_scheme": "", "valign": "top", **proprietes})

        def par_nature(**proprietes: Any) -> dict[Format, Any]:
            texte, nombre = {"quote_prefix": True, "align": "left", "indent": 1}, {"align": "right"}
            return {
                f: creer(num_format=f.value, **proprietes, **(texte if f is Format.TEXTE else nombre)) for f in Format
            }

        entete = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "quote_prefix": True}
        self.entete = creer(**entete, align="left", indent=1)
        self.entete_de_nombre = creer(**entete, align="right")
        self.normal = creer()
        self.par_format = par_nature()
        self.texte = self.par_format[Format.TEXTE]
        self.texte_de_nombre = creer(num_format=Format.TEXTE.value, quote_prefix=True, align="right")
        self.a_la_ligne = par_nature(text_wrap=True)[Format.TEXTE]
        self.gras = par_nature(bold=True)
        self.saisie = par_nature(locked=False, bg_color=FOND_DE_SAISIE, border=1)


def _ecrire_feuille(
    classeur: xlsxwriter.Workbook, formats: _Formats, feuille: Feuille, listes: list[Sequence[str]]
) -> list[int]:
    """Écrit la feuille et rend la hauteur de chacune de ses lignes, en points, en-tête compris."""
    onglet = classeur.add_worksheet(feuille.onglet)
    hauteurs = [_ecrire_entete(onglet, formats, feuille.colonnes)]
    ecrivains = [
        _ecrivain(onglet, formats, c.format, formats.a_la_ligne if c.va_a_la_ligne else None) for c in feuille.colonnes
    ]
    for rang_de_ligne, ligne in enumerate(feuille.lignes, start=1):
        valeurs = list(_valeurs(ligne, feuille.colonnes))
        hauteurs.append(_hauteur(onglet, rang_de_ligne, valeurs, feuille.colonnes))
        for rang, (valeur, ecrire) in enumerate(zip(valeurs, ecrivains, strict=True)):
            if isinstance(valeur, Saisie):
                _ecrire_saisie(onglet, formats, rang_de_ligne, rang, valeur.valeur, feuille.colonnes[rang].format)
            elif isinstance(valeur, Cellule):
                if valeur.valeur is not None:
                    style = formats.gras[valeur.format] if valeur.est_en_gras else None
                    _ecrivain(onglet, formats, valeur.format, style)(rang_de_ligne, rang, valeur.valeur)
            elif valeur is not None:
                ecrire(rang_de_ligne, rang, valeur)
    derniere = len(hauteurs) - 1
    papier.mettre_en_page(
        onglet,
        [colonne.place for colonne in feuille.colonnes],
        derniere,
        pied=feuille.pied,
        est_illustree=bool(feuille.graphiques),
    )
    if feuille.protegee:
        onglet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
    rangs = {colonne.cle: rang for rang, colonne in enumerate(feuille.colonnes)}
    for liste in feuille.listes:
        listes.append(liste.valeurs)
        _proposer(onglet, rangs[liste.colonne], liste, len(listes) - 1, max(derniere, feuille.lignes_a_remplir))
    return hauteurs


def _ecrire_entete(onglet: Any, formats: _Formats, colonnes: Sequence[Colonne]) -> int:
    for rang, colonne in enumerate(colonnes):
        onglet.set_column(rang, rang, colonne.place, formats.par_format[colonne.format])
    hauteur = papier.HAUTEUR_DE_LIGNE * papier.lignes_de_texte((c.titre, c.place - 2) for c in colonnes)
    onglet.set_row(0, hauteur)
    for rang, colonne in enumerate(colonnes):
        est_un_texte = colonne.format is Format.TEXTE
        style = formats.entete if est_un_texte else formats.entete_de_nombre
        _ecrire_texte(onglet, formats, 0, rang, colonne.titre, style)
    return hauteur


def _hauteur(onglet: Any, ligne: int, valeurs: Sequence[Any], colonnes: Sequence[Colonne]) -> int:
    """Hauteur de la ligne ; elle n’est imposée que si un texte y va à la ligne."""
    longs = [(str(v), c.place) for v, c in zip(valeurs, colonnes, strict=True) if c.va_a_la_ligne and v]
    hauteur = papier.HAUTEUR_DE_LIGNE * papier.lignes_de_texte(longs)
    if hauteur > papier.HAUTEUR_DE_LIGNE:
        onglet.set_row(ligne, hauteur)
    return hauteur


def _ecrire_saisie(onglet: Any, formats: _Formats, ligne: int, rang: int, valeur: Any, nature: Format) -> None:
    style = formats.saisie[nature]
    if valeur is None:
        onglet.write_blank(ligne, rang, None, style)
    elif isinstance(valeur, _NOMBRES) and not isinstance(valeur, bool):
        onglet.write_number(ligne, rang, valeur, style)
    else:
        _ecrire_texte(onglet, formats, ligne, rang, en_clair(valeur, nature), style)


def _valeurs(ligne: Ligne, colonnes: Sequence[Colonne]) -> Iterable[Any]:
    return [ligne[colonne.cle] for colonne in colonnes] if isinstance(ligne, Mapping) else ligne


def _ecrivain(onglet: Any, formats: _Formats, nature: Format, impose: Any = None) -> Ecrivain:
    """Fonction qui écrit une valeur de cette nature ; ce qui n’en est pas (« < 5 ») reste un texte."""
    style = impose or formats.par_format[nature]
    style_de_texte = impose or (formats.texte if nature is Format.TEXTE else formats.texte_de_nombre)

    def en_texte(ligne: int, rang: int, valeur: Any) -> None:
        _ecrire_texte(onglet, formats, ligne, rang, en_clair(valeur, nature), style_de_texte)

    def en_nombre(ligne: int, rang: int, valeur: Any) -> None:
        if isinstance(valeur, _NOMBRES) and not isinstance(valeur, bool):
            onglet.write_number(ligne, rang, valeur, style)
        else:
            en_texte(ligne, rang, valeur)

    def en_date(ligne: int, rang: int, valeur: Any) -> None:
        if isinstance(valeur, datetime.date) and valeur.year >= 1900:
            onglet.write_datetime(ligne, rang, _locale(valeur, nature), style)
        else:
            en_texte(ligne, rang, valeur)

    if nature is Format.TEXTE:
        return en_texte
    return en_date if nature in _EN_DATE else en_nombre


def _ecrire_texte(onglet: Any, formats: _Formats, ligne: int, rang: int, texte: str, style: Any) -> None:
    if not texte:
        return
    if len(texte) > CARACTERES_MAX // 2:
        texte = _raccourcir(texte)
    if texte.startswith("<r>") and texte.endswith("</r>"):
        # xlsxwriter prendrait ce texte pour son propre balisage et l’écrirait tel quel dans le XML de la feuille.
        onglet.write_rich_string(ligne, rang, texte[:1], formats.normal, texte[1:], style)
    else:
        onglet.write_string(ligne, rang, texte, style)


def _raccourcir(texte: str) -> str:
    """Une cellule tient 32 767 unités UTF-16 ; la coupe se voit."""
    unites = texte.encode("utf-16-le")
    if len(unites) <= 2 * CARACTERES_MAX:
        return texte
    return unites[: 2 * (CARACTERES_MAX - 1)].decode("utf-16-le", errors="ignore") + "…"


def _locale(valeur: datetime.date, nature: Format) -> datetime.date:
    """Un instant est montré à l’heure du serveur ; une date n’a pas d’heure."""
    if not isinstance(valeur, datetime.datetime):
        return valeur
    if valeur.tzinfo is not None:
        valeur = localtime(valeur).replace(tzinfo=None)
    return valeur if nature is Format.INSTANT else valeur.date()


def en_clair(valeur: Any, nature: Format = Format.TEXTE) -> str:
    """Une valeur en toutes lettres, à la française."""
    if isinstance(valeur, str):
        return valeur
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, float | Decimal):
        return f"{valeur:f}".replace(".", ",")
    if isinstance(valeur, datetime.date):
        if nature not in _EN_DATE:
            nature = Format.INSTANT if isinstance(valeur, datetime.datetime) else Format.DATE
        return _locale(valeur, nature).strftime(_EN_DATE[nature])
    return str(valeur)


def _en_csv(valeur: Any, nature: Format) -> str:
    if isinstance(valeur, Cellule):
        return _en_csv(valeur.valeur, valeur.format)
    if valeur is None:
        return ""
    if isinstance(valeur, datetime.date) and nature in _EN_ISO:
        return _locale(valeur, nature).strftime(_EN_ISO[nature])
    if isinstance(valeur, _NOMBRES) and not isinstance(valeur, bool):
        return en_clair(valeur)
    return _desamorcer(en_clair(valeur, nature))


def _desamorcer(texte: str) -> str:
    return f"'{texte}" if texte.startswith(_AMORCES) else texte


def _proposer(onglet: Any, rang: int, liste: Liste, numero: int, derniere: int) -> None:
    lettre = xlsxwriter.utility.xl_col_to_name(numero)
    onglet.data_validation(
        1,
        rang,
        derniere,
        rang,
        {
            "validate": "list",
            "source": f"={FEUILLE_DES_LISTES}!${lettre}$1:${lettre}${len(liste.valeurs)}",
            "error_type": "stop" if liste.stricte else "information",
            "error_title": "Valeur hors de la liste",
            "error_message": "Choisir une valeur de la liste déroulante.",
        },
    )


def _ecrire_listes(classeur: xlsxwriter.Workbook, listes: Sequence[Sequence[str]]) -> None:
    onglet = classeur.add_worksheet(FEUILLE_DES_LISTES)
    onglet.hide()
    texte = classeur.add_format({"num_format": Format.TEXTE.value, "quote_prefix": True})
    for ligne, valeurs in enumerate(itertools.zip_longest(*listes)):
        for rang, valeur in enumerate(valeurs):
            if valeur is not None:
                onglet.write_string(ligne, rang, valeur, texte)


def _illustrer(classeur: xlsxwriter.Workbook, feuille: Feuille, hauteurs: Sequence[int], ecrites: _Ecrites) -> None:
    """Les graphiques de la feuille ; ceux qui n’ont aucune ligne à montrer manquent."""
    traces = []
    for graphique in feuille.graphiques:
        source, siennes = ecrites[graphique.feuille or feuille.nom]
        formats = {colonne.cle: colonne.format.value for colonne in source.colonnes}
        dessin = tracer(classeur, graphique, onglet=source.onglet, formats=formats, lignes=len(siennes) - 1)
        if dessin is not None:
            traces.append((graphique.titre, dessin))
    if traces:
        planche = papier.Planche.composer([c.place for c in feuille.colonnes], hauteurs, len(traces))
        poser(classeur.get_worksheet_by_name(feuille.onglet), traces, planche, colonne=len(feuille.colonnes))
