"""Le fichier DECP reçu, gardé entre l’aperçu et la confirmation (`clauses.comptes.depots`)."""

from __future__ import annotations

import datetime
import io
from typing import IO

from clauses.comptes.acteurs import Acteur
from clauses.comptes.depots import Depots
from marches.imports.decp.lecture import A_L_ECRAN, lire_decp
from marches.imports.decp.neutre import FichierLu

DEPOTS = Depots("decp")


def deposer(fichier: IO[bytes], *, nom: str, par: Acteur, jour: datetime.date) -> str:
    """Lit le fichier, le garde, et rend le jeton de son aperçu. Lève `FichierRefuse` s’il est illisible."""
    octets = fichier.read(A_L_ECRAN.octets + 1)
    lire_decp(io.BytesIO(octets), nom=nom, jour=jour, bornes=A_L_ECRAN)
    return DEPOTS.deposer(octets, nom=nom, par=par)


def reprendre(jeton: str, *, par: Acteur, jour: datetime.date) -> FichierLu | None:
    """Relit le fichier gardé ; `None` s’il est à quelqu’un d’autre. Lève `DepotPerime` s’il n’est plus là."""
    garde = DEPOTS.reprendre(jeton, par=par)
    if garde is None:
        return None
    nom, octets, _avec = garde
    return lire_decp(io.BytesIO(octets), nom=nom, jour=jour, bornes=A_L_ECRAN)
