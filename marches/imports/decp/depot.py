"""Le fichier reçu, gardé entre l’aperçu et la confirmation : dans le cache partagé, pour une personne et deux heures.

Aucune donnée métier n’est écrite tant que l’utilisateur n’a pas confirmé. Un dépôt chasse le précédent de la même
personne : la place prise est bornée.
"""

from __future__ import annotations

import datetime
import io
import secrets
import zlib
from typing import IO, Any

from django.core.cache import cache

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.lecteur import BORNES
from marches.imports.decp.lecture import lire_decp
from marches.imports.decp.neutre import FichierLu

DUREE = 2 * 3600
PERIME = "Cet aperçu n’est plus disponible : il est gardé deux heures. Choisir de nouveau le fichier."


class DepotPerime(ActionImpossible):
    """Le fichier n’est plus gardé."""


def deposer(fichier: IO[bytes], *, nom: str, par: Acteur, jour: datetime.date) -> str:
    """Lit le fichier, le garde, et rend le jeton de son aperçu. Lève `FichierRefuse` s’il est illisible."""
    octets = fichier.read(BORNES.octets + 1)
    lire_decp(io.BytesIO(octets), nom=nom, jour=jour, octets_max=BORNES.octets)
    jeton = secrets.token_urlsafe(24)
    ancien = cache.get(_clef_de_personne(par))
    if ancien:
        cache.delete(_clef(ancien))
    cache.set(_clef(jeton), {"a": _proprietaire(par), "nom": nom, "octets": zlib.compress(octets)}, DUREE)
    cache.set(_clef_de_personne(par), jeton, DUREE)
    return jeton


def reprendre(jeton: str, *, par: Acteur, jour: datetime.date) -> FichierLu | None:
    """Relit le fichier gardé ; `None` s’il est à quelqu’un d’autre. Lève `DepotPerime` s’il n’est plus là."""
    garde: dict[str, Any] | None = cache.get(_clef(jeton))
    if garde is None:
        raise DepotPerime(PERIME)
    if garde["a"] != _proprietaire(par):
        return None
    octets = zlib.decompress(garde["octets"])
    return lire_decp(io.BytesIO(octets), nom=garde["nom"], jour=jour, octets_max=BORNES.octets)


def _proprietaire(par: Acteur) -> list[int]:
    return [par.utilisateur_id, par.structure_id]


def _clef(jeton: str) -> str:
    return f"decp-{jeton}"


def _clef_de_personne(par: Acteur) -> str:
    return f"decp-courant-{par.structure_id}-{par.utilisateur_id}"
