"""Contrats de travail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.annuaire import rendre_suggestions
from clauses.socle.formulaires import soumettre
from entreprises.models import Entreprise
from heures import actions, embauches
from heures.combinaisons import avertissements
from heures.forms.contrats import ContratForm, ContratModificationForm
from heures.models import ContratTravail
from heures.views.participants import participant_ou_404, rendre_formulaire
from marches.models import Engagement


@require_safe
def employeurs_choix(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_PERSONNES)
    return rendre_suggestions(request, Entreprise.objects.visibles_par(request.acteur))


def _avertir(request: RequeteActeur, contrat: ContratTravail, engagement: Engagement | None = None) -> None:
    inhabituels = avertissements(
        type_employeur=contrat.employeur.type_employeur,
        type_contrat=contrat.type_contrat,
        modalite=contrat.modalite,
    )
    notification = engagement.clause.lot.marche.date_notification if engagement else None
    for phrase in (*inhabituels, *embauches.du_contrat(contrat, par=request.acteur, notification=notification)):
        messages.warning(request, phrase)


def _engagement_vise(request: RequeteActeur) -> Engagement | None:
    """L’engagement dont on vient (`?engagement=`), s’il est dans le périmètre."""
    clef = request.GET.get("engagement", "")
    if not clef.isdecimal() or len(clef) > 18:
        return None
    return Engagement.objects.visibles_par(request.acteur).avec_marche().filter(pk=clef).first()


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Enregistre un contrat ; venu de la grille, on y revient avec sa ligne."""
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    engagement = _engagement_vise(request)
    initial = {"employeur": engagement.entreprise} if engagement else {}
    form = ContratForm(request.POST or None, initial=initial, acteur=request.acteur)
    if form.is_valid():
        contrat = soumettre(form, lambda: actions.creer_contrat(participant, **form.saisie(), par=request.acteur))
        if contrat is not None:
            messages.success(request, f"Contrat enregistré : {contrat}.")
            _avertir(request, contrat, engagement)
            return redirect(f"{engagement.get_absolute_url()}?contrat={contrat.pk}" if engagement else participant)
    return rendre_formulaire(
        request,
        form=form,
        titre="Enregistrer un contrat de travail",
        participant=participant,
        **({"annuler": engagement.get_absolute_url()} if engagement else {}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    contrat = get_object_or_404(
        ContratTravail.objects.visibles_par(request.acteur).select_related("participant", "employeur"), pk=pk
    )
    request.acteur.exiger(Droit.GERER_PERSONNES)
    form = ContratModificationForm(request.POST or None, instance=contrat, acteur=request.acteur)
    if form.is_valid():
        modifie = soumettre(form, lambda: actions.modifier_contrat(contrat, **form.saisie(), par=request.acteur))
        if modifie is not None:
            messages.success(request, "Contrat modifié.")
            _avertir(request, modifie)
            return redirect(contrat.participant)
    return rendre_formulaire(
        request, form=form, titre="Modifier le contrat de travail", participant=contrat.participant
    )
