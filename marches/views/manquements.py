"""La suite donnée à un engagement : noter une étape, proposer une pénalité, décider."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from clauses.socle.retour import revenir
from marches import actions, manquements
from marches.enums import NatureEvenement
from marches.forms.manquements import (
    DecisionForm,
    DecisionRecueForm,
    EchangeForm,
    EvenementForm,
    PropositionForm,
)
from marches.models import Engagement, PropositionPenalite


def _engagement(request: RequeteActeur, pk: int) -> Engagement:
    engagement: Engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    return engagement


@require_http_methods(["GET", "HEAD", "POST"])
def evenement_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    engagement = _engagement(request, pk)
    initial = {"date": timezone.localdate(), "nature": request.GET.get("nature")}
    form = EvenementForm(request.POST or None, initial=initial)
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.noter_evenement(engagement, **form.cleaned_data, par=request.acteur))
        is not None
    ):
        messages.success(request, "L’étape est notée.")
        return redirect("marches:engagement", pk)
    contexte = {"form": form, "engagement": engagement, "marche": engagement.clause.lot.marche}
    return render(request, "marches/evenement.html", contexte)


@require_POST
def contact_noter(request: RequeteActeur, pk: int) -> HttpResponse:
    """Un appel ou un échange d’aujourd’hui, d’un clic ; la note est facultative."""
    engagement = _engagement(request, pk)
    form = EchangeForm(request.POST)
    if form.is_valid():
        jour, note = timezone.localdate(), form.cleaned_data["texte"]
        actions.noter_evenement(engagement, nature=NatureEvenement.CONTACT, date=jour, texte=note, par=request.acteur)
        messages.success(request, f"{engagement.entreprise}\u00a0: appel noté au {jour:%d/%m/%Y}.")
    else:
        messages.error(request, " ".join(message for _, _, message in form.refus))
    return revenir(request, reverse("marches:engagement", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def proposer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Montre le calcul à ce jour ; envoyé, il devient la proposition que l’acheteur lira."""
    engagement, jour = _engagement(request, pk), timezone.localdate()
    form = PropositionForm(request.POST or None)
    constats = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if constats and "proposer" in request.POST:
        proposition = soumettre(
            form, lambda: actions.proposer_penalite(engagement, au=jour, **constats, par=request.acteur)
        )
        if proposition is not None:
            messages.success(request, f"La pénalité est proposée à {engagement.clause.lot.marche.acheteur}.")
            return redirect("marches:proposition", proposition.pk)
    calcul = manquements.calculer_pour(engagement, au=jour, par=request.acteur, **constats)
    contexte = {
        "form": form,
        "engagement": engagement,
        "marche": engagement.clause.lot.marche,
        "calcul": calcul,
        "delai": manquements.refus_de_delai(engagement, calcul, au=jour, par=request.acteur),
        "jour": jour,
    }
    return render(request, "marches/proposer.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def proposition(request: RequeteActeur, pk: int) -> HttpResponse:
    """Le calcul proposé ; l’acheteur y décide."""
    visibles = PropositionPenalite.objects.visibles_par(request.acteur).select_related(
        "engagement__entreprise", "engagement__clause__lot__marche__acheteur", "decidee_par", "proposee_par"
    )
    lue: PropositionPenalite = get_object_or_404(visibles, pk=pk)
    if request.method == "POST":
        request.acteur.exiger(Droit.DECIDER_PENALITE)
    form = DecisionForm(request.POST or None, initial={"version": lue.version})
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.decider_penalite(lue, **form.cleaned_data, par=request.acteur)) is not None
    ):
        messages.success(request, "La décision est enregistrée.")
        return redirect("marches:proposition", pk)
    contexte = {
        "proposition": lue,
        "engagement": lue.engagement,
        "marche": lue.engagement.clause.lot.marche,
        "form": form,
        "decidable": lue.decidee_le is None and request.acteur.peut(Droit.DECIDER_PENALITE),
    }
    return render(request, "marches/proposition.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_recue(request: RequeteActeur, pk: int) -> HttpResponse:
    """Inscrire la décision qu’un acheteur a envoyée par courrier."""
    visibles = PropositionPenalite.objects.visibles_par(request.acteur).select_related(
        "engagement__entreprise", "engagement__clause__lot__marche__acheteur"
    )
    lue: PropositionPenalite = get_object_or_404(visibles, pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = DecisionRecueForm(request.POST or None, initial={"version": lue.version})
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.inscrire_decision_recue(lue, **form.cleaned_data, par=request.acteur))
        is not None
    ):
        messages.success(request, "La décision reçue par courrier est inscrite.")
        return redirect("marches:proposition", pk)
    contexte = {
        "form": form,
        "proposition": lue,
        "engagement": lue.engagement,
        "marche": lue.engagement.clause.lot.marche,
    }
    return render(request, "marches/decision_recue.html", contexte)
