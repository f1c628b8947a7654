"""Engagements d’heures et leur grand livre."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Acteur, Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.exports import Feuille
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import repondre_xlsx
from marches import actions
from marches.dates import date_choisie
from marches.exports import COLONNES_GRAND_LIVRE, lignes_grand_livre
from marches.forms.creation import NouvelEngagement
from marches.forms.echeancier import EcheancierForm
from marches.forms.engagements import EngagementModificationForm, MouvementForm
from marches.manquements import suite
from marches.models import Attribution, Clause, Engagement
from marches.suivi import grand_livre, suivre


def proposition(clause: Clause, *, acteur: Acteur) -> dict[str, Any]:
    """Ce que l’on propose d’emblée : la date de notification, et l’attributaire s’il n’y en a qu’un à engager."""
    marche = clause.lot.marche
    a_engager = Attribution.objects.visibles_par(acteur).filter(lot=clause.lot).select_related("entreprise")
    restantes = list(a_engager.exclude(entreprise__engagements__clause=clause)[:2])
    propose: dict[str, Any] = {"date": marche.date_notification or marche.date_debut or timezone.localdate()}
    if len(restantes) == 1:
        propose |= {"entreprise": restantes[0].entreprise, "role": restantes[0].role}
    return propose


@require_safe
def engagement(request: RequeteActeur, pk: int) -> HttpResponse:
    """Où en est un engagement à une date (`?au=`, sinon aujourd’hui), et où il va : chiffres, courbe, grand livre."""
    jour = date_choisie(request)
    visibles = Engagement.objects.visibles_par(request.acteur).avec_marche().avec_avancement(au=jour)
    suivi = suivre(get_object_or_404(visibles, pk=pk), au=jour, par=request.acteur)
    lu: Any = suivi.engagement
    contexte = {
        "suivi": suivi,
        "prevision": suivi.prevision,
        "avancement": lu.avancement(au=jour),
        "engagement": lu,
        "marche": lu.clause.lot.marche,
        "jour": jour,
        "aujourd_hui": timezone.localdate(),
        "suite": suite(lu, par=request.acteur),
    }
    return render(request, "marches/engagement.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def engager(request: RequeteActeur, pk: int) -> HttpResponse:
    clauses = Clause.objects.visibles_par(request.acteur).select_related("lot__marche")
    clause = get_object_or_404(clauses, pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    initial = proposition(clause, acteur=request.acteur)
    etapes = NouvelEngagement(request.POST or None, acteur=request.acteur, initial=initial)
    if request.method == "POST" and etapes.sont_valides():
        engagement = etapes.soumettre(
            lambda: actions.engager_entreprise(clause, **etapes.saisie(), par=request.acteur)
        )
        if engagement is not None:
            messages.success(request, f"{engagement.entreprise} est engagée sur le lot {clause.lot.numero}.")
            return redirect(f"{clause.lot.marche.get_absolute_url()}?onglet=lots")
    return render(request, "marches/engager.html", {"etapes": etapes, "clause": clause, "marche": clause.lot.marche})


@require_http_methods(["GET", "HEAD", "POST"])
def mouvement_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    engagements = Engagement.objects.visibles_par(request.acteur).avec_marche()
    engagement = get_object_or_404(engagements.avec_avancement(au=timezone.localdate()), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    propose = {nom: request.GET[nom] for nom in ("nature", "heures", "date", "motif") if nom in request.GET}
    form = MouvementForm(request.POST or None, engagement=engagement, acteur=request.acteur, propose=propose)
    marche = engagement.clause.lot.marche
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.inscrire_mouvement(engagement, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Le mouvement est inscrit au grand livre.")
        return redirect("marches:engagement", pk=engagement.pk)
    return render(request, "marches/mouvement.html", {"form": form, "engagement": engagement, "marche": marche})


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    """Dates de l’engagement, et part de l’entreprise dans le groupement."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = EngagementModificationForm(request.POST or None, instance=engagement)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_engagement(engagement, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect("marches:engagement", pk=engagement.pk)
    titre = f"Modifier l’engagement de {engagement.entreprise}"
    contexte = {"form": form, "titre": titre, "marche": engagement.clause.lot.marche}
    return render(request, "marches/formulaire.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def echeancier(request: RequeteActeur, pk: int) -> HttpResponse:
    """Les parts attendues à quelques dates ; tout l’échéancier se remplace d’un coup."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    form = EcheancierForm(request.POST or None, engagement=engagement)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.fixer_echeancier(engagement, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "L’échéancier est enregistré.")
        return redirect("marches:engagement", pk=engagement.pk)
    contexte = {"form": form, "engagement": engagement, "marche": engagement.clause.lot.marche}
    return render(request, "marches/echeancier.html", contexte)


@require_safe
def grand_livre_export(request: RequeteActeur, pk: int) -> HttpResponse:
    """Le grand livre en classeur ; qui a inscrit chaque mouvement n’y est que pour la structure."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    colonnes = COLONNES_GRAND_LIVRE[: None if request.acteur.est_de_la_structure else -1]
    livre = grand_livre(engagement, par=request.acteur)
    feuille = Feuille("Grand livre", colonnes, lignes_grand_livre(livre, colonnes))
    return repondre_xlsx([feuille], f"grand-livre-{engagement.pk}")  # type: ignore[return-value]
