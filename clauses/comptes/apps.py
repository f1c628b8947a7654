"""Application des comptes : qui agit, pour qui, et avec quels droits."""

from __future__ import annotations

from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "clauses.comptes"
    label = "comptes"
    verbose_name = "comptes"
