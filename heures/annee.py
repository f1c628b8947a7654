"""L’année en cours sur l’accueil : heures validées mois par mois, et la dernière saisie de qui regarde."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from clauses.comptes.acteurs import Acteur
from clauses.socle.mois import ajouter_mois, mois_entre
from heures.models import LigneHeures
from heures.portee import PARTOUT, Portee


@dataclass(frozen=True, slots=True)
class MoisDeLAnnee:
    """Une barre du graphique de l’année : heures validées et hauteur en centièmes de la plus haute."""

    mois: datetime.date
    heures: Decimal
    hauteur: int
    x: int

    @property
    def y(self) -> int:
        return 100 - self.hauteur


@dataclass(frozen=True, slots=True)
class Annee:
    barres: Sequence[MoisDeLAnnee]
    total: Decimal
    precedente: Decimal


def annee(acteur: Acteur, *, le: datetime.date, portee: Portee = PARTOUT) -> Annee:
    """Heures validées par mois depuis janvier, et le total de la même période un an plus tôt."""
    debut = le.replace(month=1, day=1)
    validees = LigneHeures.objects.visibles_par(acteur).validees().filter(portee.engagements("engagement__"))
    par_mois: dict[datetime.date, Decimal] = dict(
        validees.travaillees(du=debut, au=le).order_by().values_list("mois").annotate(total=Sum("heures"))
    )
    avant = validees.travaillees(du=ajouter_mois(debut, -12), au=ajouter_mois(le, -12)).aggregate(total=Sum("heures"))
    plus_haute = max(par_mois.values(), default=Decimal(0)) or Decimal(1)
    barres = [
        MoisDeLAnnee(
            mois, par_mois.get(mois, Decimal(0)), int(par_mois.get(mois, Decimal(0)) * 100 / plus_haute), rang * 50
        )
        for rang, mois in enumerate(mois_entre(debut, debut.replace(month=12)))
    ]
    return Annee(barres, sum(par_mois.values(), Decimal(0)), avant["total"] or Decimal(0))


def derniere_saisie(acteur: Acteur) -> LigneHeures | None:
    """La dernière ligne notée par l’acteur : « reprendre où j’en étais »."""
    return (
        LigneHeures.objects.visibles_par(acteur)
        .filter(declaree_par=acteur.utilisateur_id)
        .select_related("engagement__entreprise", "engagement__clause__lot__marche")
        .order_by("-declaree_le", "-pk")
        .first()
    )
