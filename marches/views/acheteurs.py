"""Annuaire des acheteurs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from clauses.comptes.acces import acces_de
from clauses.comptes.acteurs import Droit
from clauses.comptes.models import EcritureJournal
from clauses.comptes.requetes import RequeteActeur
from clauses.comptes.views import rendre_invitation
from clauses.socle.annuaire import Annuaire, rendre_formulaire, rendre_suggestions
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import PAR_PAGE, rendre_liste
from entreprises.ajout import choisie, rechercher
from marches import actions
from marches.exports import COLONNES_ACHETEURS
from marches.filters import AcheteurFilter
from marches.forms.acheteurs import AcheteurForm, AcheteurModificationForm
from marches.models import Acheteur, Marche
from marches.tables import AcheteurTable, MarcheTable

ANNUAIRE = Annuaire("Acheteurs", "marches:acheteurs")


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    acheteurs = Acheteur.objects.visibles_par(request.acteur)
    acheteurs = acheteurs.avec_nombre_marches(Marche.objects.visibles_par(request.acteur))
    return rendre_liste(
        request,
        filtre=AcheteurFilter(request.GET, queryset=acheteurs, request=request),
        table=AcheteurTable,
        gabarit="marches/acheteurs.html",
        colonnes=COLONNES_ACHETEURS,
        nom="acheteurs",
    )


@require_safe
def choix(request: RequeteActeur) -> HttpResponse:
    """Suggestions d’acheteurs, au fil de la frappe."""
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    return rendre_suggestions(request, Acheteur.objects.visibles_par(request.acteur))


@require_http_methods(["GET", "HEAD", "POST"])
def inviter(request: RequeteActeur, pk: int) -> HttpResponse:
    acheteur = get_object_or_404(Acheteur.objects.visibles_par(request.acteur), pk=pk)
    return rendre_invitation(request, acheteur, retour=acheteur.get_absolute_url(), acheteur_id=acheteur.pk)


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    acheteur = get_object_or_404(Acheteur.objects.visibles_par(request.acteur), pk=pk)
    marches = Marche.objects.visibles_par(request.acteur).filter(acheteur=acheteur).select_related("acheteur")
    marches = marches.avec_avancement(au=timezone.localdate(), pour=request.acteur)
    table = MarcheTable(marches, request=request, sans_acheteur=True)
    RequestConfig(request, paginate={"per_page": PAR_PAGE}).configure(table)
    journal = EcritureJournal.objects.visibles_par(request.acteur).sur(acheteur).select_related("inscrite_par")[:20]
    contexte = {
        "acheteur": acheteur,
        "table": table,
        "total": table.paginator.count,
        "acces": acces_de(request.acteur, acheteur_id=acheteur.pk),
        "journal": journal,
    }
    return render(request, "marches/acheteur.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    initiales = choisie(request.GET, siret="siret", nom="nom", commune_insee="commune")
    form = AcheteurForm(request.POST or None, initial=initiales)
    if request.method == "POST" and form.is_valid():
        acheteur = soumettre(form, lambda: actions.creer_acheteur(**form.saisie(), par=request.acteur))
        if acheteur is not None:
            messages.success(request, f"{acheteur} est dans l’annuaire.")
            return redirect(acheteur)
    visibles = Acheteur.objects.visibles_par(request.acteur)
    return rendre_formulaire(
        request,
        form,
        titre="Ajouter un acheteur",
        fiches=visibles,
        annuaire=ANNUAIRE,
        recherche=rechercher(request.GET, visibles),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    acheteur = get_object_or_404(Acheteur.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    titre = f"Modifier {acheteur}"
    form = AcheteurModificationForm(request.POST or None, instance=acheteur)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_acheteur(acheteur, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(acheteur)
    return rendre_formulaire(request, form, titre=titre, annuaire=ANNUAIRE)
