"""Le lieu d’exécution d’un marché, et son intercommunalité (domaine.md §9 : jamais celle de l’acheteur)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from clauses.comptes.acteurs import Acteur
from clauses.territoires.models import Commune, Epci
from marches.models import Marche


def epcis_d_execution(acteur: Acteur) -> QuerySet[Epci]:
    """Intercommunalités où s’exécute un marché visible de l’acteur."""
    communes = Marche.objects.visibles_par(acteur).order_by().values("commune_execution_insee")
    return Epci.objects.filter(pk__in=Commune.objects.filter(pk__in=communes).order_by().values("epci"))


def communes_de(epci: Epci) -> QuerySet[Any, Any]:
    """Codes INSEE des communes d’une intercommunalité, pour filtrer des marchés."""
    return Commune.objects.filter(epci=epci).order_by().values("pk")
