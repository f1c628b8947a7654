"""Le rapport d’un import DECP : chaque contrat lu y a une issue et une seule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from clauses.socle.erreurs import ActionImpossible
from clauses.socle.exports import Colonne, Feuille, Format
from clauses.socle.nombres import en_nombre
from marches.imports.decp.neutre import ContratLu
from marches.imports.decp.rapprochement import Difference
from marches.models import Marche

EXEMPLES = 3


class Issue(models.TextChoices):
    """Ce qu’est devenu un contrat lu."""

    IMPORTE = "IMPORTE", "importé"
    DEJA_PRESENT = "DEJA_PRESENT", "déjà présent, identique"
    DIFFERENT = "DIFFERENT", "déjà présent, différences signalées"
    NON_RETENU = "NON_RETENU", "non retenu"
    REFUSE = "REFUSE", "refusé"

    @property
    def pluriel(self) -> str:
        """Libellé d’un compte : « importés », « déjà présents, identiques »."""
        return PLURIELS[self]


PLURIELS = {
    Issue.IMPORTE: "importés",
    Issue.DEJA_PRESENT: "déjà présents, identiques",
    Issue.DIFFERENT: "déjà présents, différences signalées",
    Issue.NON_RETENU: "non retenus",
    Issue.REFUSE: "refusés",
}


@dataclass(frozen=True, slots=True)
class LigneRapport:
    """Un contrat, son issue et pourquoi ; `marche` quand il est enregistré."""

    fichier: str
    contrat: ContratLu
    issue: Issue
    raison: str = ""
    differences: tuple[Difference, ...] = ()
    marche: Marche | None = None

    @property
    def siret(self) -> str:
        return self.contrat.acheteur.siret if self.contrat.acheteur else ""


@dataclass(slots=True)
class Rapport:
    """Ce qu’un import a fait, fichier par fichier ; `fichiers_refuses` : (nom, phrase)."""

    lignes: list[LigneRapport] = field(default_factory=list)
    fichiers_refuses: list[tuple[str, str]] = field(default_factory=list)
    lus: int = 0

    def ajouter(self, lus: int, lignes: Sequence[LigneRapport]) -> None:
        """Ajoute un fichier. Lève `ActionImpossible` si un contrat lu reste sans issue."""
        if lus != len(lignes):
            raise ActionImpossible(
                f"Le rapport ne rend compte que de {len(lignes)} contrats sur {lus} lus : l’import est interrompu."
            )
        self.lus += lus
        self.lignes += lignes

    @property
    def comptes(self) -> dict[Issue, int]:
        nombres = Counter(ligne.issue for ligne in self.lignes)
        return {issue: nombres[issue] for issue in Issue}

    @property
    def a_des_refus(self) -> bool:
        return bool(self.fichiers_refuses) or self.comptes[Issue.REFUSE] > 0

    def de(self, issue: Issue) -> list[LigneRapport]:
        return [ligne for ligne in self.lignes if ligne.issue == issue]

    def resume(self) -> str:
        """« 137 contrats lus : 14 importés, … » : la somme des issues est le nombre de contrats lus."""
        issues = [f"{en_nombre(nombre)} {issue.pluriel}" for issue, nombre in self.comptes.items()]
        return f"{en_nombre(self.lus)} contrats lus\u00a0= {' + '.join(issues)}."

    def ecarts_groupes(self) -> list[tuple[str, str, int, list[str]]]:
        """Écarts réunis : (champ, raison, nombre, premiers contrats), du plus fréquent au plus rare."""
        groupes: dict[tuple[str, str], list[str]] = {}
        for ligne in self.lignes:
            for ecart in ligne.contrat.ecarts:
                groupes.setdefault((ecart.champ, ecart.raison), []).append(
                    ligne.contrat.identifiant or "sans identifiant"
                )
        tries = sorted(groupes.items(), key=lambda groupe: -len(groupe[1]))
        return [(champ, raison, len(ids), ids[:EXEMPLES]) for (champ, raison), ids in tries]


COLONNES_COMPTES = (Colonne("Issue", "issue", largeur=40), Colonne("Contrats", "nombre", Format.ENTIER))
COLONNES_CONTRATS = (
    Colonne("Fichier", "fichier", largeur=28),
    Colonne("Contrat n°", "rang", Format.ENTIER),
    Colonne("Identifiant", "identifiant"),
    Colonne("SIRET de l’acheteur", "siret"),
    Colonne("Objet", "objet", largeur=60),
    Colonne("Issue", "issue", largeur=34),
    Colonne("Raison", "raison", largeur=60),
    Colonne("Marché", "marche", Format.ENTIER),
)
COLONNES_ECARTS = (
    Colonne("Fichier", "fichier", largeur=28),
    Colonne("Contrat n°", "rang", Format.ENTIER),
    Colonne("Identifiant", "identifiant"),
    Colonne("Nature", "nature", largeur=12),
    Colonne("Champ", "champ", largeur=28),
    Colonne("Valeur", "valeur", largeur=40),
    Colonne("Raison", "raison", largeur=60),
)


def feuilles(rapport: Rapport) -> list[Feuille]:
    """Le rapport en classeur : comptes, contrats, écarts et différences."""
    comptes: list[tuple[str, int | None]] = [("Contrats lus", rapport.lus)]
    comptes += [(issue.pluriel, nombre) for issue, nombre in rapport.comptes.items()]
    comptes += [(f"Fichier refusé – {nom} : {phrase}", None) for nom, phrase in rapport.fichiers_refuses]
    return [
        Feuille("Comptes", COLONNES_COMPTES, comptes),
        Feuille("Contrats", COLONNES_CONTRATS, map(_ligne_contrat, rapport.lignes)),
        Feuille("Écarts", COLONNES_ECARTS, _lignes_ecarts(rapport.lignes)),
    ]


def _ligne_contrat(ligne: LigneRapport) -> dict[str, Any]:
    return {
        "fichier": ligne.fichier,
        "rang": ligne.contrat.rang,
        "identifiant": ligne.contrat.identifiant,
        "siret": ligne.siret,
        "objet": ligne.contrat.objet,
        "issue": ligne.issue.label,
        "raison": ligne.raison,
        "marche": ligne.marche.pk if ligne.marche else None,
    }


def _lignes_ecarts(lignes: Iterable[LigneRapport]) -> Iterator[dict[str, Any]]:
    for ligne in lignes:
        commun = {"fichier": ligne.fichier, "rang": ligne.contrat.rang, "identifiant": ligne.contrat.identifiant}
        for ecart in ligne.contrat.ecarts:
            yield commun | {"nature": "écart", "champ": ecart.champ, "valeur": ecart.valeur, "raison": ecart.raison}
        for autre in ligne.differences:
            yield commun | {
                "nature": "différence",
                "champ": autre.champ,
                "valeur": autre.lu,
                "raison": f"{autre.enregistre} est enregistré, et reste",
            }
