"""La matrice d’accès, en données : (nom d’URL, méthode) → statut attendu pour chaque rôle, dedans et dehors.

Colonnes : facilitateur, responsable, lecteur, acheteur, entreprise, financeur, anonyme. « Dedans » : l’objet est celui
de l’acteur ; « dehors » : celui de l’autre structure. Hors périmètre, 404 avant tout 403 : on ne dit pas qu’il existe.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from clauses.comptes.acteurs import Role

ROLES: tuple[Role | None, ...] = (
    Role.FACILITATEUR, Role.RESPONSABLE, Role.LECTEUR, Role.ACHETEUR, Role.ENTREPRISE, Role.FINANCEUR, None,
)  # fmt: skip


@dataclass(frozen=True)
class Ligne:
    methode: str
    objet: str
    dedans: tuple[int, ...]
    dehors: tuple[int, ...]
    parametres: dict[str, Any] = field(default_factory=dict)
    donnees: dict[str, Any] = field(default_factory=dict)
    nomme: Role | None = None
    """Le rôle extérieur à qui la page nomme ses propres salariés ; ce qu’il en lit : `tests/acces/test_champs.py`."""

    def attendu(self, role: Role | None, *, dedans: bool) -> int:
        return (self.dedans if dedans else self.dehors)[ROLES.index(role)]


def statuts(texte: str) -> tuple[int, ...]:
    colonnes = tuple(int(mot) for mot in texte.split())
    assert len(colonnes) == len(ROLES), texte
    return colonnes


def ligne(methode: str, objet: str, dedans: str, dehors: str = "", **reste: Any) -> Ligne:
    """Sans objet, il n’y a pas de dehors : la même page se lit avec des canaris autour."""
    return Ligne(methode, objet, statuts(dedans), statuts(dehors or dedans), **reste)


#                  fac resp lect ach entr fin anonyme
TOUS_AGENTS     = "200 200 200 403 403 403 302"  # fmt: skip
ECRIRE          = "200 200 403 403 403 403 302"  # fmt: skip
ECRIT           = "302 302 403 403 403 403 302"  # fmt: skip
RESPONSABLE     = "403 200 403 403 403 403 302"  # fmt: skip
RESPONSABLE_ECRIT = "403 302 403 403 403 403 302"  # fmt: skip
RIEN            = "404 404 404 404 404 404 302"  # fmt: skip
PARTAGE         = "200 200 200 200 200 404 302"  # fmt: skip
PARTAGE_ECRIRE  = "200 200 403 403 403 404 302"  # fmt: skip
PARTAGE_ECRIT   = "302 302 403 403 403 404 302"  # fmt: skip
FERME           = "200 200 200 404 404 404 302"  # fmt: skip
FERME_ECRIRE    = "200 200 403 404 404 404 302"  # fmt: skip
FERME_ECRIT     = "302 302 403 404 404 404 302"  # fmt: skip
PUBLIQUE        = "200 200 200 200 200 200 200"  # fmt: skip
POUR_CONNECTES  = "200 200 200 200 200 200 302"  # fmt: skip
RENVOI          = "302 302 302 302 302 302 302"  # fmt: skip
API             = "200 200 200 200 200 403 401"  # fmt: skip
API_AGENTS      = "200 200 200 403 403 403 401"  # fmt: skip
API_PARTAGE     = "200 200 200 200 200 403 401"  # fmt: skip
API_RIEN        = "404 404 404 404 404 403 401"  # fmt: skip
# Le corps des tables désigne des objets d’ailleurs : qui a le droit d’écrire se voit refuser le corps.
API_ECRIRE      = "400 400 403 403 403 403 401"  # fmt: skip
API_ECRIRE_RIEN = "404 404 403 403 403 403 401"  # fmt: skip
API_AGENTS_RIEN = "404 404 404 403 403 403 401"  # fmt: skip

MATRICE: dict[tuple[str, str], Ligne] = {}


def declarer(nom: str, *lignes: Ligne) -> None:
    for une in lignes:
        MATRICE[nom, une.methode] = une
