"""Le rapport d’un import DECP : chaque contrat lu y a une issue et une seule."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import models

from clauses.socle.erreurs import ActionImpossible
from clauses.socle.exports import Colonne, Feuille, Format
from clauses.socle.nombres import en_nombre
from marches.imports.decp.comparaison import Difference
from marches.imports.decp.neutre import ContratLu
from marches.models import ContratAVeiller, Marche

EXEMPLES = 3
A_VEILLER = "au-dessus des seuils, sans considération sociale : à veiller (article 35)"


class Issue(models.TextChoices):
    """Ce qu’est devenu un contrat lu."""

    IMPORTE = "IMPORTE", "importé"
    MIS_A_JOUR = "MIS_A_JOUR", "mis à jour"
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
    Issue.MIS_A_JOUR: "mis à jour",
    Issue.DEJA_PRESENT: "déjà présents, identiques",
    Issue.DIFFERENT: "déjà présents, différences signalées",
    Issue.NON_RETENU: "non retenus",
    Issue.REFUSE: "refusés",
}


@dataclass(frozen=True, slots=True)
class LigneRapport:
    """Un contrat, son issue et pourquoi ; `marche` quand il est enregistré, `veille` quand il est à veiller."""

    fichier: str
    contrat: ContratLu
    issue: Issue
    raison: str = ""
    differences: tuple[Difference, ...] = ()
    marche: Marche | None = None
    veille: ContratAVeiller | None = None

    @property
    def siret(self) -> str:
        return self.contrat.acheteur.siret if self.contrat.acheteur else ""


@dataclass(slots=True)
class Rapport:
    """Ce qu’un import a fait, fichier par fichier ; `fichiers_refuses` : (nom, phrase).

    `garder` : tenir chaque ligne en mémoire, pour la montrer ; sinon seuls les comptes restent, et `carnet` reçoit les
    lignes du classeur.
    """

    garder: bool = True
    carnet: Carnet | None = None
    lignes: list[LigneRapport] = field(default_factory=list)
    fichiers_refuses: list[tuple[str, str]] = field(default_factory=list)
    lus: int = 0
    lignes_lues: int = 0
    a_veiller: int = 0
    _nombres: Counter[Issue] = field(default_factory=Counter)
    _groupes: dict[tuple[str, str], tuple[int, list[str]]] = field(default_factory=dict)

    def noter(self, ligne: LigneRapport) -> None:
        """Compte un contrat, son issue et ses écarts."""
        self._nombres[ligne.issue] += 1
        self.lignes_lues += ligne.contrat.lignes
        self.a_veiller += ligne.veille is not None
        for ecart in ligne.contrat.ecarts:
            nombre, exemples = self._groupes.get((ecart.champ, ecart.raison), (0, []))
            if len(exemples) < EXEMPLES:
                exemples.append(ligne.contrat.identifiant or "sans identifiant")
            self._groupes[ecart.champ, ecart.raison] = (nombre + 1, exemples)
        if self.garder:
            self.lignes.append(ligne)
        if self.carnet is not None:
            self.carnet.inscrire(_ligne_contrat(ligne), _lignes_ecarts(ligne))

    def clore_le_fichier(self, lus: int) -> None:
        """Fin d’un fichier de `lus` contrats. Lève `ActionImpossible` si l’un est resté sans issue."""
        rendus = self._nombres.total() - self.lus
        if lus != rendus:
            raise ActionImpossible(
                f"Le rapport ne rend compte que de {rendus} contrats sur {lus} lus : l’import est interrompu."
            )
        self.lus += lus

    @property
    def comptes(self) -> dict[Issue, int]:
        return {issue: self._nombres[issue] for issue in Issue}

    @property
    def a_des_refus(self) -> bool:
        return bool(self.fichiers_refuses) or self.comptes[Issue.REFUSE] > 0

    def de(self, *issues: Issue) -> list[LigneRapport]:
        return [ligne for ligne in self.lignes if ligne.issue in issues]

    def resume(self) -> str:
        """« 137 contrats lus : 14 importés, … » : la somme des issues est le nombre de contrats lus."""
        issues = [f"{en_nombre(nombre)} {issue.pluriel}" for issue, nombre in self.comptes.items()]
        return f"{en_nombre(self.lus)} contrats lus\u00a0= {' + '.join(issues)}."

    def ecarts_groupes(self) -> list[tuple[str, str, int, list[str]]]:
        """Écarts réunis : (champ, raison, nombre, premiers contrats), du plus fréquent au plus rare."""
        tries = sorted(self._groupes.items(), key=lambda groupe: -groupe[1][0])
        return [(champ, raison, nombre, exemples) for (champ, raison), (nombre, exemples) in tries]


class Carnet:
    """Les lignes du classeur, gardées sur le disque pendant l’import : cent mille ne tiennent pas en mémoire."""

    def __init__(self, contrats: IO[str], ecarts: IO[str]) -> None:
        self._contrats, self._ecarts = contrats, ecarts

    def inscrire(self, contrat: dict[str, Any], ecarts: Iterable[dict[str, Any]]) -> None:
        self._contrats.write(json.dumps(contrat, ensure_ascii=False) + "\n")
        self._ecarts.writelines(json.dumps(ecart, ensure_ascii=False) + "\n" for ecart in ecarts)

    def contrats(self) -> Iterator[dict[str, Any]]:
        return _relire(self._contrats)

    def ecarts(self) -> Iterator[dict[str, Any]]:
        return _relire(self._ecarts)


def _relire(fichier: IO[str]) -> Iterator[dict[str, Any]]:
    fichier.seek(0)
    for ligne in fichier:
        yield json.loads(ligne)


@contextmanager
def ouvrir_carnet() -> Iterator[Carnet]:
    """Un carnet, effacé à la fin."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as contrats,
        tempfile.TemporaryFile("w+", encoding="utf-8") as ecarts,
    ):
        yield Carnet(contrats, ecarts)


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


