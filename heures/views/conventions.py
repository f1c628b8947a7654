"""Les conventions de globalisation : liste, création, modification."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.models import EcritureJournal
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from entreprises.models import Entreprise
from heures import actions
from heures.forms.conventions import ConventionForm, ConventionModificationForm, EntrepriseForm
from heures.models import ConventionGlobalisation
from marches.models import Acheteur, Engagement


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    engagements = Engagement.objects.visibles_par(request.acteur).avec_marche()
    conventions = (
        ConventionGlobalisation.objects.visibles_par(request.acteur)
        .select_related("entreprise")
        .prefetch_related(
            Prefetch("engagements", queryset=engagements, to_attr="engagements_lus"),
            Prefetch("signataires", Acheteur.objects.visibles_par(request.acteur), to_attr="signataires_lus"),
        )
    )
    return render(request, "heures/conventions.html", {"conventions": conventions, "jour": timezone.localdate()})


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    """Choisit d’abord l’entreprise (`?entreprise=`), puis ce que la convention relie."""
    request.acteur.exiger(Droit.GERER_MARCHES)
    choix = EntrepriseForm(request.GET or None, acteur=request.acteur)
    if not choix.is_valid():
        return render(request, "heures/convention_entreprise.html", {"form": choix})
    entreprise: Entreprise = choix.cleaned_data["entreprise"]
    form = ConventionForm(request.POST or None, acteur=request.acteur, entreprise=entreprise)
    if form.is_valid():
        faite = soumettre(
            form, lambda: actions.creer_convention(entreprise=entreprise, **form.saisie(), par=request.acteur)
        )
        if faite is not None:
            messages.success(request, f"{faite} enregistrée.")
            _avertir(request, form)
            return redirect("heures:conventions")
    return _page(request, form, "Enregistrer une convention", entreprise)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    visibles = ConventionGlobalisation.objects.visibles_par(request.acteur).select_related("entreprise")
    convention = get_object_or_404(visibles, pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    titre, entreprise = f"Modifier la convention {convention.reference}", convention.entreprise
    form = ConventionModificationForm(
        request.POST or None, instance=convention, acteur=request.acteur, entreprise=entreprise
    )
    if form.is_valid():
        faite = soumettre(form, lambda: actions.modifier_convention(convention, **form.saisie(), par=request.acteur))
        if faite is not None:
            messages.success(request, "Modifications enregistrées.")
            _avertir(request, form)
            return redirect("heures:conventions")
    ecritures = EcritureJournal.objects.visibles_par(request.acteur).sur(convention)
    return _page(request, form, titre, entreprise, journal=ecritures.select_related("inscrite_par")[:20])


def _avertir(request: RequeteActeur, form: Any) -> None:
    """Un acheteur qui n’a pas signé : la convention ne vaut pas pour son marché."""
    saisie = form.cleaned_data
    acheteurs = {str(e.clause.lot.marche.acheteur) for e in saisie["engagements"]}
    manquants = sorted(acheteurs - {str(acheteur) for acheteur in saisie["signataires"]})
    if manquants:
        messages.warning(
            request,
            f"Sans la signature de {', '.join(manquants)}, aucune heure d’un autre marché ne peut venir sur le sien.",
        )


def _page(request: RequeteActeur, form: Any, titre: str, entreprise: Entreprise, journal: Any = None) -> HttpResponse:
    contexte = {
        "form": form,
        "titre": titre,
        "entreprise": entreprise,
        "nombre": form.fields["engagements"].queryset.count(),
        "journal": journal,
    }
    return render(request, "heures/convention.html", contexte)
