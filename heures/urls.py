"""URL des heures, des participants et de leurs contrats."""

from __future__ import annotations

from django.urls import path

from heures.views import attentes, contrats, demandes, entrees, grille, lignes, modeles, participants, reception

app_name = "heures"
urlpatterns = [
    path("", grille.engagements, name="engagements"),
    path("cellule/", lignes.cellule, name="cellule"),
    path("<int:pk>/", grille.grille, name="grille"),
    path("<int:pk>/valider/", lignes.valider_mois, name="valider_mois"),
    path("<int:pk>/neant/", lignes.neant, name="neant"),
    path("<int:pk>/envois/", demandes.envois, name="envois"),
    path("<int:pk>/personne/", contrats.ajouter_a_la_grille, name="grille_ajouter"),
    path("reception/", reception.boite, name="reception"),
    path("reception/accepter/", reception.accepter, name="reception_accepter"),
    path("releves/<int:pk>/", reception.releve, name="releve"),
    path("releves/<int:pk>/accepter/", reception.accepter_releve, name="releve_accepter"),
    path("releves/<int:pk>/completer/", reception.completer, name="releve_completer"),
    path("releves/<int:pk>/rouvrir/", reception.rouvrir, name="releve_rouvrir"),
    path("lignes/<int:pk>/accepter/", reception.accepter_ligne, name="accepter_ligne"),
    path("lignes/<int:pk>/renvoyer/", reception.refuser_ligne, name="renvoyer_ligne"),
    path("attentes/<int:pk>/", attentes.attente, name="attente"),
    path("attentes/<int:pk>/reprendre/", attentes.reprendre, name="attente_reprendre"),
    path("attentes/<int:pk>/ouvrir/", attentes.ouvrir, name="attente_ouvrir"),
    path("attentes/<int:pk>/refuser/", attentes.refuser, name="attente_refuser"),
    path("demandes/", demandes.demandes, name="demandes"),
    path("demandes/envoyer/", demandes.envoyer, name="demandes_envoyer"),
    path("demandes/<int:pk>/revoquer/", demandes.revoquer, name="demande_revoquer"),
    path("demandes/<int:pk>/renouveler/", demandes.renouveler, name="demande_renouveler"),
    path("courriels/", modeles.modeles, name="modeles"),
    path("courriels/<str:nature>/", modeles.modele, name="modele"),
    path("courriels/<str:nature>/origine/", modeles.origine, name="modele_origine"),
    path("envois/<int:pk>/renvoyer/", demandes.renvoyer, name="envoi_renvoyer"),
    path("lignes/<int:pk>/refuser/", lignes.refuser, name="refuser_ligne"),
    path("lignes/<int:pk>/rectifier/", lignes.rectifier, name="rectifier_ligne"),
    path("participants/", participants.liste, name="participants"),
    path("participants/creer/", participants.creer, name="participant_creer"),
    path("participants/<int:pk>/", participants.fiche, name="participant"),
    path("participants/<int:pk>/modifier/", participants.modifier, name="participant_modifier"),
    path("participants/<int:pk>/entrees/ajouter/", entrees.creer, name="entree_creer"),
    path("participants/<int:pk>/prolonger/", participants.prolonger, name="prolonger"),
    path("participants/<int:pk>/sorties/ajouter/", participants.sortie_creer, name="sortie_creer"),
    path("sorties/<int:pk>/completer/", participants.sortie_modifier, name="sortie_modifier"),
    path("participants/<int:pk>/contrats/ajouter/", contrats.creer, name="contrat_creer"),
    path("entrees/<int:pk>/corriger/", entrees.corriger, name="entree_corriger"),
    path("entrees/<int:pk>/viser/", entrees.viser, name="viser"),
    path("employeurs/choix/", contrats.employeurs_choix, name="employeurs_choix"),
    path("contrats/<int:pk>/modifier/", contrats.modifier, name="contrat_modifier"),
]
