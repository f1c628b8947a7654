"""Le schéma des données ouvertes (Table Schema, Frictionless) et leur description, écrits des mêmes définitions."""

from __future__ import annotations

from typing import Any

from bilans.donnees_ouvertes.definitions import ANNEE, CUBE, DIMENSIONS, REGLES, TOUS, Dimension
from bilans.rapport import Bilan
from bilans.secret import SECRET

PROFIL = "https://datapackage.org/profiles/2.0/tableschema.json"
PAQUET = "https://datapackage.org/profiles/2.0/datapackage.json"
VERSION = "1.0.0"
NOM = "clauses-sociales-insertion"
FICHIER = "donnees.csv"
LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}
STRUCTURE = "structure"
COLONNES = (ANNEE.cle, STRUCTURE, *(colonne.cle for colonne in CUBE[1:]))


def _dimension(dimension: Dimension) -> dict[str, Any]:
    codes = [TOUS, *(str(code) for code, _ in dimension.choix)]
    libelles = ", ".join(f"{code} ({libelle})" for code, libelle in dimension.choix)
    return {
        "name": dimension.cle,
        "title": dimension.titre,
        "description": f"{dimension.regle} {TOUS} : toutes les lignes réunies. Codes : {libelles}.",
        "type": "string",
        "constraints": {"required": True, "enum": codes},
    }


_ANNEE = {
    "name": ANNEE.cle,
    "title": "Année",
    "description": "Année civile achevée des mois travaillés.",
    "type": "year",
    "constraints": {"required": True, "minimum": 1900},
}
_STRUCTURE = {
    "name": STRUCTURE,
    "title": "Structure",
    "description": "Sigle de la structure porteuse du dispositif.",
    "type": "string",
    "constraints": {"required": True, "minLength": 1},
}
_BENEFICIAIRES = {
    "name": "beneficiaires",
    "title": "Bénéficiaires",
    "description": REGLES["beneficiaires"].replace("\u00a0", " "),
    "type": "integer",
    "constraints": {"minimum": 0},
}
_HEURES = {
    "name": "heures",
    "title": "Heures",
    "description": REGLES["heures"],
    "type": "number",
    "decimalChar": ",",
    "constraints": {"minimum": 0},
}


def schema() -> dict[str, Any]:
    """Le même pour toutes les structures : il décrit le fichier, pas ce qu’il contient."""
    return {
        "$schema": PROFIL,
        "name": NOM,
        "title": "Clauses sociales d’insertion : heures et bénéficiaires",
        "description": "Heures d’insertion validées et bénéficiaires, par année civile, type d’acheteur, secteur, "
        "modalité et critère principal. Petits effectifs tus.",
        "version": VERSION,
        "countryCode": "FR",
        "fields": [_ANNEE, _STRUCTURE, *(_dimension(d) for d in DIMENSIONS), _BENEFICIAIRES, _HEURES],
        "primaryKey": [ANNEE.cle, STRUCTURE, *(dimension.cle for dimension in DIMENSIONS)],
        "missingValues": ["", str(SECRET)],
    }


def paquet(bilan: Bilan) -> dict[str, Any]:
    """Le descripteur (Data Package) du fichier d’un bilan : comment le lire, son schéma, sa licence."""
    return {
        "$schema": PAQUET,
        "name": NOM,
        "title": f"{schema()['title']}, {bilan.entete.nom_structure}",
        "description": "LISEZ-MOI.md dit les règles de lecture.",
        "version": VERSION,
        "created": bilan.entete.genere_le.isoformat(timespec="seconds"),
        "licenses": [LICENCE],
        "contributors": [{"title": bilan.entete.nom_structure, "roles": ["publisher"]}],
        "resources": [
            {
                "name": "donnees",
                "path": FICHIER,
                "type": "table",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "header": True},
                "schema": schema(),
            }
        ],
    }


def description(bilan: Bilan) -> str:
    """Ce que l’on publie à côté du fichier : quoi, de qui, quand, sous quelle licence, avec quelles règles."""
    entete, annees = bilan.entete, bilan.tableaux["annees"].details()
    colonnes = [f"| `{champ['name']}` | {champ['type']} | {champ['description']} |" for champ in schema()["fields"]]
    regles = [f"- **{terme}.** {texte}" for terme, texte, source in bilan.methode if "ADR" in source]
    lignes = [
        f"# {schema()['title']}",
        "",
        f"- Producteur : {entete.nom_structure} ({entete.structure})",
        f"- Années : {', '.join(ligne['annee'] for ligne in annees)}",
        f"- Établi le {entete.genere_le:%d/%m/%Y} ; {entete.version[0].lower()}{entete.version[1:]}",
        f"- Licence : {LICENCE['title']} ({LICENCE['path']})",
        f"- Schéma : Table Schema, version {VERSION}",
        "",
        "## Colonnes",
        "",
        "CSV en UTF-8 (avec BOM), séparé par « ; », virgule décimale.",
        "",
        "| Colonne | Type | Sens |",
        "| --- | --- | --- |",
        *colonnes,
        "",
        "## Règles de lecture",
        "",
        "- **Lignes.** Une ligne par année ; puis par code de chaque dimension, les autres à TOUS ; puis par "
        "croisement des quatre. On ne somme pas des lignes de deux sortes.",
        *regles,
        "- **Distincts.** Une personne peut compter sur plusieurs lignes : les bénéficiaires ne s’additionnent pas, "
        "d’une ligne à l’autre ni d’une année à l’autre. Les heures s’additionnent.",
        "- **Corrections.** Une année peut changer après sa publication (validation tardive, rectification) : la "
        "dernière version remplace les autres.",
        "",
    ]
    return "\n".join(lignes).replace("\u00a0", " ")
