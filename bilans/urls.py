"""URL de « bilans »."""

from __future__ import annotations

from django.urls import path

from bilans.catalogue import RAPPORTS
from bilans.views import agregats, articles, documents, grilles, lettres, rapports

app_name = "bilans"
urlpatterns = [
    path("", rapports.choisir, name="choisir"),
    *(path(f"{nom}/", rapports.page, {"nom": nom}, name=nom) for nom in RAPPORTS),
    *(path(f"{nom}/export/", rapports.exporter, {"nom": nom}, name=f"{nom}_export") for nom in RAPPORTS),
    path("agregats/", agregats.page, name="agregats"),
    path("agregats/export/", agregats.exporter, name="agregats_export"),
    path("lignes/", rapports.lignes, name="lignes"),
    path("engagements/<int:pk>/documents/", documents.liste, name="documents"),
    path("engagements/<int:pk>/documents/emettre/", documents.emettre, name="emettre"),
    path("engagements/<int:pk>/documents/projet/", documents.projet, name="projet"),
    path("engagements/<int:pk>/lettre/", lettres.envoyer, name="lettre"),
    path("documents/<int:pk>/", documents.telecharger, name="document"),
    path("documents/<int:pk>/annuler/", documents.annuler, name="document_annuler"),
    path("grilles/<slug:nom>/", grilles.tableaux, name="grilles"),
    path("grilles/<slug:nom>/<slug:cle>/", grilles.tableau, name="grille"),
    path("grilles/<slug:nom>/<slug:cle>/origine/", grilles.origine, name="grille_origine"),
    path("outils/articles/", articles.page, name="articles"),
]
