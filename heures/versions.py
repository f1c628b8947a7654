"""Les versions d’une entrée en clause : qui a changé quoi, quand et pourquoi. Calcul pur, sur des entrées lues."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.text import capfirst

from heures.enums import CriterePublic
from heures.models import EntreeClause
from heures.suivi import etat_de_piece

# Ce que le profil photographie ; le visa et le motif sont propres à chaque version.
CHAMPS = (
    "date_entree", "date_constat", "commune_insee", "qpv", "niveau", "duree_inscription", "brsa",
    "est_participant_plie", "prescripteur", "piece_type", "piece_date", "piece_vue_le", "piece_valable_jusqu_au",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changement:
    champ: str
    avant: str
    apres: str


@dataclass(frozen=True, slots=True)
class Version:
    """Une version d’entrée, et ce qu’elle change à la précédente (rien pour la première)."""

    entree: EntreeClause
    changements: Sequence[Changement]


@dataclass(frozen=True, slots=True)
class EtatDePiece:
    """Ce qui est à faire de la pièce de l’entrée ; vide quand elle est vue et valable."""

    libelle: str
    couleur: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Une entrée : sa version courante, et toutes ses versions, de la plus récente à la première."""

    courante: EntreeClause
    versions: Sequence[Version]
    piece: EtatDePiece


def dossiers(entrees: Iterable[EntreeClause], *, le: datetime.date, alerte_jours: int) -> list[Dossier]:
    """Range des entrées par numéro ; elles viennent triées par numéro puis version décroissants, critères lus."""
    ranges = []
    for _, groupe in groupby(entrees, key=lambda entree: entree.numero):
        versions = list(groupe)
        precedentes = [*versions[1:], None]
        lues = [
            Version(entree, changements(avant, entree) if avant else [])
            for entree, avant in zip(versions, precedentes, strict=True)
        ]
        courante = next((entree for entree in versions if entree.est_courante), versions[0])
        piece = EtatDePiece(
            *etat_de_piece(courante.piece_type, courante.piece_valable_jusqu_au, le=le, alerte_jours=alerte_jours)
        )
        ranges.append(Dossier(courante, lues, piece))
    return ranges


def changements(avant: EntreeClause, apres: EntreeClause) -> list[Changement]:
    """Ce qui diffère entre deux versions, en clair."""
    lus = [
        (str(capfirst(apres._meta.get_field(nom).verbose_name)), en_clair(avant, nom), en_clair(apres, nom))  # type: ignore[union-attr]
        for nom in CHAMPS
    ]
    lus.append(("Critères", criteres(avant), criteres(apres)))
    return [Changement(*lu) for lu in lus if lu[1] != lu[2]]


def en_clair(entree: EntreeClause, nom: str) -> str:
    """La valeur d’un champ, telle que la fiche l’écrit ; vide si elle manque."""
    valeur: Any = getattr(entree, nom)
    match valeur:
        case None | "":
            return ""
        case bool():
            return "oui" if valeur else "non"
        case datetime.date():
            return f"{valeur:%d/%m/%Y}"
    return str(getattr(entree, f"get_{nom}_display")()) if hasattr(entree, f"get_{nom}_display") else str(valeur)


def criteres(entree: EntreeClause) -> str:
    """Critères constatés, le principal d’abord ; l’entrée est lue par `avec_criteres`."""
    lus = sorted(entree.criteres_lus, key=lambda c: (not c.est_principal, c.critere))  # type: ignore[attr-defined]
    noms = [CriterePublic(c.critere).label + (" (principal)" if c.est_principal else "") for c in lus]
    return ", ".join(noms)
