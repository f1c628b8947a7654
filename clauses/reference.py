"""La référence de l’API, lue du schéma OpenAPI : ce qu’une page montre de chaque adresse, exemples compris. Pur."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PROFONDEUR = 6
FORMULAIRE = "multipart/form-data"
LUS = ("application/json", FORMULAIRE)
# Ce que le schéma dit d’une liste de codes : « * `MARCHE` - Marché ».
CODE = re.compile(r"^\* `([^`]*)` - (.*)$", re.MULTILINE)
TYPES = {"string": "texte", "integer": "entier", "number": "nombre", "boolean": "vrai ou faux", "array": "liste"}
FORMATS = {"date": "date", "date-time": "date et heure", "decimal": "décimal", "uri": "adresse", "email": "courriel",
           "binary": "fichier"}  # fmt: skip
PAR_FORMAT: Mapping[str, Any] = {
    "date": "2026-03-15",
    "date-time": "2026-03-15T09:00:00+01:00",
    "decimal": "12.50",
    "uri": "https://clauses.exemple.fr/api/v1/…",
    "email": "prenom.nom@exemple.fr",
}
PAR_TYPE: Mapping[str, Any] = {"string": "texte", "integer": 1, "number": 1, "boolean": True}


@dataclass(frozen=True, slots=True)
class Champ:
    nom: str
    type: str
    est_obligatoire: bool
    sens: str
    codes: tuple[tuple[str, str], ...] = ()
    """Les codes permis et leur libellé, vide si le code se suffit."""
    ou: str = ""
    """D’un paramètre : dans l’adresse, le chemin ou un en-tête."""


@dataclass(frozen=True, slots=True)
class Geste:
    """Une adresse et un verbe."""

    ancre: str
    methode: str
    chemin: str
    resume: str
    description: str
    parametres: list[Champ]
    corps: list[Champ]
    exemple: str
    est_formulaire: bool
    """Le corps porte un fichier : il s’envoie en « multipart/form-data »."""
    reponse: list[Champ]
    refus: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Objet:
    nom: str
    gestes: list[Geste]


def objets(schema: Mapping[str, Any]) -> list[Objet]:
    """Les objets de l’API dans l’ordre alphabétique, chacun avec ses gestes dans l’ordre du schéma."""
    lecteur = _Lecteur(schema)
    par_nom: dict[str, list[Geste]] = {}
    for chemin, verbes in schema["paths"].items():
        for verbe, operation in verbes.items():
            par_nom.setdefault(operation["tags"][0], []).append(lecteur.geste(chemin, verbe, operation))
    return [Objet(nom, par_nom[nom]) for nom in sorted(par_nom, key=_sans_accent)]


def _sans_accent(nom: str) -> str:
    return unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode().lower()


class _Lecteur:
    """Suit les références du schéma."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.composants: Mapping[str, Any] = schema["components"]["schemas"]

    def geste(self, chemin: str, verbe: str, operation: Mapping[str, Any]) -> Geste:
        corps = _json(operation.get("requestBody", {}))
        reussite: Mapping[str, Any] = next(
            (r for code, r in operation["responses"].items() if code.startswith("2")), {}
        )
        return Geste(
            ancre=operation["operationId"],
            methode=verbe.upper(),
            chemin=chemin,
            resume=operation["summary"],
            description=operation.get("description", ""),
            parametres=[self._parametre(p) for p in operation.get("parameters", [])],
            corps=list(self._champs(corps)),
            exemple=json.dumps(self.exemple(corps), ensure_ascii=False, indent=2) if corps else "",
            est_formulaire=FORMULAIRE in operation.get("requestBody", {}).get("content", {}),
            reponse=list(self._champs(self._une_fiche(_json(reussite)))),
            refus=[(code, r["description"]) for code, r in operation["responses"].items() if code >= "400"],
        )

    def _parametre(self, lu: Mapping[str, Any]) -> Champ:
        ou = {"query": "adresse", "path": "chemin", "header": "en-tête"}[lu["in"]]
        return self._champ(lu["name"], lu["schema"], lu.get("required", False), lu.get("description", ""), ou)

    def _champs(self, schema: Mapping[str, Any]) -> Iterator[Champ]:
        entier = self._suivre(schema)
        obligatoires = set(entier.get("required", ()))
        for nom, sien in entier.get("properties", {}).items():
            yield self._champ(nom, sien, nom in obligatoires, sien.get("description", ""))

    def _champ(self, nom: str, schema: Mapping[str, Any], obligatoire: bool, description: str, ou: str = "") -> Champ:
        entier = self._suivre(schema)
        libelles = dict(CODE.findall(description))
        codes = tuple((str(c), libelles.get(str(c), "")) for c in entier.get("enum", ()) if c not in (None, ""))
        phrase = CODE.sub("", description).strip() or entier.get("title", "") or nom.replace("_", " ").capitalize()
        return Champ(nom, self._type(entier), obligatoire, phrase, codes, ou)

    def _type(self, schema: Mapping[str, Any]) -> str:
        types = schema.get("type", "object")
        noms = [types] if isinstance(types, str) else [t for t in types if t != "null"]
        nom = FORMATS.get(schema.get("format", "")) or " ou ".join(TYPES.get(t, "objet") for t in noms)
        return nom if isinstance(types, str) else f"{nom}, ou rien"

    def _une_fiche(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """D’une page de liste, ou d’une liste, la fiche qu’elle répète."""
        entier = self._suivre(schema)
        resultats = self._suivre(entier.get("properties", {}).get("results", {}))
        liste = resultats if resultats.get("type") == "array" else entier
        return self._suivre(liste["items"]) if liste.get("type") == "array" else entier

    def _suivre(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Le schéma lui-même, références et réunions suivies ; ce qu’il dit à côté de sa référence l’emporte."""
        while "$ref" in schema:
            vise = self.composants[schema["$ref"].rpartition("/")[2]]
            schema = {**vise, **{nom: valeur for nom, valeur in schema.items() if nom != "$ref"}}
        unions = schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf")
        return {**self._suivre(unions[0]), **schema} if unions else schema

    def exemple(self, schema: Mapping[str, Any], profondeur: int = 0) -> Any:
        """Une valeur qui convient : celle que le schéma donne, sinon la première permise."""
        entier = self._suivre(schema)
        if entier.get("examples"):
            return entier["examples"][0]
        if entier.get("enum"):
            return next(code for code in entier["enum"] if code not in (None, ""))
        if "properties" in entier and profondeur < PROFONDEUR:
            lus = {n: s for n, s in entier["properties"].items() if not self._suivre(s).get("readOnly")}
            return {nom: self.exemple(sien, profondeur + 1) for nom, sien in lus.items()}
        types = entier.get("type", "object")
        nom = types if isinstance(types, str) else types[0]
        if nom == "array":
            return [self.exemple(entier["items"], profondeur + 1)] if profondeur < PROFONDEUR else []
        valeur = PAR_FORMAT.get(entier.get("format", ""), PAR_TYPE.get(nom, {}))
        return valeur[: entier.get("maxLength")] if isinstance(valeur, str) else valeur


def _json(porteur: Mapping[str, Any]) -> Mapping[str, Any]:
    """Le schéma d’un corps ou d’une réponse ; celui d’un formulaire se lit de même, ses options s’écrivant en JSON."""
    contenus = porteur.get("content", {})
    schema: Mapping[str, Any] = next((contenus[t]["schema"] for t in LUS if t in contenus), {})
    return schema
