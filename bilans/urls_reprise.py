"""URL de la reprise d’une structure et de son export."""

from __future__ import annotations

from django.urls import path

from bilans.views import reprise

app_name = "reprise"
urlpatterns = [
    path("", reprise.deposer, name="deposer"),
    path("vierge/", reprise.vierge, name="vierge"),
    path("export/", reprise.exporter, name="export"),
    path("<str:jeton>/", reprise.apercu, name="apercu"),
    path("<str:jeton>/rapport/", reprise.rapport_xlsx, name="rapport"),
]
