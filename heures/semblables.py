"""Les personnes connues qui ressemblent à une personne reçue : proposées, jamais devinées (domaine.md §3.8)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from difflib import SequenceMatcher

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from clauses.socle.conversions import normaliser
from heures.models import LigneEnAttente, Participant

RESSEMBLANCE = 0.85
PROPOSEES = 10


def mots(nom: str, prenom: str) -> list[str]:
    """Les mots du nom et du prénom, accents, casse et ordre oubliés."""
    return sorted(normaliser(f"{nom} {prenom}").split())


def se_ressemblent(premiers: Iterable[str], seconds: Iterable[str]) -> bool:
    """Mêmes mots, à une lettre près environ."""
    return SequenceMatcher(None, " ".join(premiers), " ".join(seconds)).ratio() >= RESSEMBLANCE


def semblables(attente: LigneEnAttente, *, par: Acteur) -> list[Participant]:
    """Au plus dix personnes : mêmes noms, dans un ordre ou l’autre ; ou même naissance et des noms voisins.

    La naissance départage sans exclure : une date mal tapée ne cache pas la fiche. Une requête.
    """
    cherches = mots(attente.nom, attente.prenom)
    if not cherches:
        return []
    nom, prenom = normaliser(attente.nom), normaliser(attente.prenom)
    candidates = Participant.objects.visibles_par(par).filter(
        Q(recherche__startswith=f"{nom} {prenom} ")
        | Q(recherche__startswith=f"{prenom} {nom} ")
        | Q(date_naissance=attente.date_naissance, date_naissance__isnull=False)
    )
    proches = [
        personne
        for personne in candidates.order_by("nom", "prenom", "pk")
        if se_ressemblent(cherches, mots(personne.nom, personne.prenom))
    ]
    return sorted(proches, key=lambda personne: _eloignement(personne, attente.date_naissance))[:PROPOSEES]


def _eloignement(personne: Participant, naissance: datetime.date | None) -> int:
    return 0 if naissance is not None and personne.date_naissance == naissance else 1