def feuilles(rapport: Rapport, carnet: Carnet) -> list[Feuille]:
    """Le rapport en classeur : comptes, contrats, écarts et différences."""
    comptes: list[tuple[str, int | None]] = [("Contrats lus", rapport.lus)]
    comptes += [(issue.pluriel, nombre) for issue, nombre in rapport.comptes.items()]
    comptes += [(f"Fichier refusé – {nom} : {phrase}", None) for nom, phrase in rapport.fichiers_refuses]
    return [
        Feuille("Comptes", COLONNES_COMPTES, comptes),
        Feuille("Contrats", COLONNES_CONTRATS, carnet.contrats()),
        Feuille("Écarts", COLONNES_ECARTS, carnet.ecarts()),
    ]


def _ligne_contrat(ligne: LigneRapport) -> dict[str, Any]:
    return {
        "fichier": ligne.fichier,
        "rang": ligne.contrat.rang,
        "identifiant": ligne.contrat.identifiant,
        "siret": ligne.siret,
        "objet": ligne.contrat.objet,
        "issue": ligne.issue.label,
        "raison": " ; ".join(filter(None, (ligne.raison, A_VEILLER if ligne.veille else ""))),
        "marche": ligne.marche.pk if ligne.marche else None,
    }


def _lignes_ecarts(ligne: LigneRapport) -> Iterator[dict[str, Any]]:
    commun = {"fichier": ligne.fichier, "rang": ligne.contrat.rang, "identifiant": ligne.contrat.identifiant}
    for ecart in ligne.contrat.ecarts:
        yield commun | {"nature": "écart", "champ": ecart.champ, "valeur": ecart.valeur, "raison": ecart.raison}
    for autre in ligne.differences:
        yield commun | {
            "nature": "différence",
            "champ": autre.champ,
            "valeur": autre.lu,
            "raison": f"{autre.enregistre} était enregistré : {autre.sort}",
        }
