"""Proposer de regrouper en lots des marchés publiés séparément : jamais décidé, toujours confirmé (formats.md §5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any

from clauses.comptes.acteurs import Acteur
from marches.models import Marche, PublicationDecp

# Ce qui finit un identifiant de lot : « -Lot3 », « _L4 », « -00 », « LOT02PAY », « -B1 ».
_FIN_DE_LOT = re.compile(
    r"[-_ /.]*(?:lot|l)[-_ ]*n?°?[-_ ]*[0-9]{1,3}[a-z]{0,4}$|[-_ /.][0-9a-z]{1,3}$", re.IGNORECASE
)
PREFIXE_MIN = 4


@dataclass(frozen=True, slots=True)
class Proposition:
    """Des marchés qui sont sans doute les lots d’un seul ; `raison` dit pourquoi on le croit."""

    clef: str
    raison: str
    reference: str
    objet: str
    marches: tuple[Marche, ...]

    @property
    def acheteur_id(self) -> int:
        return self.marches[0].acheteur_id

    @property
    def numeros(self) -> list[int]:
        return [marche.pk for marche in self.marches]


def proposer(*, par: Acteur) -> list[Proposition]:
    """Propositions de regroupement parmi les marchés venus des DECP, en une requête.

    Même acheteur et même accord-cadre ; sinon même acheteur, même date de notification, et des identifiants qui ne
    diffèrent que par leur fin. Un marché n’est que dans une proposition, et jamais deux fois dans la même.
    """
    publications = (
        PublicationDecp.objects.visibles_par(par)
        .select_related("marche__acheteur")
        .order_by("marche__acheteur", "marche__date_notification", "source_identifiant", "pk")
    )
    seules = _sans_regroupes(publications)
    propositions = _grouper(
        (p for p in seules if p.id_accord_cadre),
        lambda p: (p.marche.acheteur_id, p.id_accord_cadre),
        "même accord-cadre",
    )
    pris = {marche.pk for proposition in propositions for marche in proposition.marches}
    propositions += _grouper(
        (p for p in seules if p.marche_id not in pris and p.marche.date_notification),
        lambda p: (p.marche.acheteur_id, str(p.marche.date_notification), prefixe(p.marche.reference)),
        "même date de notification, même début d’identifiant",
    )
    return propositions


def prefixe(identifiant: str) -> str:
    """L’identifiant sans ce qui nomme un lot ; lui-même s’il n’en reste pas assez pour rapprocher."""
    court = _FIN_DE_LOT.sub("", identifiant)
    return court if len(court) >= PREFIXE_MIN else identifiant


def objet_commun(objets: Iterable[str], reference: str) -> str:
    """Ce que les objets ont en commun, au mot près ; sinon le premier."""
    tous = list(objets)
    communs = takewhile(lambda mots: len(set(mots)) == 1, zip(*(objet.split() for objet in tous), strict=False))
    debut = " ".join(mots[0] for mots in communs)
    debut = re.sub(r"[\s\-–:,(]*(?:lots?)?[\s\-–:,(n°]*$", "", debut, flags=re.IGNORECASE)
    return debut if len(debut) >= 2 * PREFIXE_MIN else tous[0] or reference


def _sans_regroupes(publications: Iterable[PublicationDecp]) -> list[PublicationDecp]:
    """Un marché déjà regroupé (plusieurs publications) n’est plus proposé."""
    par_marche: dict[int, list[PublicationDecp]] = {}
    for publication in publications:
        par_marche.setdefault(publication.marche_id, []).append(publication)
    return [siennes[0] for siennes in par_marche.values() if len(siennes) == 1]


def _grouper(
    publications: Iterable[PublicationDecp], clef: Callable[[PublicationDecp], tuple[Any, ...]], raison: str
) -> list[Proposition]:
    propositions = []
    for valeur, groupe in groupby(sorted(publications, key=clef), clef):
        marches = tuple(sorted((p.marche for p in groupe), key=lambda marche: marche.reference))
        if len(marches) > 1:
            reference = prefixe(marches[0].reference)
            objet = objet_commun((marche.objet for marche in marches), reference)
            propositions.append(Proposition("-".join(map(str, valeur)), raison, reference, objet, marches))
    return propositions
