"""URL des outils : calculateur d’objectif, repères, barèmes."""

from __future__ import annotations

from django.urls import path

from marches.views import outils, penalites

urlpatterns = [
    path("", outils.index, name="outils"),
    path("objectif/", outils.calculateur, name="calculateur"),
    path("reperes/", outils.reperes, name="reperes"),
    path("reperes/ajouter/", outils.repere_creer, name="repere_creer"),
    path("reperes/<int:pk>/modifier/", outils.repere_modifier, name="repere_modifier"),
    path("reperes/<int:pk>/retirer/", outils.repere_retirer, name="repere_retirer"),
    path("baremes/", penalites.baremes, name="baremes"),
    path("baremes/ajouter/", penalites.bareme_creer, name="bareme_creer"),
]
