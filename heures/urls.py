"""URL des heures, des participants et de leurs contrats."""

from __future__ import annotations

from django.urls import path

from heures.views import ajout, contrats, demandes, entrees, grille, imports, lignes, modele, modeles, participants

app_name = "heures"
urlpatterns = [
    path("", grille.engagements, name="engagements"),
    path("mois/", grille.mois, name="mois"),
    path("entreprises/<int:pk>/", grille.entreprise, name="grille_entreprise"),
    path("cellule/", lignes.cellule, name="cellule"),
    path("<int:pk>/", grille.grille, name="grille"),
    path("<int:pk>/valider/", lignes.valider_mois, name="valider_mois"),
    path("<int:pk>/neant/", lignes.neant, name="neant"),
    path("<int:pk>/envois/", demandes.envois, name="envois"),
    path("demandes/", demandes.demandes, name="demandes"),
    path("demandes/envoyer/", demandes.envoyer, name="demandes_envoyer"),
    path("demandes/<int:pk>/revoquer/", demandes.revoquer, name="demande_revoquer"),
    path("demandes/<int:pk>/renouveler/", demandes.renouveler, name="demande_renouveler"),
    path("courriels/", modeles.modeles, name="modeles"),
    path("courriels/<str:nature>/", modeles.modele, name="modele"),
    path("courriels/<str:nature>/origine/", modeles.origine, name="modele_origine"),
    path("envois/<int:pk>/renvoyer/", demandes.renvoyer, name="envoi_renvoyer"),
    path("<int:pk>/personne/", ajout.chercher, name="grille_ajouter"),
    path("<int:pk>/personne/nouvelle/", ajout.nouvelle, name="grille_nouvelle"),
    path("<int:pk>/personne/contrat/", ajout.contrat, name="grille_contrat"),
    path("<int:pk>/modele/", modele.modele, name="modele_releve"),
    path("importer/", imports.televerser, name="importer"),
    path("importer/<str:jeton>/", imports.apercu, name="import_apercu"),
    path("importer/<str:jeton>/colonnes/", imports.colonnes, name="import_colonnes"),
    path("importer/<str:jeton>/rapport/", imports.rapport_xlsx, name="import_rapport"),
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
