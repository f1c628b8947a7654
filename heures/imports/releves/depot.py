"""Le relevé reçu, gardé entre l’aperçu et la confirmation, avec ce qu’on a choisi pour lui."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import IO, Any

from clauses.comptes.acteurs import Acteur
from clauses.comptes.depots import Depots
from clauses.socle.lecteur import BORNES
from heures.imports.releves.colonnes import Choix, correspondances, titres_retenus
from heures.imports.releves.tableau import lire

DEPOTS = Depots("releve")


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
    return DEPOTS.deposer(octets, nom=nom, par=par, choix=dataclasses.asdict(choix), rapport=None)


def reprendre(jeton: str, *, par: Acteur) -> Depot | None:
    """Le fichier gardé ; `None` s’il est à quelqu’un d’autre. Lève `DepotPerime` s’il n’est plus là."""
    garde = DEPOTS.reprendre(jeton, par=par)
    if garde is None:
        return None
    nom, octets, avec = garde
    return Depot(jeton, nom, octets, Choix(**avec["choix"]), avec["rapport"])


def retenir(depot: Depot, *, par: Acteur, **changes: Any) -> None:
    """Garde de nouveaux choix, ou le rapport de l’import, avec le fichier."""
    garde = dataclasses.replace(depot, **changes)
    choix = dataclasses.asdict(garde.choix)
    DEPOTS.garder(garde.jeton, garde.octets, nom=garde.nom, par=par, choix=choix, rapport=garde.rapport)
