"""URL de l’import DECP, sous `marches:`."""

from __future__ import annotations

from django.urls import path

from marches import views_decp

urlpatterns = [
    path("", views_decp.televerser, name="decp"),
    path("regrouper/", views_decp.regrouper, name="regrouper"),
    path("veille/", views_decp.veille, name="veille"),
    path("<slug:jeton>/", views_decp.apercu, name="decp_apercu"),
]
