"""Pages qui règlent le bilan Département, et l’export de son annexe nominative."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bilans import actions, analyse, annexe, departement, parametres, presentation
from bilans.catalogue import RAPPORTS
from bilans.demandes import PERIODE, lire_demande
from bilans.forms.parametres import AnalyseForm, ParametresForm, annee_demandee
from bilans.views.rapports import refuser
from clauses.comptes.acteurs import Droit
from clauses.comptes.models import Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre
from clauses.socle.formulaires import soumettre

RAPPORT = RAPPORTS[departement.NOM]


@require_http_methods(["GET", "HEAD", "POST"])
def regler(request: RequeteActeur) -> HttpResponse:
    """Les paramètres du bilan, et les objectifs d’une année (`?annee=`)."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    envoi = request.POST if request.method == "POST" else None
    demandee = (envoi or request.GET).get("annee") or request.GET.get("du", "")[:4]
    annee = annee_demandee(demandee, timezone.localdate())
    structure = Structure.objects.visibles_par(request.acteur).get()
    enregistres = parametres.trouver(request.acteur)
    form = ParametresForm(envoi, enregistres=enregistres, base_etp=structure.base_etp, annee=annee)
    if request.method == "POST" and form.is_valid():
        regles = soumettre(form, lambda: actions.regler_le_bilan(**form.saisie(), par=request.acteur))
        if regles is not None:
            messages.success(request, f"Paramètres du bilan et objectifs {annee} enregistrés.")
            return redirect(f"{reverse('bilans:departement_parametres')}?annee={annee}")
    contexte = {"form": form, "annee": annee, "structure": structure}
    return render(request, "bilans/parametres.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def rediger(request: RequeteActeur) -> HttpResponse:
    """Les six textes de la période demandée (`?du=&au=`)."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    try:
        demande = lire_demande(request.GET, RAPPORT, PERIODE, par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    gardee = analyse.trouver(request.acteur, demande.periode)
    form = AnalyseForm(request.POST or None, instance=gardee)
    adresse = f"{reverse('bilans:departement')}?{presentation.requete(demande)}"
    if request.method == "POST" and form.is_valid():
        du, au, _ = demande.periode
        redigee = soumettre(form, lambda: actions.rediger_l_analyse(du=du, au=au, **form.saisie(), par=request.acteur))
        if redigee is not None:
            messages.success(request, "Analyse qualitative enregistrée.")
            return redirect(f"{adresse}#analyse")
    return render(request, "bilans/analyse.html", {"form": form, "periode": demande.periode, "retour": adresse})


@require_safe
def exporter_annexe(request: RequeteActeur) -> HttpResponse:
    """Le classeur du bilan avec son annexe nominative ; l’export est au journal avant que rien ne parte."""
    for droit in (Droit.CONSULTER_BILANS, Droit.EXPORTER_NOMINATIF):
        request.acteur.exiger(droit)
    try:
        demande = lire_demande(request.GET, RAPPORT, PERIODE, par=request.acteur)
        fichier = annexe.exporter(request.acteur, demande)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    return repondre(fichier)
