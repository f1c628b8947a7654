"""URL de « bilans »."""

from __future__ import annotations

from django.urls import path

from bilans import views

app_name = "bilans"
urlpatterns = [
    path("departement/", views.departement_page, name="departement"),
    path("departement/export/", views.departement_export, name="departement_export"),
    path("departement/lignes/", views.lignes, name="lignes"),
]
