"""URL de « bilans »."""

from __future__ import annotations

from django.urls import path

from bilans.views import departement

app_name = "bilans"
urlpatterns = [
    path("departement/", departement.departement_page, name="departement"),
    path("departement/export/", departement.departement_export, name="departement_export"),
    path("departement/lignes/", departement.lignes, name="lignes"),
]
