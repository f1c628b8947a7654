"""URL des heures, des participants et de leurs contrats."""

from __future__ import annotations

from django.urls import path

from heures.views import contrats, grille, lignes, participants

app_name = "heures"
urlpatterns = [
    path("", grille.engagements, name="engagements"),
    path("cellule/", lignes.cellule, name="cellule"),
    path("<int:pk>/", grille.grille, name="grille"),
    path("<int:pk>/valider/", lignes.valider_mois, name="valider_mois"),
    path("<int:pk>/neant/", lignes.neant, name="neant"),
    path("<int:pk>/personne/", contrats.ajouter_a_la_grille, name="grille_ajouter"),
    path("lignes/<int:pk>/refuser/", lignes.refuser, name="refuser_ligne"),
    path("lignes/<int:pk>/rectifier/", lignes.rectifier, name="rectifier_ligne"),
    path("participants/", participants.liste, name="participants"),
    path("participants/creer/", participants.creer, name="participant_creer"),
    path("participants/<int:pk>/", participants.fiche, name="participant"),
    path("participants/<int:pk>/modifier/", participants.modifier, name="participant_modifier"),
    path("participants/<int:pk>/entrees/ajouter/", participants.entree_creer, name="entree_creer"),
    path("participants/<int:pk>/prolonger/", participants.prolonger, name="prolonger"),
    path("participants/<int:pk>/sorties/ajouter/", participants.sortie_creer, name="sortie_creer"),
    path("participants/<int:pk>/contrats/ajouter/", contrats.creer, name="contrat_creer"),
    path("entrees/<int:pk>/corriger/", participants.entree_corriger, name="entree_corriger"),
    path("entrees/<int:pk>/viser/", participants.viser, name="viser"),
    path("contrats/<int:pk>/modifier/", contrats.modifier, name="contrat_modifier"),
]
