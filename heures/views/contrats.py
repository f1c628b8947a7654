"""Contrats de travail, et l’ajout d’une personne à la grille."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.annuaire import rendre_suggestions
from clauses.socle.formulaires import soumettre
from entreprises.models import Entreprise
from heures import actions, embauches
from heures.combinaisons import avertissements
from heures.forms.contrats import ContratForm, ContratModificationForm, RechercheForm
from heures.models import ContratTravail, Participant
from heures.views.participants import participant_ou_404, rendre_formulaire
from marches.models import Engagement

TROUVES_MAX = 20


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


@require_safe
def ajouter_a_la_grille(request: RequeteActeur, pk: int) -> HttpResponse:
    """Cherche une personne : ses contrats s’ajoutent à la grille, ou l’on en enregistre un, ou une fiche neuve."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    form = RechercheForm(request.GET or None)
    trouves: list[Participant] = []
    if form.is_valid():
        contrats = ContratTravail.objects.visibles_par(request.acteur).select_related("employeur")
        trouves = list(
            Participant.objects.visibles_par(request.acteur)
            .cherche(form.cleaned_data["q"])
            .prefetch_related(Prefetch("contrats", queryset=contrats, to_attr="contrats_lus"))[:TROUVES_MAX]
        )
        journaliser_lecture(
            par=request.acteur, action="chercher une personne pour la grille", modele=Participant, nombre=len(trouves)
        )
    contexte = {
        "engagement": engagement,
        "form": form,
        "trouves": trouves,
        "a_cherche": form.is_bound and form.is_valid(),
        "complet": len(trouves) < TROUVES_MAX,
        "nouvelle": f"{reverse('heures:participant_creer')}?engagement={engagement.pk}",
    }
    return render(request, "heures/ajouter.html", contexte)
