"""L’entrée en clause : photographier le profil, le corriger par une nouvelle version, le viser."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from heures import actions
from heures.forms.entrees import CorrectionForm, EntreeForm, depart
from heures.lecture_fiche import avec_criteres
from heures.models import EntreeClause
from heures.suivi import ONGLETS
from heures.views.participants import participant_ou_404, rendre_formulaire
from heures.views.retours import suite

IMMUABLE = "L’entrée photographie le profil de ce jour-là : ensuite elle se corrige par une nouvelle version, tracée."


def entree_ou_404(request: RequeteActeur, pk: int) -> EntreeClause:
    entrees = avec_criteres(EntreeClause.objects.visibles_par(request.acteur), request.acteur)
    entree: EntreeClause = get_object_or_404(entrees.select_related("participant"), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    return entree


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur, pk: int) -> HttpResponse:
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    initial = depart(
        commune=participant.commune_insee, est_plie=participant.est_participant_plie, le=timezone.localdate()
    )
    form = EntreeForm(request.POST or None, initial=initial)
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.enregistrer_entree(participant, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Entrée en clause enregistrée.")
        return redirect(participant)
    return rendre_formulaire(
        request, form=form, titre="Enregistrer une entrée en clause", participant=participant, aide=IMMUABLE
    )


@require_http_methods(["GET", "HEAD", "POST"])
def corriger(request: RequeteActeur, pk: int) -> HttpResponse:
    entree = entree_ou_404(request, pk)
    # Venue du suivi, la correction note une pièce : sa raison est déjà connue.
    form = CorrectionForm(
        request.POST or None, entree=entree, motif="Pièce vue" if request.GET.get("suivi") in ONGLETS else ""
    )
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.corriger_entree(entree, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Correction enregistrée : le visa est à redonner.")
        return redirect(entree.participant)
    return rendre_formulaire(
        request, form=form, titre="Corriger l’entrée en clause", participant=entree.participant, aide=IMMUABLE
    )


@require_POST
def viser(request: RequeteActeur, pk: int) -> HttpResponse:
    entree = entree_ou_404(request, pk)
    try:
        actions.viser_entree(entree, par=request.acteur)
        messages.success(request, f"Visa posé : {entree.participant}.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return suite(request, entree.participant)
