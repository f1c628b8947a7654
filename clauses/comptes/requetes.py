"""Requête d’un utilisateur connecté : l’intergiciel garantit `acteur`."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from clauses.comptes.acteurs import Acteur
from clauses.comptes.models import Rattachement, Utilisateur


class RequeteActeur(HttpRequest):
    user: Utilisateur
    acteur: Acteur
    rattachements: list[Rattachement]
    htmx: HtmxDetails
