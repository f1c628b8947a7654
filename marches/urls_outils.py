"""URL des outils : calculateur d’objectif, repères, barèmes, journal d’activité."""

from __future__ import annotations

from django.urls import path

from marches.views import activites, outils, penalites

urlpatterns = [
    path("", outils.index, name="outils"),
    path("objectif/", outils.calculateur, name="calculateur"),
    path("reperes/", outils.reperes, name="reperes"),
    path("reperes/ajouter/", outils.repere_creer, name="repere_creer"),
    path("reperes/<int:pk>/modifier/", outils.repere_modifier, name="repere_modifier"),
    path("reperes/<int:pk>/retirer/", outils.repere_retirer, name="repere_retirer"),
    path("activites/", activites.liste, name="activites"),
    path("activites/noter/", activites.creer, name="activite_creer"),
    path("activites/<int:pk>/modifier/", activites.modifier, name="activite_modifier"),
    path("baremes/", penalites.baremes, name="baremes"),
    path("baremes/ajouter/", penalites.bareme_creer, name="bareme_creer"),
]
