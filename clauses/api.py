"""Routeur de l’API : la seule carte de ses adresses, sous /api/v1/."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from marches.api import EngagementViewSet, MarcheViewSet

app_name = "api"
routeur = SimpleRouter()
routeur.register("marches", MarcheViewSet, basename="marche")
routeur.register("engagements", EngagementViewSet, basename="engagement")
urlpatterns = routeur.urls
