"""Le lecteur borné : seul chemin de lecture d’un fichier reçu (XLSX ou CSV)."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path
from typing import IO

from clauses.socle.cellules import CelluleEnErreur, LigneLue
from clauses.socle.lecteur.bornes import BORNES, BORNES_COMMANDE, Bornes, nom_de_colonne
from clauses.socle.lecteur.classeur import lire_classeur
from clauses.socle.lecteur.enveloppe import Nature, lire_octets, reconnaitre
from clauses.socle.lecteur.texte import lire_csv

__all__ = [
    "BORNES",
    "BORNES_COMMANDE",
    "Bornes",
    "CelluleEnErreur",
    "LigneLue",
    "lire_classeur",
    "lire_csv",
    "lire_fichier",
    "nom_de_colonne",
]


def lire_fichier(
    source: IO[bytes] | Path,
    *,
    feuilles: Collection[str] | None = None,
    ligne_entete: int | None = 1,
    nom: str | None = None,
    bornes: Bornes = BORNES,
) -> dict[str, list[LigneLue]]:
    """Lit un classeur ou un CSV selon son contenu ; le CSV est une feuille sans nom. Lève `FichierRefuse`."""
    donnees = lire_octets(source, bornes)
    donne = nom if nom is not None else str(getattr(source, "name", ""))
    flux = io.BytesIO(donnees)
    if reconnaitre(donnees) is Nature.TEXTE:
        return {"": lire_csv(flux, ligne_entete=ligne_entete, nom=donne, bornes=bornes)}
    return lire_classeur(flux, feuilles=feuilles, nom=donne, bornes=bornes)
