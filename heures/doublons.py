"""Deux fiches pour une même personne : les repérer sans tout comparer à tout (domaine.md §3.8). Calcul pur."""

from __future__ import annotations

import datetime
import enum
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, combinations

from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_heures
from heures.noms import Ecart, Nom, ecart


class Raison(enum.StrEnum):
    """Pourquoi deux fiches se ressemblent, de la ressemblance la plus forte à la plus faible."""

    IDENTIQUES = "Mêmes nom, prénom et date de naissance"
    INVERSES = "Mêmes mots dans un autre ordre, même date de naissance"
    UNE_LETTRE = "Une lettre, une espace ou une particule d’écart, même date de naissance"
    SANS_NAISSANCE = "Mêmes nom et prénom, date de naissance manquante"


ORDRE = list(Raison)
RAISONS = {Ecart.AUCUN: Raison.IDENTIQUES, Ecart.ORDRE: Raison.INVERSES, Ecart.LETTRE: Raison.UNE_LETTRE}


@dataclass(frozen=True)
class FicheLue:
    """Ce qui identifie une personne, tel qu’il est noté sur sa fiche ; `pk` à 0 : pas encore de fiche."""

    pk: int
    ecrit: Nom
    naissance: datetime.date | None


@dataclass(frozen=True, slots=True)
class Paire:
    """Deux fiches semblables, dans l’ordre de leur numéro."""

    premiere: int
    seconde: int
    raison: Raison


def paires_probables(fiches: Iterable[FicheLue], *, ecartees: Collection[tuple[int, int]] = ()) -> list[Paire]:
    """Les paires de fiches semblables, les plus sûres d’abord ; `ecartees` : paires connues comme deux personnes.

    Seules sont comparées les fiches qui ont les mêmes mots, ou la même naissance et une forme amputée en commun : le
    coût croît avec le nombre de fiches, pas avec son carré.
    """
    lues = list(fiches)
    memes_jours = _grouper((fiche.naissance, fiche) for fiche in lues if fiche.naissance)
    groupes = chain(
        _grouper((fiche.ecrit.mots, fiche) for fiche in lues),
        *(_grouper((forme, fiche) for fiche in nes for forme in fiche.ecrit.amputees) for nes in memes_jours),
    )
    trouvees: dict[tuple[int, int], Raison] = {}
    for semblables in groupes:
        for une, autre in combinations(sorted(semblables, key=lambda f: f.pk), 2):
            clefs = (une.pk, autre.pk)
            if clefs not in trouvees and clefs not in ecartees and (raison := ressemblance(une, autre)):
                trouvees[clefs] = raison
    paires = [Paire(*clefs, raison) for clefs, raison in trouvees.items()]
    return sorted(paires, key=lambda p: (ORDRE.index(p.raison), p.premiere, p.seconde))


def _grouper(paires: Iterable[tuple[Hashable, FicheLue]]) -> list[list[FicheLue]]:
    """Les fiches d’une même clef, quand elles sont au moins deux."""
    groupes: dict[Hashable, list[FicheLue]] = defaultdict(list)
    for clef, fiche in paires:
        groupes[clef].append(fiche)
    return [groupe for groupe in groupes.values() if len(groupe) > 1]


def ressemblance(une: FicheLue, autre: FicheLue) -> Raison | None:
    """Pourquoi deux fiches se ressemblent ; `None` si rien ne les rapproche assez, naissance comprise."""
    separe = ecart(une.ecrit, autre.ecrit)
    if separe is None:
        return None
    if une.naissance is None or autre.naissance is None:
        return Raison.SANS_NAISSANCE if separe <= Ecart.ORDRE else None
    return RAISONS.get(separe) if une.naissance == autre.naissance else None


@dataclass(frozen=True, slots=True)
class MoisReuni:
    """Heures non refusées d’un mois : sur chacune des deux fiches."""

    mois: datetime.date
    premiere: Decimal
    seconde: Decimal

    @property
    def total(self) -> Decimal:
        return self.premiere + self.seconde


def avertissements_de_fusion(mois: Iterable[MoisReuni], *, plafond: Decimal, communes: Iterable[str]) -> list[str]:
    """Ce que la réunion des deux fiches ferait remarquer, sans l’interdire ; vide si rien.

    `plafond` : heures mensuelles au-delà desquelles une saisie est refusée (domaine.md §3.8) ; `communes` : les
    engagements et mois où les deux fiches ont des heures, en clair.
    """
    phrases = [
        f"{en_lettres(un.mois).capitalize()} : {en_heures(un.premiere)} h et {en_heures(un.seconde)} h feraient "
        f"{en_heures(un.total)} h, au-delà du plafond de {en_heures(plafond)} h."
        for un in mois
        if un.premiere and un.seconde and un.total > plafond
    ]
    phrases += [
        f"{commune} : les deux fiches ont des heures. Vérifier qu’elles ne sont pas notées deux fois."
        for commune in communes
    ]
    return phrases
