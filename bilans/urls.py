"""URL de « bilans »."""

from __future__ import annotations

from django.urls import path

from bilans.catalogue import RAPPORTS
from bilans.views import (
    agregats,
    articles,
    documents,
    emissions,
    grilles,
    lettres,
    ouvertes,
    parametres,
    qualite,
    rapports,
    votre_bilan,
)

app_name = "bilans"
# Un écran de travail a sa page ; les autres bilans partagent la leur.
PAGES = {"qualite": qualite.page}
urlpatterns = [
    path("", rapports.choisir, name="choisir"),
    *(path(f"{nom}/", PAGES.get(nom, rapports.page), {"nom": nom}, name=nom) for nom in RAPPORTS),
    *(path(f"{nom}/export/", rapports.exporter, {"nom": nom}, name=f"{nom}_export") for nom in RAPPORTS),
    path("ouvertes/schema/", ouvertes.telecharger_le_schema, name="ouvertes_schema"),
    path("agregats/", agregats.page, name="agregats"),
    path("agregats/export/", agregats.exporter, name="agregats_export"),
    path("emis/", emissions.liste, name="bilans_emis"),
    path("emis/<int:pk>/", emissions.fiche, name="bilan_emis"),
    path("emis/<int:pk>/export/", emissions.exporter, name="bilan_emis_export"),
    path("emis/<int:pk>/versions/", emissions.versions, name="versions"),
    path("emis/<int:pk>/versions/export/", emissions.versions_export, name="versions_export"),
    path("<slug:nom>/emettre/", emissions.emettre, name="emettre_bilan"),
    path("votre-bilan/", votre_bilan.page, name="votre_bilan"),
    path("votre-bilan/export/", votre_bilan.exporter, name="votre_bilan_export"),
    path("departement/parametres/", parametres.regler, name="departement_parametres"),
    path("departement/analyse/", parametres.rediger, name="departement_analyse"),
    path("departement/annexe/", parametres.exporter_annexe, name="departement_annexe"),
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
