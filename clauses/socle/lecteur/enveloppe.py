"""Ce qu’est un fichier reçu, avant de l’ouvrir, et le contrôle de l’archive qui porte un classeur."""

from __future__ import annotations

import enum
import io
import re
import zipfile
from pathlib import Path
from typing import IO

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.bornes import Bornes

ENREGISTRER = "L’ouvrir dans un tableur et l’enregistrer au format « Classeur Excel (.xlsx) »."
BLOC = 64 * 2**10
_ENTREE_DE_REPERTOIRE = b"PK\x01\x02"
_CHIFFRE_OLE = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|meta|div)\b", re.IGNORECASE)
_METHODES = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Nature(enum.Enum):
    """Nature d’un fichier d’après son contenu ; la valeur dit ce qu’il faut en faire quand on ne le lit pas."""

    CLASSEUR = "Ce fichier est un classeur .xlsx, pas un CSV. Lui rendre l’extension .xlsx."
    TEXTE = "Ce fichier est un texte (CSV) renommé, pas un classeur .xlsx. Lui rendre l’extension .csv."
    PAGE_WEB = f"Ce fichier est une page web renommée, pas un classeur. {ENREGISTRER}"
    XML = f"Ce fichier est un document XML, pas un classeur .xlsx. {ENREGISTRER}"
    CHIFFRE = "Ce classeur est protégé par un mot de passe. Retirer le mot de passe d’ouverture, puis l’enregistrer."
    ANCIEN = f"Ce fichier est à l’ancien format Excel (.xls), qui n’est pas lu. {ENREGISTRER}"
    PDF = "Ce fichier est un PDF. Demander le tableur d’origine, au format .xlsx ou .csv."
    IMAGE = "Ce fichier est une image. Demander le tableur d’origine, au format .xlsx ou .csv."
    ARCHIVE = "Ce fichier est une archive compressée. En extraire le tableur, puis envoyer le tableur."
    VIDE = "Ce fichier est vide. Vérifier le fichier choisi."
    INCONNUE = "Ce fichier n’est ni un classeur .xlsx ni un CSV. Vérifier le fichier choisi."


_SIGNATURES = (
    (b"PK\x03\x04", Nature.CLASSEUR),
    (b"%PDF", Nature.PDF),
    (b"\x89PNG", Nature.IMAGE),
    (b"\xff\xd8\xff", Nature.IMAGE),
    (b"GIF8", Nature.IMAGE),
    (b"PK\x05\x06", Nature.ARCHIVE),
    (b"Rar!", Nature.ARCHIVE),
    (b"7z\xbc\xaf", Nature.ARCHIVE),
    (b"\x1f\x8b", Nature.ARCHIVE),
)


def lire_octets(source: IO[bytes] | Path, bornes: Bornes) -> bytes:
    """Lit tout le fichier, ou le refuse sans lire au-delà de la borne."""
    if isinstance(source, Path):
        with source.open("rb") as flux:
            donnees = flux.read(bornes.octets + 1)
    else:
        donnees = source.read(bornes.octets + 1)
    if len(donnees) > bornes.octets:
        raise FichierRefuse(
            f"Ce fichier dépasse {bornes.octets // 2**20} Mo. Retirer les images et les feuilles inutiles, "
            "ou le partager en plusieurs."
        )
    return donnees


