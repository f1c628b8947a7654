"""Chargement du référentiel des communes depuis un CSV ; la même forme sert pour la France entière.

Colonnes lues : epci_siren, epci_nom, epci_type, commune_insee, commune_nom, population_municipale, departement, et
qpv (0/1) si elle est présente ; sans elle, ce qui est connu des quartiers prioritaires reste. Les autres colonnes
sont ignorées. Rejouable : un second passage ne change rien.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

LIVRE = Path(__file__).parent / "donnees" / "communes.csv"
COLONNES = {"epci_siren", "epci_nom", "epci_type", "commune_insee", "commune_nom", "departement"}


def charger(chemin: Path, *, commune: Any, epci: Any) -> int:
    """Crée ou met à jour communes et EPCI ; rend le nombre de communes lues.

    `commune` et `epci` sont les modèles (ceux de la migration ou ceux de l’application). Lève `ValueError`, d’une
    phrase, si une colonne manque ou si une population n’est pas un nombre.
    """
    with chemin.open(encoding="utf-8-sig", newline="") as fichier:
        lecteur = csv.DictReader(fichier)
        manquantes = COLONNES - set(lecteur.fieldnames or ())
        if manquantes:
            raise ValueError(f"Colonnes manquantes dans {chemin.name} : {', '.join(sorted(manquantes))}.")
        lignes = list(lecteur)
        avec_qpv = "qpv" in (lecteur.fieldnames or ())
    epcis = {ligne["epci_siren"]: ligne for ligne in lignes if ligne["epci_siren"]}
    epci.objects.bulk_create(
        [epci(siren=siren, nom=ligne["epci_nom"], type=ligne["epci_type"]) for siren, ligne in epcis.items()],
        update_conflicts=True,
        unique_fields=["siren"],
        update_fields=["nom", "type"],
    )
    commune.objects.bulk_create(
        [
            commune(
                code_insee=ligne["commune_insee"],
                nom=ligne["commune_nom"],
                epci_id=ligne["epci_siren"] or None,
                departement=ligne["departement"],
                population_municipale=population(ligne),
                a_qpv=ligne.get("qpv") == "1",
            )
            for ligne in lignes
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["code_insee"],
        update_fields=["nom", "epci_id", "departement", "population_municipale", *(["a_qpv"] if avec_qpv else [])],
    )
    return len(lignes)


def population(ligne: dict[str, str]) -> int | None:
    lue = (ligne.get("population_municipale") or "").strip()
    if lue and not (lue.isascii() and lue.isdecimal()):
        raise ValueError(f"Commune {ligne['commune_insee']} : « {lue} » n’est pas une population.")
    return int(lue) if lue else None
