"""Le relevé reçu, gardé entre l’aperçu et la confirmation : dans le cache partagé, pour une personne et deux heures.

Rien n’est écrit parmi les heures tant que l’utilisateur n’a pas confirmé. Un dépôt chasse le précédent de la même
personne : la place prise est bornée.
"""

from __future__ import annotations

import dataclasses
import secrets
import zlib
from dataclasses import dataclass
from typing import IO, Any

from django.core.cache import cache

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.lecteur import BORNES
from heures.imports.releves.colonnes import Choix, correspondances, titres_retenus
from heures.imports.releves.tableau import lire

DUREE = 2 * 3600
PERIME = "Cet aperçu n’est plus disponible : il est gardé deux heures. Choisir de nouveau le fichier."


class DepotPerime(ActionImpossible):
    """Le fichier n’est plus gardé."""


@dataclass(frozen=True, slots=True)
class Depot:
    """Un fichier gardé, ce qui a été choisi pour lui, et le rapport de son import une fois fait (classeur)."""

    jeton: str
    nom: str
    octets: bytes
    choix: Choix
    rapport: bytes | None


def deposer(fichier: IO[bytes], *, nom: str, choix: Choix, par: Acteur) -> str:
    """Lit le fichier, le garde, et rend le jeton de son aperçu. Lève `FichierRefuse` s’il est illisible."""
    octets = fichier.read(BORNES.octets + 1)
    lire(octets, nom=nom, titres_connus=titres_retenus(correspondances(par)))
    jeton = secrets.token_urlsafe(24)
    ancien = cache.get(_clef_de_personne(par))
    if ancien:
        cache.delete(_clef(ancien))
    _garder(Depot(jeton, nom, octets, choix, None), par)
    cache.set(_clef_de_personne(par), jeton, DUREE)
    return jeton


def reprendre(jeton: str, *, par: Acteur) -> Depot | None:
    """Le fichier gardé ; `None` s’il est à quelqu’un d’autre. Lève `DepotPerime` s’il n’est plus là."""
    garde: dict[str, Any] | None = cache.get(_clef(jeton))
    if garde is None:
        raise DepotPerime(PERIME)
    if garde["a"] != _proprietaire(par):
        return None
    rapport = zlib.decompress(garde["rapport"]) if garde["rapport"] else None
    return Depot(jeton, garde["nom"], zlib.decompress(garde["octets"]), Choix(**garde["choix"]), rapport)


def retenir(depot: Depot, *, par: Acteur, **changes: Any) -> None:
    """Garde de nouveaux choix, ou le rapport de l’import, avec le fichier."""
    _garder(dataclasses.replace(depot, **changes), par)


def _garder(depot: Depot, par: Acteur) -> None:
    garde = {
        "a": _proprietaire(par),
        "nom": depot.nom,
        "octets": zlib.compress(depot.octets),
        "choix": dataclasses.asdict(depot.choix),
        "rapport": zlib.compress(depot.rapport) if depot.rapport else None,
    }
    cache.set(_clef(depot.jeton), garde, DUREE)


def _proprietaire(par: Acteur) -> list[int]:
    return [par.utilisateur_id, par.structure_id]


def _clef(jeton: str) -> str:
    return f"releve-{jeton}"


def _clef_de_personne(par: Acteur) -> str:
    return f"releve-courant-{par.structure_id}-{par.utilisateur_id}"
