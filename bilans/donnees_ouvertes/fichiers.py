"""Les fichiers des données ouvertes : le CSV du cube, son schéma, sa description, et l’archive qui les réunit."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import IO, Any

from bilans import exports
from bilans.donnees_ouvertes.cube import CLES
from bilans.donnees_ouvertes.definitions import ANNEES, CROISEMENTS, MARGES, TOUS
from bilans.donnees_ouvertes.schema import COLONNES, FICHIER, LICENCE, description, paquet, schema
from bilans.rapport import Bilan
from clauses.socle.archives import ecrire_zip
from clauses.socle.exports import Colonne, Format, ecrire_csv

FORMATS = {"beneficiaires": Format.ENTIER, "heures": Format.HEURES}
COLONNES_CSV = tuple(Colonne(cle, cle, FORMATS.get(cle, Format.TEXTE)) for cle in COLONNES)


def lignes_du_cube(bilan: Bilan) -> Iterable[tuple[Any, ...]]:
    """Les lignes du fichier, relues des tableaux du bilan : totaux, marges, croisements."""
    for ligne in bilan.tableaux[ANNEES.cle].details():
        yield _ligne(bilan, ligne, {})
    for ligne in bilan.tableaux[MARGES.cle].details():
        yield _ligne(bilan, ligne, {ligne["dimension"]: ligne["code"]})
    for ligne in bilan.tableaux[CROISEMENTS.cle].details():
        yield _ligne(bilan, ligne, {cle: ligne[cle] for cle in CLES})


def _ligne(bilan: Bilan, ligne: Any, codes: dict[str, str]) -> tuple[Any, ...]:
    mesures = (ligne["beneficiaires"], ligne["heures"])
    return (ligne["annee"], bilan.entete.structure, *(codes.get(cle, TOUS) for cle in CLES), *mesures)


def ecrire_csv_ouvert(bilan: Bilan, fichier: IO[bytes]) -> None:
    ecrire_csv(fichier, COLONNES_CSV, lignes_du_cube(bilan))


def ecrire_json_ouvert(bilan: Bilan, fichier: IO[bytes]) -> None:
    """Le contrat commun (formats.md §4), et de quoi s’en servir sans autre pièce : licence et schéma du fichier."""
    fichier.write(en_json({**exports.document(bilan), "licence": LICENCE, "schema": schema()}))


def ecrire_schema(bilan: Bilan, fichier: IO[bytes]) -> None:
    fichier.write(en_json(schema()))


def ecrire_description(bilan: Bilan, fichier: IO[bytes]) -> None:
    fichier.write(description(bilan).encode("utf-8"))


def ecrire_archive(bilan: Bilan, fichier: IO[bytes]) -> None:
    """Tout ce qui se publie ensemble ; le descripteur se lit d’un outil Frictionless."""
    donnees = io.BytesIO()
    ecrire_csv_ouvert(bilan, donnees)
    pieces = {
        FICHIER: donnees.getvalue(),
        "schema.json": en_json(schema()),
        "datapackage.json": en_json(paquet(bilan)),
        "LISEZ-MOI.md": description(bilan).encode("utf-8"),
    }
    ecrire_zip(fichier, pieces)


def en_json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
