"""La seule carte des URL."""

from __future__ import annotations

from django.urls import include, path

from bilans.views import verification
from clauses import pages, pages_api

urlpatterns = [
    path("", pages.accueil, name="accueil"),
    path("compte/", include("clauses.comptes.urls")),
    path("compte/structure/notifications/", include("clauses.crochets.urls")),
    path("entreprises/", include("entreprises.urls")),
    path("marches/", include("marches.urls")),
    path("heures/", include("heures.urls")),
    path("releve/", include("heures.urls_lien")),
    path("bilans/", include("bilans.urls")),
    path("reprise/", include("bilans.urls_reprise")),
    path("verifier/", verification.page, name="verifier"),
    path("api/v1/", include("clauses.api")),
    path("api/", pages_api.guide, name="api_guide"),
    path("api/reference/", pages_api.reference, name="api_reference"),
]

handler429 = "clauses.pages.trop_d_essais"
