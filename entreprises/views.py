"""Pages de l’annuaire des entreprises."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.models import EcritureJournal
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.annuaire import Annuaire, rendre_formulaire, rendre_suggestions
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import rendre_liste
from entreprises import actions
from entreprises.exports import COLONNES_ENTREPRISES
from entreprises.fiches import contrats_en_cours, engagements_de
from entreprises.filters import EntrepriseFilter
from entreprises.forms import EntrepriseForm, EntrepriseModificationForm
from entreprises.models import Entreprise
from entreprises.tables import EntrepriseTable

ANNUAIRE = Annuaire("Entreprises", "entreprises:liste")


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    filtre = EntrepriseFilter(request.GET, queryset=Entreprise.objects.visibles_par(request.acteur), request=request)
    return rendre_liste(
        request,
        filtre=filtre,
        table=EntrepriseTable,
        gabarit="entreprises/liste.html",
        colonnes=COLONNES_ENTREPRISES,
        nom="entreprises",
    )


@require_safe
def choix(request: RequeteActeur) -> HttpResponse:
    """Suggestions d’entreprises, au fil de la frappe."""
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    return rendre_suggestions(request, Entreprise.objects.visibles_par(request.acteur))


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    au = timezone.localdate()
    contexte = {
        "entreprise": entreprise,
        "engagements": engagements_de(entreprise, acteur=request.acteur, au=au),
        "contrats": contrats_en_cours(entreprise, acteur=request.acteur, au=au),
        "journal": EcritureJournal.objects.visibles_par(request.acteur)
        .sur(entreprise)
        .select_related("inscrite_par")[:20],
        "au": au,
    }
    return render(request, "entreprises/fiche.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    form = EntrepriseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        entreprise = soumettre(form, lambda: actions.creer_entreprise(**form.saisie(), par=request.acteur))
        if entreprise is not None:
            messages.success(request, f"{entreprise} est dans l’annuaire.")
            return redirect(entreprise)
    visibles = Entreprise.objects.visibles_par(request.acteur)
    return rendre_formulaire(request, form, titre="Ajouter une entreprise", fiches=visibles, annuaire=ANNUAIRE)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    titre = f"Modifier {entreprise}"
    form = EntrepriseModificationForm(request.POST or None, instance=entreprise)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_entreprise(entreprise, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(entreprise)
    return rendre_formulaire(request, form, titre=titre, annuaire=ANNUAIRE)
