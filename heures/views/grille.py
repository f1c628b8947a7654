"""La liste des engagements à saisir et la grille mensuelle."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.listes import rendre_liste
from clauses.socle.mois import ajouter_mois
from heures import lecture_grille
from heures.attendus import avec_mois_manquants
from heures.enums import TypeHeures
from heures.exports import COLONNES_ENGAGEMENTS
from heures.filters import EngagementFilter
from heures.forms.grille import VueForm
from heures.grille import Bornes, Grille
from heures.models import Participant
from heures.tables import EngagementTable
from marches.models import Engagement


@require_safe
def engagements(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    jour = timezone.localdate()
    visibles = Engagement.objects.visibles_par(request.acteur).avec_marche().avec_avancement(au=jour)
    filtre = EngagementFilter(
        request.GET, queryset=avec_mois_manquants(visibles, le=jour, par=request.acteur), request=request
    )
    return rendre_liste(
        request,
        filtre=filtre,
        table=EngagementTable,
        gabarit="heures/engagements.html",
        colonnes=COLONNES_ENGAGEMENTS,
        nom="engagements",
    )


@require_safe
def grille(request: RequeteActeur, pk: int) -> HttpResponse:
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    vue = _vue_demandee(request)
    jour = timezone.localdate()
    annee = vue.cleaned_data["annee"] or Bornes(engagement.debut, engagement.fin, jour).annee_par_defaut
    lue = lecture_grille.lire(
        engagement,
        annee=annee,
        type_heures=TypeHeures(vue.cleaned_data["type"] or TypeHeures.TRAVAIL),
        ajoutes=vue.cleaned_data["contrat"],
        le=jour,
        par=request.acteur,
    )
    _journaliser(request, engagement, lue)
    contexte = {
        "engagement": engagement,
        "marche": engagement.clause.lot.marche,
        "grille": lue,
        "resume": lecture_grille.resume(engagement, le=jour, par=request.acteur),
        "types": TypeHeures,
        "annee_avant": annee - 1 if engagement.debut is None or engagement.debut.year < annee else None,
        "annee_apres": annee + 1 if annee < jour.year else None,
        "retour": request.GET.urlencode(),
        "mois_du_modele": f"{ajouter_mois(jour, -1):%Y-%m}",
        "cookie_du_jeton": settings.CSRF_COOKIE_NAME,
    }
    return render(request, "heures/grille.html", contexte)


def _vue_demandee(request: RequeteActeur) -> VueForm:
    vue = VueForm(request.GET)
    if not vue.is_valid():
        raise BadRequest("Cette adresse de grille n’est pas lisible : l’année, le type ou un contrat y est faux.")
    return vue


def _journaliser(request: RequeteActeur, engagement: Engagement, lue: Grille) -> None:
    if lue.lignes:
        journaliser_lecture(
            par=request.acteur,
            action="ouvrir la grille d’heures",
            modele=Participant,
            nombre=len({ligne.contrat.participant_id for ligne in lue.lignes}),
            filtre=f"engagement {engagement.pk}, {lue.annee}",
        )
