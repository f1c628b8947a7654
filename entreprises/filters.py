"""Filtres de l’annuaire des entreprises."""

from __future__ import annotations

from typing import Any

import django_filters

from clauses.socle.recherche import nom_ou_siret
from entreprises.enums import TypeEmployeur
from entreprises.models import Entreprise


class EntrepriseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom ou SIRET", method="chercher", max_length=100)
    type_employeur = django_filters.ChoiceFilter(
        label="Type d’employeur", choices=TypeEmployeur.choices, empty_label="Tous"
    )

    class Meta:
        model = Entreprise
        fields = ["q", "type_employeur"]

    def chercher(self, objets: Any, nom: str, valeur: str) -> Any:
        return objets.filter(nom_ou_siret(valeur))
