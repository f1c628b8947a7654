"""URL des comptes : connexion et mot de passe (allauth), changement de rattachement, journal."""

from __future__ import annotations

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path

from clauses.comptes import views, views_invitation, views_jetons

# Les noms sont ceux qu’allauth résout lui-même. Inscription et gestion d’adresses n’ont pas d’URL : rien à fermer.
urlpatterns = [
    path("connexion/", login_not_required(allauth.login), name="account_login"),
    path("deconnexion/", allauth.logout, name="account_logout"),
    path("inactif/", login_not_required(allauth.account_inactive), name="account_inactive"),
    path("confirmer/", allauth.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/changer/", allauth.password_change, name="account_change_password"),
    path("mot-de-passe/oublie/", login_not_required(allauth.password_reset), name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        login_not_required(allauth.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        login_not_required(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        login_not_required(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("invitation/<str:jeton>/", views_invitation.invitation, name="invitation"),
    path("agir-pour/<int:pk>/", views.agir_pour, name="agir_pour"),
    path("journal/", views.journal, name="journal"),
    path("acces-api/", views_jetons.jetons, name="jetons"),
    path("acces-api/<int:pk>/revoquer/", views_jetons.revoquer, name="jeton_revoquer"),
    path("structure/", views.reglages, name="reglages"),
    path("structure/courriers/", views.entete, name="entete"),
    path("structure/integrations/", views_jetons.integrations, name="integrations"),
    path("structure/integrations/<int:pk>/renouveler/", views_jetons.renouveler, name="integration_renouveler"),
    path("structure/utilisateurs/", views.utilisateurs, name="utilisateurs"),
    path("structure/utilisateurs/<int:pk>/renvoyer/", views.renvoyer, name="invitation_renvoyer"),
    path("structure/utilisateurs/<int:pk>/retirer/", views.retirer, name="rattachement_retirer"),
]
