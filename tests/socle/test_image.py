"""Un logo reçu : lu par ses octets, réduit à son image, refusé d’une phrase qui dit le remède."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.lecteur.image import OCTETS_MAX, SIGNATURE, lire_png


def morceau(nom: bytes, contenu: bytes) -> bytes:
    return struct.pack(">I", len(contenu)) + nom + contenu + struct.pack(">I", zlib.crc32(nom + contenu))


def png(largeur=4, hauteur=3, *, profondeur=8, couleur=2, entrelace=0, points=None, autres=b"", suite=b"") -> bytes:
    """Une image fabriquée octet par octet, pour pouvoir mentir sur chacun."""
    valeurs = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(couleur, 1)
    rangee = b"\x00" + b"\x10" * ((largeur * valeurs * profondeur + 7) // 8)
    entete = struct.pack(">IIBBBBB", largeur, hauteur, profondeur, couleur, 0, 0, entrelace)
    donnees = rangee * hauteur if points is None else points
    return (
        SIGNATURE + morceau(b"IHDR", entete) + autres + morceau(b"IDAT", zlib.compress(donnees))
        + morceau(b"IEND", b"") + suite
    )  # fmt: skip


def lire(donnees: bytes) -> bytes:
    return lire_png(io.BytesIO(donnees))


@pytest.mark.parametrize(("couleur", "profondeur"), [(0, 1), (0, 16), (2, 8), (4, 8), (6, 8), (6, 16)])
def test_une_image_saine_passe_telle_quelle(couleur, profondeur):
    image = png(couleur=couleur, profondeur=profondeur)
    assert lire(image) == image


def test_une_image_a_palette_garde_sa_palette_et_sa_transparence():
    image = png(couleur=3, autres=morceau(b"PLTE", b"\x00" * 51) + morceau(b"tRNS", b"\x00"))
    assert lire(image) == image


def test_ce_qui_n_est_pas_l_image_est_retire():
    secrets = morceau(b"tEXt", b"Author\x00Camille Secret") + morceau(b"eXIf", b"GPS") + morceau(b"tIME", b"\x07" * 7)
    assert lire(png(autres=secrets, suite=b"<script>alert(1)</script>")) == png()


@pytest.mark.parametrize(
    ("donnees", "phrase"),
    [
        (b"", "n’est pas une image PNG"),
        (b"\xff\xd8\xff\xe0 jpeg", "n’est pas une image PNG"),
        (b"<svg xmlns='x'><script/></svg>", "n’est pas une image PNG"),
        (SIGNATURE, "abîmé"),
        (png()[:-5], "abîmé"),
        (png()[:40] + b"\x00" + png()[41:], "abîmé"),
        (SIGNATURE + morceau(b"IEND", b""), "abîmé"),
        (SIGNATURE + morceau(b"IHDR", b"\x00" * 4) + morceau(b"IEND", b""), "abîmé"),
        (png(couleur=5), "abîmé"),
        (png(couleur=2, profondeur=1), "abîmé"),
        (png(couleur=3), "abîmé"),
        (png(points=b"\x00"), "abîmé"),
        (png(points=b"\x00" * 10_000), "abîmé"),
        (png(points=b"\x09" + b"\x00" * 12 + (b"\x00" * 13) * 2), "abîmé"),
        (png(0, 3), "0 × 3 points"),
        (png(2001, 1), "2001 × 1 points"),
        (png(1, 2**31 - 1, points=b""), "points : 2 000 au plus"),
        (png(entrelace=1), "entrelacé"),
        (png(suite=b"\x00" * OCTETS_MAX), "dépasse 200 Ko"),
    ],
)
def test_un_logo_fautif_est_refuse_d_une_phrase(donnees, phrase):
    with pytest.raises(FichierRefuse, match=phrase):
        lire(donnees)


def test_des_octets_au_hasard_ne_font_jamais_tomber_la_lecture():
    hasard, vus = random.Random(20251215), 0
    for _ in range(2000):
        octets = bytearray(png(autres=morceau(b"tEXt", b"abc")))
        for _ in range(hasard.randint(1, 4)):
            octets[hasard.randrange(len(octets))] = hasard.randrange(256)
        try:
            lire(bytes(octets))
        except FichierRefuse:
            vus += 1
    assert vus > 1900
