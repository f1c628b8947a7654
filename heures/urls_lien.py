"""URL du dépôt par lien : la seule porte sans compte (docs/adr/0015)."""

from __future__ import annotations

from django.urls import path

from heures.views import depots

app_name = "lien"
urlpatterns = [
    path("<str:jeton>/", depots.releve, name="releve"),
    path("<str:jeton>/recu/", depots.recu, name="recu"),
]
