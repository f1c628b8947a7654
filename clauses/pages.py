"""Pages d’assemblage : accueil et formulaire périmé."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans.views import agregats
from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from heures import a_faire
from heures.annee import annee, derniere_saisie
from heures.forms.portee import PorteeForm
from heures.models import Participant
from heures.taches import regarder
from marches.avancement import Avancement
from marches.enums import StatutPenalite
from marches.models import Engagement, PropositionPenalite


@require_safe
def accueil(request: RequeteActeur) -> HttpResponse:
    """Un agent voit ce qui l’attend ; un acheteur ou une entreprise, ses engagements ; un financeur, ses agrégats."""
    if not request.acteur.est_de_la_structure:
        if request.acteur.peut(Droit.CONSULTER_AGREGATS):
            return agregats.page(request)
        partage = {"engagements": avancements(request.acteur), "decisions": decisions_attendues(request.acteur)}
        return render(request, "accueil_partenaire.html", partage)
    jour, form = timezone.localdate(), PorteeForm(request.GET, acteur=request.acteur)
    if not form.is_valid():
        raise BadRequest("Ces filtres ne sont pas lisibles : les choisir dans les listes de l’accueil.")
    portee, ouverte = form.portee(), form.cleaned_data["ouverte"]
    rubriques = a_faire.toutes(regarder(request.acteur, le=jour, portee=portee, ouverte=ouverte))
    nommees = sum(len(rubrique.taches) for rubrique in rubriques if rubrique.est_nominative)
    journaliser_lecture(par=request.acteur, action="consulter l’accueil", modele=Participant, nombre=nommees)
    contexte = {
        "premiere": rubriques[0],
        "pleines": [rubrique for rubrique in rubriques[1:] if rubrique.nombre],
        "vides": [rubrique for rubrique in rubriques[1:] if not rubrique.nombre],
        "annee": annee(request.acteur, le=jour, portee=portee),
        "derniere": derniere_saisie(request.acteur),
        "jour": jour,
        "form": form,
        "portee": portee,
        "ouverte": ouverte,
        "moi": request.acteur.utilisateur_id if request.acteur.peut(Droit.GERER_MARCHES) else None,
        "est_a_moi": portee.facilitateur is not None and portee.facilitateur.pk == request.acteur.utilisateur_id,
        "retour": request.get_full_path(),
    }
    return render(request, "accueil.html", contexte)


def avancements(acteur: Acteur) -> list[tuple[Engagement, Avancement]]:
    """Engagements ouverts de l’acteur, chacun avec son avancement du jour."""
    jour = timezone.localdate()
    engagements = Engagement.objects.visibles_par(acteur).ouverts().avec_marche().avec_avancement(au=jour)
    return [(engagement, engagement.avancement(au=jour)) for engagement in engagements]


def decisions_attendues(acteur: Acteur) -> QuerySet[PropositionPenalite]:
    """Pénalités proposées, en attente d’une décision : l’acheteur les tranche, l’entreprise les connaît."""
    propositions = PropositionPenalite.objects.visibles_par(acteur).filter(statut=StatutPenalite.PROPOSEE)
    attendues: QuerySet[PropositionPenalite] = propositions.select_related(
        "engagement__entreprise", "engagement__clause__lot__marche"
    )
    return attendues


def jeton_perime(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Formulaire envoyé sans jeton valable : session expirée, ou page ouverte depuis trop longtemps."""
    return render(request, "403_jeton.html", status=403)


def trop_d_essais(request: HttpRequest) -> HttpResponse:
    """Limite d’essais atteinte (connexion, mot de passe oublié)."""
    reponse = render(request, "429.html", status=429)
    reponse["Retry-After"] = "300"
    return reponse
