"""URL du dépôt par lien : la seule porte sans compte (docs/adr/0015)."""

from __future__ import annotations

from django.urls import path

from heures.views import liens

app_name = "lien"
urlpatterns = [
    path("<str:jeton>/", liens.releve, name="releve"),
    path("<str:jeton>/recu/", liens.recu, name="recu"),
]
