"""Lecture au fil de l’eau d’un fichier trop gros pour la mémoire : octets comptés, élément par élément."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from clauses.socle.erreurs import FichierRefuse
from clauses.socle.nombres import en_nombre

DEBUT = 4096
MEGA = 2**20


class Courant(io.RawIOBase):
    """Flux d’octets borné : en tout, et entre deux éléments.

    Qui lit appelle `element_fini` après chaque élément ; un élément démesuré est refusé avant d’être gardé en entier.
    """

    def __init__(self, source: IO[bytes], *, octets_max: int, element_max: int) -> None:
        super().__init__()
        self._source = source
        self._octets_max = octets_max
        self._element_max = element_max
        self._lus = self._depuis = 0

    def readable(self) -> bool:
        return True

    def readinto(self, tampon: Any) -> int:
        vue = memoryview(tampon)
        bloc = self._source.read(len(vue))
        vue[: len(bloc)] = bloc
        self._lus += len(bloc)
        self._depuis += len(bloc)
        if self._lus > self._octets_max:
            raise FichierRefuse(trop_gros(self._octets_max))
        # Une lecture peut emporter plusieurs éléments : le bloc courant ne compte pas.
        if self._depuis > self._element_max + len(vue):
            raise FichierRefuse(
                f"Un élément de ce fichier dépasse {en_nombre(self._element_max // MEGA)} Mo : il n’est pas lu."
            )
        return len(bloc)

    def element_fini(self) -> None:
        self._depuis = 0


def trop_gros(octets_max: int) -> str:
    return (
        f"Ce fichier dépasse {en_nombre(octets_max // MEGA)} Mo. Le partager en plusieurs, par acheteur ou par mois, "
        "ou l’importer par la commande."
    )


@contextmanager
def ouvrir_courant(source: IO[bytes] | Path, *, octets_max: int, element_max: int) -> Iterator[tuple[bytes, Courant]]:
    """Ouvre la source à son début ; rend ses premiers octets, à reconnaître, et son courant, à lire.

    La source peut être rouverte autant de fois qu’il faut : un chemin, ou un flux qui sait revenir en arrière. Lève
    `FichierRefuse` si elle est trop grosse, avant d’en rien lire.
    """
    flux = source.open("rb") if isinstance(source, Path) else source
    try:
        if flux.seek(0, io.SEEK_END) > octets_max:
            raise FichierRefuse(trop_gros(octets_max))
        flux.seek(0)
        debut = flux.read(DEBUT)
        flux.seek(0)
        yield debut, Courant(flux, octets_max=octets_max, element_max=element_max)
    finally:
        if isinstance(source, Path):
            flux.close()