def reconnaitre(donnees: bytes) -> Nature:
    """Nature du fichier, lue dans ses premiers octets : son nom ne prouve rien."""
    if not donnees:
        return Nature.VIDE
    if donnees.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Nature.CHIFFRE if _CHIFFRE_OLE in donnees else Nature.ANCIEN
    for signature, nature in _SIGNATURES:
        if donnees.startswith(signature):
            return nature
    debut = donnees[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if debut.startswith(b"<"):
        return Nature.PAGE_WEB if _HTML.search(debut) else Nature.XML
    if not debut:
        return Nature.VIDE if not donnees.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0") else Nature.INCONNUE
    # Un caractère nul égaré dans un texte sera montré avec sa ligne ; un binaire en est plein.
    if donnees[:4096].count(b"\0") > 4 and not donnees.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Nature.INCONNUE
    return Nature.TEXTE


def exiger_extension(source: IO[bytes] | Path, nom: str | None, extension: str) -> None:
    """Refuse un nom qui contredit le contenu ; un flux sans nom, ou sans extension, passe."""
    donne = nom if nom is not None else getattr(source, "name", "")
    suffixe = Path(str(donne)).suffix.lower()
    if suffixe not in ("", extension):
        raise FichierRefuse(
            f"L’extension « {suffixe} » ne correspond pas au contenu de ce fichier, attendu en « {extension} ». "
            f"Le renommer, ou {ENREGISTRER[0].lower()}{ENREGISTRER[1:]}"
        )


def ouvrir_archive(donnees: bytes, bornes: Bornes) -> zipfile.ZipFile:
    """Ouvre l’archive après en avoir compté les entrées et le volume, puis la reconnaît pour un classeur sain.

    Lève `FichierRefuse` ; `zipfile.BadZipFile` si l’archive est abîmée.
    """
    if donnees.count(_ENTREE_DE_REPERTOIRE) > bornes.entrees:
        raise FichierRefuse(f"Ce classeur contient plus de {bornes.entrees} parties. {ENREGISTRER}")
    archive = zipfile.ZipFile(io.BytesIO(donnees))
    entrees = archive.infolist()
    if any(entree.flag_bits & 1 for entree in entrees):
        raise FichierRefuse(Nature.CHIFFRE.value)
    if sum(entree.file_size for entree in entrees) > bornes.octets_deplies or any(
        entree.file_size > 2**20 and entree.file_size > bornes.taux * entree.compress_size for entree in entrees
    ):
        raise FichierRefuse(
            f"Ce classeur est trop volumineux une fois décompressé (plus de {bornes.octets_deplies // 2**20} Mo, ou "
            f"plus de {bornes.taux} fois sa taille). Supprimer les feuilles et les cellules inutiles."
        )
    noms = [entree.filename.lower() for entree in entrees]
    suspect = any(nom.startswith("/") or ".." in nom.split("/") for nom in noms)
    if suspect or len(set(noms)) < len(noms) or any(entree.compress_type not in _METHODES for entree in entrees):
        raise FichierRefuse(f"Ce classeur a une structure qu’aucun tableur n’écrit. {ENREGISTRER}")
    refuser_autres_documents(archive, noms)
    refuser_doctype(archive, entrees)
    return archive


def refuser_autres_documents(archive: zipfile.ZipFile, noms: list[str]) -> None:
    """Écarte ce qui se range aussi dans une archive, ou exécute, ou va chercher ailleurs."""
    types = b""
    if "[content_types].xml" in noms:
        with archive.open(archive.infolist()[noms.index("[content_types].xml")]) as flux:
            types = flux.read(2**20).replace(b"\0", b"").lower()
    if "mimetype" in noms or "content.xml" in noms:
        raise FichierRefuse(f"Ce fichier est un document OpenDocument (.ods), qui n’est pas lu. {ENREGISTRER}")
    if not types:
        raise FichierRefuse("Cette archive ZIP n’est pas un classeur. En extraire le tableur, puis l’envoyer seul.")
    if "xl/workbook.bin" in noms or b"sheet.binary" in types:
        raise FichierRefuse(f"Ce classeur est au format binaire (.xlsb), qui n’est pas lu. {ENREGISTRER}")
    if b"macroenabled" in types or any(nom.endswith("vbaproject.bin") for nom in noms):
        raise FichierRefuse(f"Ce classeur contient des macros (.xlsm). {ENREGISTRER}")
    if b"spreadsheetml" not in types:
        raise FichierRefuse("Ce fichier est un document, mais pas un classeur. Vérifier le fichier choisi.")
    if any("/externallinks/" in nom for nom in noms):
        raise FichierRefuse(
            "Ce classeur contient des liaisons vers d’autres classeurs. Les rompre (menu Données, Modifier les "
            "liaisons, Rompre), puis l’enregistrer de nouveau."
        )


def refuser_doctype(archive: zipfile.ZipFile, entrees: list[zipfile.ZipInfo]) -> None:
    """Cherche une déclaration DOCTYPE dans chaque partie XML, même celles qu’on ne lit pas, même en UTF-16."""
    for entree in entrees:
        if not entree.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(entree) as flux:
            reste = b""
            while bloc := flux.read(BLOC):
                texte = reste + bloc.replace(b"\0", b"").upper()
                if b"<!DOCTYPE" in texte:
                    raise FichierRefuse(
                        f"Ce classeur contient une déclaration DOCTYPE, qu’aucun tableur n’écrit. {ENREGISTRER}"
                    )
                reste = texte[-8:]
