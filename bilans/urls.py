"""URL de « bilans »."""

from __future__ import annotations

from django.urls import path

from bilans.catalogue import RAPPORTS
from bilans.views import articles, documents, parametres, rapports

app_name = "bilans"
urlpatterns = [
    path("", rapports.choisir, name="choisir"),
    *(path(f"{nom}/", rapports.page, {"nom": nom}, name=nom) for nom in RAPPORTS),
    *(path(f"{nom}/export/", rapports.exporter, {"nom": nom}, name=f"{nom}_export") for nom in RAPPORTS),
    path("departement/parametres/", parametres.regler, name="departement_parametres"),
    path("departement/analyse/", parametres.rediger, name="departement_analyse"),
    path("departement/annexe/", parametres.exporter_annexe, name="departement_annexe"),
    path("lignes/", rapports.lignes, name="lignes"),
    path("engagements/<int:pk>/documents/", documents.liste, name="documents"),
    path("engagements/<int:pk>/documents/emettre/", documents.emettre, name="emettre"),
    path("engagements/<int:pk>/documents/projet/", documents.projet, name="projet"),
    path("documents/<int:pk>/", documents.telecharger, name="document"),
    path("documents/<int:pk>/annuler/", documents.annuler, name="document_annuler"),
    path("outils/articles/", articles.page, name="articles"),
]
