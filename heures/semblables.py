"""Les personnes connues qui ressemblent à une personne reçue : proposées, jamais devinées (domaine.md §3.8)."""

from __future__ import annotations

import datetime

from django.db.models import Q

from clauses.comptes.acteurs import Acteur
from heures.doublons import FicheLue, ressemblance
from heures.models import Participant
from heures.noms import Ecart, Nom, ecart

PROPOSEES = 10


def semblables(ecrit: Nom, naissance: datetime.date | None, *, par: Acteur) -> list[Participant]:
    """Au plus dix personnes : mêmes mots, quelle que soit la naissance ; ou même naissance et des noms voisins.

    La naissance départage sans exclure : une date mal tapée ne cache pas la fiche. Une requête.
    """
    rangs = {
        personne: (personne.date_naissance != naissance or naissance is None, separe)
        for personne in _candidates(ecrit, naissance, par)
        if (separe := ecart(ecrit, Nom(personne.nom, personne.prenom))) is not None and separe <= Ecart.PARTIE
    }
    return sorted(rangs, key=lambda personne: rangs[personne])[:PROPOSEES]


def doublons(ecrit: Nom, naissance: datetime.date | None, *, par: Acteur, pk: int = 0) -> list[Participant]:
    """Les doublons probables d’une fiche (`pk`), ou de celle que l’on s’apprête à ouvrir. Une requête."""
    sienne = FicheLue(pk, ecrit, naissance)
    return [
        personne
        for personne in _candidates(ecrit, naissance, par)
        if personne.pk != pk
        and ressemblance(sienne, FicheLue(personne.pk, Nom(personne.nom, personne.prenom), personne.date_naissance))
    ]


def _candidates(ecrit: Nom, naissance: datetime.date | None, par: Acteur) -> list[Participant]:
    """Tout ce que la règle pourrait retenir, par nom puis prénom."""
    if not ecrit.mots:
        return []
    visibles = Participant.objects.visibles_par(par)
    memes_mots = visibles.cherche(" ".join(ecrit.mots)).values("pk")
    nees = Q(date_naissance=naissance, date_naissance__isnull=False)
    return list(visibles.filter(Q(pk__in=memes_mots) | nees).order_by("nom", "prenom", "pk"))
