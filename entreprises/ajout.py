"""Avant d’ajouter une fiche : l’annuaire d’abord ; si rien n’y répond, le répertoire national, s’il est ouvert."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from clauses.socle.recherche import contient
from entreprises.repertoire import LETTRES_MAX, Etablissement, Repertoire, RepertoireIndisponible

CONNUES_MONTREES = 10


@dataclass(slots=True)
class RechercheAvantAjout:
    """Ce qu’une recherche a donné : des fiches déjà là, sinon des propositions, sinon pourquoi il n’y en a pas."""

    texte: str
    connues: list[Any] = field(default_factory=list)
    propositions: list[Etablissement] = field(default_factory=list)
    panne: str = ""


def rechercher(parametres: QueryDict, fiches: QuerySet[Any]) -> RechercheAvantAjout | None:
    """`None` si le répertoire est éteint ; `fiches` : celles de l’annuaire que l’acteur peut voir."""
    repertoire = Repertoire()
    if not repertoire.est_ouvert:
        return None
    recherche = RechercheAvantAjout(parametres.get("q", "").strip()[:LETTRES_MAX])
    if not recherche.texte:
        return recherche
    critere = contient("recherche", recherche.texte)
    compact = "".join(recherche.texte.split())
    if compact.isdigit():
        critere |= Q(siret__startswith=compact)
    recherche.connues = list(fiches.filter(critere)[:CONNUES_MONTREES])
    if not recherche.connues:
        try:
            recherche.propositions = repertoire.chercher(recherche.texte)
        except RepertoireIndisponible as panne:
            recherche.panne = str(panne)
    return recherche


def choisie(parametres: QueryDict, **champs: str) -> dict[str, str]:
    """Valeurs initiales du formulaire pour la proposition choisie ; `champs` : nom du champ → paramètre de l’adresse.

    Rien n’est cru : c’est une saisie comme une autre, contrôlée à l’envoi.
    """
    return {champ: parametres.get(parametre, "") for champ, parametre in champs.items()}
