"""URL des marchés, de leurs lots et clauses, et des acheteurs."""

from __future__ import annotations

from django.urls import include, path

from marches.views import (
    acheteurs,
    attributions,
    avancement,
    clauses,
    creation,
    engagements,
    lots,
    manquements,
    marches,
    penalites,
)

app_name = "marches"
urlpatterns = [
    path("", marches.liste, name="liste"),
    path("avancement/", avancement.liste, name="avancement"),
    path("outils/", include("marches.urls_outils")),
    path("creer/", creation.creer, name="creer"),
    path("import-decp/", include("marches.urls_decp")),
    path("creer/seul/", creation.creer_seul, name="creer_seul"),
    path("<int:pk>/", marches.fiche, name="fiche"),
    path("<int:pk>/modifier/", marches.modifier, name="modifier"),
    path("<int:pk>/statut/", marches.statut, name="statut"),
    path("<int:pk>/lots/ajouter/", lots.creer, name="lot_creer"),
    path("lots/<int:pk>/modifier/", lots.modifier, name="lot_modifier"),
    path("lots/<int:pk>/attribuer/", attributions.attribuer, name="attribuer"),
    path("lots/<int:pk>/clauses/ajouter/", clauses.creer, name="clause_creer"),
    path("clauses/<int:pk>/modifier/", clauses.modifier, name="clause_modifier"),
    path("clauses/<int:pk>/objectif/", clauses.objectif, name="clause_objectif"),
    path("clauses/<int:pk>/montants/ajouter/", clauses.facture_creer, name="facture_creer"),
    path("engagements/<int:pk>/echeancier/", engagements.echeancier, name="echeancier"),
    path("engagements/<int:pk>/evenements/ajouter/", manquements.evenement_creer, name="evenement_creer"),
    path("engagements/<int:pk>/contact/", manquements.contact_noter, name="contact_noter"),
    path("engagements/<int:pk>/penalite/", manquements.proposer, name="penalite_proposer"),
    path("propositions/<int:pk>/", manquements.proposition, name="proposition"),
    path("propositions/<int:pk>/courrier/", manquements.decision_recue, name="decision_recue"),
    path("clauses/<int:pk>/penalites/ajouter/", penalites.creer, name="penalite_creer"),
    path("penalites/<int:pk>/modifier/", penalites.modifier, name="penalite_modifier"),
    path("penalites/<int:pk>/retirer/", penalites.retirer, name="penalite_retirer"),
    path("clauses/<int:pk>/engager/", engagements.engager, name="engager"),
    path("engagements/<int:pk>/", engagements.engagement, name="engagement"),
    path("engagements/<int:pk>/modifier/", engagements.modifier, name="engagement_modifier"),
    path("engagements/<int:pk>/grand-livre/", engagements.grand_livre_export, name="grand_livre_export"),
    path("engagements/<int:pk>/mouvements/ajouter/", engagements.mouvement_creer, name="mouvement_creer"),
    path("acheteurs/", acheteurs.liste, name="acheteurs"),
    path("acheteurs/creer/", acheteurs.creer, name="acheteur_creer"),
    path("acheteurs/choix/", acheteurs.choix, name="acheteurs_choix"),
    path("acheteurs/<int:pk>/", acheteurs.fiche, name="acheteur"),
    path("acheteurs/<int:pk>/inviter/", acheteurs.inviter, name="acheteur_inviter"),
    path("acheteurs/<int:pk>/modifier/", acheteurs.modifier, name="acheteur_modifier"),
]
