"""Les modèles préremplis à envoyer aux entreprises, lus pour quelqu’un : les préparer est une consultation."""

from __future__ import annotations

import datetime

from django.utils import timezone

from clauses.comptes.acteurs import Acteur
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.mois import ajouter_mois, premier_jour
from heures.attendus import ouverts_en
from heures.imports.releves.modele import Modele, preparer
from heures.models import Participant
from marches.models import Engagement


def dernier_mois_acheve() -> datetime.date:
    return ajouter_mois(premier_jour(timezone.localdate()), -1)


def d_un_engagement(engagement: Engagement, mois: datetime.date, *, par: Acteur) -> Modele:
    """Le modèle d’un engagement ; il vient de `avec_marche()`."""
    (prepare,) = preparer([engagement], mois, par=par)
    journaliser_lecture(
        par=par,
        action="télécharger un modèle de relevé",
        modele=Participant,
        nombre=len(prepare.personnes),
        filtre=f"engagement {engagement.pk}, {mois:%Y-%m}",
    )
    return prepare


def de_tout_le_mois(mois: datetime.date, *, par: Acteur) -> list[Modele]:
    """Le modèle de chaque engagement attendu ce mois-là ; aucun, rien ne s’inscrit."""
    attendus = ouverts_en(Engagement.objects.visibles_par(par).ouverts().avec_marche(), mois)
    prepares = preparer(list(attendus.order_by("pk")), mois, par=par)
    if prepares:
        journaliser_lecture(
            par=par,
            action="télécharger les modèles de relevé du mois",
            modele=Participant,
            nombre=len(set().union(*(prepare.personnes for prepare in prepares))),
            filtre=f"{len(prepares)} engagements, {mois:%Y-%m}",
        )
    return prepares
