"""Le classeur de reprise reçu, gardé entre l’aperçu et la confirmation, avec son rapport."""

from __future__ import annotations

import dataclasses
import io
from dataclasses import dataclass
from typing import IO

from bilans.reprise import TOUTES
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.depots import Depots
from clauses.socle.lecteur import BORNES
from heures.imports.reprise.enregistrement import reprendre as lire_et_reprendre
from heures.imports.reprise.rapport import Rapport

DEPOTS = Depots("reprise")


@dataclass(frozen=True, slots=True)
class Depot:
    """Un classeur gardé, et ce que la reprise en dit : simulée d’abord, puis faite."""

    jeton: str
    nom: str
    octets: bytes
    rapport: Rapport


def deposer(fichier: IO[bytes], *, nom: str, par: Acteur) -> str:
    """Simule la reprise, garde le classeur et son rapport ; rend le jeton de l’aperçu.

    Lève `FichierRefuse` si le fichier n’est pas un classeur lisible, ou s’il ne contient rien.
    """
    par.exiger(Droit.GERER_STRUCTURE)
    octets = fichier.read(BORNES.octets + 1)
    rapport = lire_et_reprendre(io.BytesIO(octets), par=par, etapes=TOUTES, simulation=True, bornes=BORNES)
    return DEPOTS.deposer(octets, nom=nom, par=par, rapport=rapport)


def retrouver(jeton: str, *, par: Acteur) -> Depot | None:
    """Le classeur gardé ; `None` s’il est à quelqu’un d’autre. Lève `DepotPerime` s’il n’est plus là."""
    garde = DEPOTS.reprendre(jeton, par=par)
    if garde is None:
        return None
    nom, octets, avec = garde
    return Depot(jeton, nom, octets, avec["rapport"])


def reprendre(depot: Depot, *, par: Acteur) -> Depot:
    """Fait la reprise, et garde son rapport à la place de celui de l’aperçu. Lève `ActionImpossible`."""
    par.exiger(Droit.GERER_STRUCTURE)
    rapport = lire_et_reprendre(io.BytesIO(depot.octets), par=par, etapes=TOUTES, bornes=BORNES)
    DEPOTS.garder(depot.jeton, depot.octets, nom=depot.nom, par=par, rapport=rapport)
    return dataclasses.replace(depot, rapport=rapport)
