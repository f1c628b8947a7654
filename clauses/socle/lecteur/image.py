"""Un logo reçu : un PNG, reconnu à ses octets et non à son nom, réduit à ce qui se dessine.

Tout ce qui n’est pas l’image (textes, date, appareil, suite du fichier) est retiré ; l’image est dépliée une fois,
dans des bornes, pour que le document qui la portera n’ait pas à découvrir qu’elle est abîmée.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import IO

from clauses.socle.erreurs import FichierRefuse

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OCTETS_MAX = 200 * 1024
COTE_MAX = 2000
GARDES = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
# Nombre de valeurs par point, selon la couleur : gris, RVB, palette, gris et alpha, RVB et alpha.
VALEURS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PROFONDEURS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
ABIME = "Ce logo est abîmé. L’ouvrir dans un logiciel d’image, l’enregistrer de nouveau en PNG, puis recommencer."


def lire_png(fichier: IO[bytes]) -> bytes:
    """Le logo, réduit à ses morceaux utiles : 200 Ko et 2 000 points de côté au plus. Lève `FichierRefuse`."""
    donnees = fichier.read(OCTETS_MAX + 1)
    if len(donnees) > OCTETS_MAX:
        raise FichierRefuse("Ce logo dépasse 200 Ko. Le réduire, par exemple à 600 points de large.")
    if not donnees.startswith(SIGNATURE):
        raise FichierRefuse("Ce fichier n’est pas une image PNG. Enregistrer le logo au format PNG, puis recommencer.")
    morceaux = list(_morceaux(donnees))
    if not morceaux or morceaux[0][0] != b"IHDR" or morceaux[-1][0] != b"IEND":
        raise FichierRefuse(ABIME)
    _verifier_image(morceaux)
    utiles = (_assembler(nom, contenu) for nom, contenu in morceaux if nom in GARDES)
    return SIGNATURE + b"".join(utiles)


def _morceaux(donnees: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(nom, contenu) de chaque morceau jusqu’à la fin de l’image ; la suite du fichier est ignorée."""
    position = len(SIGNATURE)
    while position + 12 <= len(donnees):
        longueur, nom = struct.unpack_from(">I4s", donnees, position)
        contenu = donnees[position + 8 : position + 8 + longueur]
        somme = donnees[position + 8 + longueur : position + 12 + longueur]
        if len(contenu) != longueur or somme != struct.pack(">I", zlib.crc32(nom + contenu)):
            raise FichierRefuse(ABIME)
        yield nom, contenu
        if nom == b"IEND":
            return
        position += 12 + longueur


def _verifier_image(morceaux: list[tuple[bytes, bytes]]) -> None:
    entete = morceaux[0][1]
    if len(entete) != 13:
        raise FichierRefuse(ABIME)
    largeur, hauteur, profondeur, couleur, _, _, entrelacement = struct.unpack(">IIBBBBB", entete)
    if not 0 < largeur <= COTE_MAX or not 0 < hauteur <= COTE_MAX:
        raise FichierRefuse(f"Ce logo mesure {largeur} × {hauteur} points : 2 000 au plus de chaque côté. Le réduire.")
    if profondeur not in PROFONDEURS.get(couleur, set()):
        raise FichierRefuse(ABIME)
    if entrelacement:
        raise FichierRefuse("Ce logo est entrelacé. L’enregistrer en PNG sans entrelacement, puis recommencer.")
    if couleur == 3 and not any(nom == b"PLTE" and contenu for nom, contenu in morceaux):
        raise FichierRefuse(ABIME)
    rangee = 1 + (largeur * VALEURS[couleur] * profondeur + 7) // 8
    _verifier_points(b"".join(contenu for nom, contenu in morceaux if nom == b"IDAT"), rangee, hauteur)


def _verifier_points(comprimes: bytes, rangee: int, hauteur: int) -> None:
    """Les points annoncés y sont, ni plus ni moins, et chaque rangée est codée d’une façon connue."""
    depliage = zlib.decompressobj()
    try:
        points = depliage.decompress(comprimes, rangee * hauteur + 1)
    except zlib.error as erreur:
        raise FichierRefuse(ABIME) from erreur
    if len(points) != rangee * hauteur or any(points[debut] > 4 for debut in range(0, len(points), rangee)):
        raise FichierRefuse(ABIME)


def _assembler(nom: bytes, contenu: bytes) -> bytes:
    return struct.pack(">I", len(contenu)) + nom + contenu + struct.pack(">I", zlib.crc32(nom + contenu))
