"""URL de l’annuaire des entreprises."""

from __future__ import annotations

from django.urls import path

from entreprises import views

app_name = "entreprises"
urlpatterns = [
    path("", views.liste, name="liste"),
    path("creer/", views.creer, name="creer"),
    path("choix/", views.choix, name="choix"),
    path("<int:pk>/", views.fiche, name="fiche"),
    path("<int:pk>/modifier/", views.modifier, name="modifier"),
    path("<int:pk>/inviter/", views.inviter, name="inviter"),
    path("<int:pk>/contacts/ajouter/", views.contact_creer, name="contact_creer"),
    path("contacts/<int:pk>/modifier/", views.contact_modifier, name="contact_modifier"),
    path("contacts/<int:pk>/retirer/", views.contact_retirer, name="contact_retirer"),
]
