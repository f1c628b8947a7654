"""Application des notifications sortantes : prévenir le logiciel d’un autre, par une requête signée."""

from __future__ import annotations

from django.apps import AppConfig


class CrochetsConfig(AppConfig):
    name = "clauses.crochets"
    label = "crochets"
    verbose_name = "notifications sortantes"
