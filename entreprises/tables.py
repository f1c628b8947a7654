"""Tableaux de l’annuaire des entreprises."""

from __future__ import annotations

import django_tables2 as tables

from entreprises.models import Entreprise


class EntrepriseTable(tables.Table):
    legende = "Entreprises de l’annuaire"

    raison_sociale = tables.Column(linkify=True)
    siret = tables.Column(attrs={"td": {"class": "code"}})

    class Meta:
        model = Entreprise
        fields = ("raison_sociale", "type_employeur", "siret", "commune_insee")
        empty_text = (
            "Aucune entreprise ne répond à cette recherche. Élargissez-la, ou ajoutez l’entreprise par son SIRET."
        )
