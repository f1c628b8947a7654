"""URL des heures, des participants et de leurs contrats."""

from __future__ import annotations

from django.urls import path

from heures.views import contrats, conventions, doublons, entrees, grille, lignes, participants, suivi

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
    path("conventions/", conventions.liste, name="conventions"),
    path("conventions/creer/", conventions.creer, name="convention_creer"),
    path("conventions/<int:pk>/modifier/", conventions.modifier, name="convention_modifier"),
    path("participants/", participants.liste, name="participants"),
    path("participants/creer/", participants.creer, name="participant_creer"),
    path("participants/<int:pk>/", participants.fiche, name="participant"),
    path("participants/<int:pk>/modifier/", participants.modifier, name="participant_modifier"),
    path("participants/<int:pk>/entrees/ajouter/", entrees.creer, name="entree_creer"),
    path("participants/<int:pk>/prolonger/", participants.prolonger, name="prolonger"),
    path("participants/<int:pk>/sorties/ajouter/", participants.sortie_creer, name="sortie_creer"),
    path("participants/suivi/eligibilites/", suivi.eligibilites, name="suivi_eligibilites"),
    path("participants/suivi/pieces/", suivi.pieces, name="suivi_pieces"),
    path("participants/suivi/visas/", suivi.visas, name="suivi_visas"),
    path("participants/suivi/devenirs/", suivi.devenirs, name="suivi_devenirs"),
    path("sorties/<int:pk>/devenir/", suivi.devenir, name="devenir"),
    path("participants/doublons/", doublons.liste, name="doublons"),
    path("participants/<int:pk>/fusionner/", doublons.fusionner, name="fusionner"),
    path("participants/<int:pk>/deux-personnes/", doublons.deux_personnes, name="deux_personnes"),
    path("fusions/<int:pk>/defaire/", doublons.defaire, name="fusion_defaire"),
    path("sorties/<int:pk>/retirer/", participants.sortie_retirer, name="sortie_retirer"),
    path("sorties/<int:pk>/completer/", participants.sortie_modifier, name="sortie_modifier"),
    path("participants/<int:pk>/contrats/ajouter/", contrats.creer, name="contrat_creer"),
    path("entrees/<int:pk>/corriger/", entrees.corriger, name="entree_corriger"),
    path("entrees/<int:pk>/viser/", entrees.viser, name="viser"),
    path("employeurs/choix/", contrats.employeurs_choix, name="employeurs_choix"),
    path("contrats/<int:pk>/modifier/", contrats.modifier, name="contrat_modifier"),
]
