"""Les intercommunalités que l’on propose de choisir : jamais toutes celles de France."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from clauses.territoires.models import Commune, Epci


def epcis_a_proposer(*, departement: str, choisies: QuerySet[Any, Any]) -> QuerySet[Epci]:
    """Celles qui ont une commune dans le département, et celles déjà choisies (`choisies` : leurs SIREN)."""
    proches = Commune.objects.filter(departement=departement).order_by().values("epci")
    return Epci.objects.filter(Q(pk__in=proches) | Q(pk__in=choisies))
