"""URL de « bilans »."""

from __future__ import annotations

from django.urls import path

from bilans.views import articles, departement, documents, lettres

app_name = "bilans"
urlpatterns = [
    path("departement/", departement.departement_page, name="departement"),
    path("departement/export/", departement.departement_export, name="departement_export"),
    path("departement/lignes/", departement.lignes, name="lignes"),
    path("engagements/<int:pk>/documents/", documents.liste, name="documents"),
    path("engagements/<int:pk>/documents/emettre/", documents.emettre, name="emettre"),
    path("engagements/<int:pk>/documents/projet/", documents.projet, name="projet"),
    path("engagements/<int:pk>/lettre/", lettres.envoyer, name="lettre"),
    path("documents/<int:pk>/", documents.telecharger, name="document"),
    path("documents/<int:pk>/annuler/", documents.annuler, name="document_annuler"),
    path("outils/articles/", articles.page, name="articles"),
]
