"""Un fichier reçu, gardé entre l’aperçu et la confirmation : cache partagé, pour une personne et deux heures.

Aucune donnée métier n’est écrite tant que l’utilisateur n’a pas confirmé. Un dépôt chasse le précédent de la même
personne pour le même usage : la place prise est bornée.
"""

from __future__ import annotations

import secrets
import zlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible

DUREE = 2 * 3600
PERIME = "Cet aperçu n’est plus disponible : il est gardé deux heures. Choisir de nouveau le fichier."


class DepotPerime(ActionImpossible):
    """Le fichier n’est plus gardé."""


@dataclass(frozen=True, slots=True)
class Depots:
    """Les dépôts d’un usage (`usage` : « decp », « releve »), chacun sous un jeton tiré au sort."""

    usage: str

    def deposer(self, octets: bytes, *, nom: str, par: Acteur, **avec: Any) -> str:
        """Garde un fichier et ce qui va avec (`avec` : des valeurs simples) ; rend son jeton."""
        jeton = secrets.token_urlsafe(24)
        courant = f"{self.usage}-courant-{par.structure_id}-{par.utilisateur_id}"
        ancien = cache.get(courant)
        if ancien:
            cache.delete(self._clef(ancien))
        self.garder(jeton, octets, nom=nom, par=par, **avec)
        cache.set(courant, jeton, DUREE)
        return jeton

    def garder(self, jeton: str, octets: bytes, *, nom: str, par: Acteur, **avec: Any) -> None:
        """Remplace ce qui est gardé sous ce jeton, pour deux heures de plus."""
        garde = {"a": _proprietaire(par), "nom": nom, "octets": zlib.compress(octets), "avec": avec}
        cache.set(self._clef(jeton), garde, DUREE)

    def reprendre(self, jeton: str, *, par: Acteur) -> tuple[str, bytes, dict[str, Any]] | None:
        """Nom, octets et ce qui va avec ; `None` si le dépôt est à un autre. Lève `DepotPerime` s’il n’est plus là."""
        garde: dict[str, Any] | None = cache.get(self._clef(jeton))
        if garde is None:
            raise DepotPerime(PERIME)
        if garde["a"] != _proprietaire(par):
            return None
        return garde["nom"], zlib.decompress(garde["octets"]), garde["avec"]

    def _clef(self, jeton: str) -> str:
        return f"{self.usage}-{jeton}"


def _proprietaire(par: Acteur) -> list[int]:
    return [par.utilisateur_id, par.structure_id]
