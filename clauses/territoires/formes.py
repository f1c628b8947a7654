"""Les formes de fichier où se lisent les communes et leur intercommunalité ; chacune se reconnaît à ses colonnes.

- Celle de Clauses (`donnees/communes.csv`).
- Insee, « Base des EPCI à fiscalité propre », feuille `Composition_communale` : `CODGEO`, `LIBGEO`, `EPCI`, `LIBEPCI`,
  `DEP`, `REG`, sous quelques lignes de titre ; une commune sans intercommunalité y porte `ZZZZZZZZZ`. Publiée sur
  https://www.insee.fr/fr/information/2510634 ; colonnes relevées le 1er décembre 2026 dans des lecteurs publics.
- DGCL, « Liste et composition des EPCI à fiscalité propre » (BANATIC) : `siren`, `raison_sociale`, `nature_juridique`,
  `insee`, `nom_membre`…, séparées par `;`, en Latin-1. Relevées de même. Les établissements publics territoriaux du
  Grand Paris (`EPT`) n’ont pas de fiscalité propre : leurs communes comptent dans la métropole.

Une forme qui ignore une donnée (population, quartiers, type) laisse ce qui en est connu.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clauses.socle.lecteur import BORNES_COMMANDE, LigneLue, lire_fichier

# Un en-tête se cherche sous un titre et des notes ; plus bas, ce n’en est plus un.
LIGNES_DE_TITRE = 20
SANS_INTERCOMMUNALITE = frozenset({"", "ZZZZZZZZZ"})
SANS_FISCALITE_PROPRE = "EPT"

CLAUSES = {
    "code": "commune_insee", "nom": "commune_nom", "departement": "departement", "epci": "epci_siren",
    "epci_nom": "epci_nom", "epci_type": "epci_type",
}  # fmt: skip
FACULTATIVES = {"population": "population_municipale", "qpv": "qpv"}
INSEE = {"code": "CODGEO", "nom": "LIBGEO", "departement": "DEP", "epci": "EPCI", "epci_nom": "LIBEPCI"}
DGCL = {
    "code": "insee", "nom": "nom_membre", "epci": "siren", "epci_nom": "raison_sociale",
    "epci_type": "nature_juridique",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CommuneLue:
    code: str
    nom: str
    departement: str
    epci: str
    epci_nom: str
    epci_type: str = ""
    population: int | None = None
    qpv: bool = False


@dataclass(frozen=True, slots=True)
class Lecture:
    """Les communes d’un fichier, une fois chacune, et ce que sa forme sait dire d’elles."""

    communes: list[CommuneLue]
    connus: frozenset[str]


def lire(chemin: Path) -> Lecture:
    """Lit un CSV ou un classeur de l’une des trois formes.

    Lève `FichierRefuse` (fichier illisible) ou `ValueError`, d’une phrase : colonne manquante, population qui n’est
    pas un nombre, commune dite deux fois différemment.
    """
    premier_entete: Sequence[str] = ()
    for lignes in lire_fichier(chemin, ligne_entete=None, bornes=BORNES_COMMANDE).values():
        for rang, ligne in enumerate(lignes[:LIGNES_DE_TITRE]):
            entete = [_texte(cellule) for cellule in ligne.valeurs]
            premier_entete = premier_entete or entete
            colonnes = _reconnaitre(entete)
            if colonnes is not None:
                return Lecture(_communes(lignes[rang + 1 :], colonnes), frozenset(colonnes))
    manquantes = sorted(set(CLAUSES.values()) - set(premier_entete))
    raise ValueError(f"Colonnes manquantes dans {chemin.name} : {', '.join(manquantes)}.")


def _reconnaitre(entete: Sequence[str]) -> dict[str, int] | None:
    """Rang de chaque colonne connue, si l’en-tête est celui d’une des formes."""
    for forme, facultatives in ((CLAUSES, FACULTATIVES), (INSEE, {}), (DGCL, {})):
        if set(forme.values()) <= set(entete):
            return {nom: entete.index(titre) for nom, titre in (forme | facultatives).items() if titre in entete}
    return None


def _communes(lignes: Sequence[LigneLue], colonnes: Mapping[str, int]) -> list[CommuneLue]:
    lues: dict[str, CommuneLue] = {}
    for ligne in lignes:
        valeurs = {
            nom: _texte(ligne.valeurs[rang]) if rang < len(ligne.valeurs) else "" for nom, rang in colonnes.items()
        }
        if not valeurs["code"] or valeurs.get("epci_type") == SANS_FISCALITE_PROPRE:
            continue
        lue = _commune(valeurs)
        if lues.setdefault(lue.code, lue) != lue:
            raise ValueError(
                f"La commune {lue.code} ({lue.nom}) est dite deux fois, et différemment : garder une ligne."
            )
    return list(lues.values())


def _commune(valeurs: Mapping[str, str]) -> CommuneLue:
    code, epci = valeurs["code"], valeurs["epci"]
    est_seule = epci in SANS_INTERCOMMUNALITE
    return CommuneLue(
        code=code,
        nom=valeurs["nom"],
        departement=valeurs.get("departement") or departement_de(code),
        epci="" if est_seule else epci,
        epci_nom="" if est_seule else valeurs["epci_nom"],
        epci_type="" if est_seule else valeurs.get("epci_type", ""),
        population=_population(code, valeurs.get("population", "")),
        qpv=valeurs.get("qpv") == "1",
    )


def departement_de(code_insee: str) -> str:
    """« 62 », « 2A », et trois caractères outre-mer : « 974 »."""
    return code_insee[: 3 if code_insee.startswith(("97", "98")) else 2]


def _population(code: str, lue: str) -> int | None:
    if lue and not (lue.isascii() and lue.isdecimal()):
        raise ValueError(f"Commune {code} : « {lue} » n’est pas une population.")
    return int(lue) if lue else None


def _texte(cellule: Any) -> str:
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    return "" if cellule is None else str(cellule).strip()
