"""Liste des marchés, fiche, modification, statut."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import rendre_liste
from marches import actions
from marches.avancement import avancement_du_marche
from marches.exports import COLONNES_MARCHES, lignes_marches
from marches.fiches import journal_du_marche, lots_du_marche, onglets
from marches.filters import MarcheFilter
from marches.forms.marches import MarcheForm, StatutForm
from marches.historique import historique
from marches.models import Marche
from marches.tables import MarcheTable


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_MARCHES)
    marches = Marche.objects.visibles_par(request.acteur).select_related("acheteur")
    marches = marches.avec_avancement(au=timezone.localdate(), pour=request.acteur)
    return rendre_liste(
        request,
        filtre=MarcheFilter(request.GET, queryset=marches, request=request),
        table=MarcheTable,
        gabarit="marches/liste.html",
        colonnes=COLONNES_MARCHES,
        lignes=lignes_marches,
        nom="marches",
    )


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    au, acteur = timezone.localdate(), request.acteur
    marches = Marche.objects.visibles_par(acteur).select_related("acheteur", "operation", "facilitateur")
    marche = get_object_or_404(marches.avec_avancement(au=au, pour=acteur), pk=pk)
    ouverts = onglets(acteur)
    onglet = request.GET.get("onglet", "")
    onglet = onglet if onglet in ouverts else "resume"
    lots = lots_du_marche(marche, acteur=acteur, au=au)
    contexte = {
        "marche": marche,
        "avancement": avancement_du_marche(marche, au=au),
        "lots": lots,
        "journal": journal_du_marche(marche, lots, acteur=acteur) if onglet == "journal" else [],
        "historique": historique(marche, acteur=acteur) if onglet == "resume" else [],
        "onglets": ouverts,
        "onglet": onglet,
        "gabarit": f"marches/_{onglet}.html",
        "statut": StatutForm(initial={"statut": marche.statut, "version": marche.version}),
        "au": au,
    }
    return render(request, "marches/fiche.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    marche = get_object_or_404(Marche.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    titre = f"Modifier le marché {marche.reference}"
    form = MarcheForm(request.POST or None, instance=marche, acteur=request.acteur)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_marche(marche, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(marche)
    return render(request, "marches/formulaire.html", {"form": form, "titre": titre, "marche": marche})


@require_POST
def statut(request: RequeteActeur, pk: int) -> HttpResponse:
    marche = get_object_or_404(Marche.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = StatutForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Ce statut de marché n’existe pas.")
        return redirect(marche)
    try:
        change = actions.changer_statut(marche, **form.cleaned_data, par=request.acteur)
        messages.success(request, f"Le marché est maintenant « {change.get_statut_display()} ».")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect(marche)
