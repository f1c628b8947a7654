"""URL des notifications sortantes, sous les réglages de la structure."""

from __future__ import annotations

from django.urls import path

from clauses.crochets import views

app_name = "crochets"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("creer/", views.creer, name="creer"),
    path("<int:pk>/", views.fiche, name="fiche"),
    path("<int:pk>/modifier/", views.modifier, name="modifier"),
    path("<int:pk>/secret/", views.renouveler, name="renouveler"),
    path("<int:pk>/suspendre/", views.suspendre, name="suspendre"),
    path("<int:pk>/reprendre/", views.reprendre, name="reprendre"),
    path("<int:pk>/essayer/", views.essayer, name="essayer"),
    path("livraisons/<int:pk>/renvoyer/", views.renvoyer, name="renvoyer"),
]
