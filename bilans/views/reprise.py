"""Reprendre une structure depuis un classeur, ou l’emporter : dépôt, aperçu, rapport, classeur vierge, export."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bilans import depot_reprise
from bilans.depot_reprise import Depot
from bilans.forms.reprise import ClasseurForm
from bilans.reprise import FEUILLES, TOUTES
from clauses.comptes.acteurs import Droit
from clauses.comptes.depots import DepotPerime
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import XLSX
from heures.imports.reprise.classeur_plein import compter_les_absents, ecrire_structure
from heures.imports.reprise.classeur_vierge import ecrire_classeur_vierge
from heures.imports.reprise.rapport import Rapport
from heures.models import Participant

MONTREES = 100


@require_http_methods(["GET", "HEAD", "POST"])
def deposer(request: RequeteActeur) -> HttpResponse:
    """La page de la reprise ; un classeur envoyé est simulé, gardé, et montré."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    envoye = request.method == "POST"
    form = ClasseurForm(request.POST, request.FILES) if envoye else ClasseurForm()
    if envoye and form.is_valid():
        recu = form.cleaned_data["fichier"]
        jeton = soumettre(form, lambda: depot_reprise.deposer(recu, nom=recu.name, par=request.acteur))
        if jeton is not None:
            return redirect("reprise:apercu", jeton)
    contexte = {
        "form": form,
        "structure": Structure.objects.visibles_par(request.acteur).get(),
        "absents": compter_les_absents(request.acteur),
    }
    return render(request, "reprise/reprise.html", contexte)


def depot_ou_renvoi(request: RequeteActeur, jeton: str) -> Depot | HttpResponse:
    """Le classeur gardé ; périmé, un renvoi au dépôt avec sa phrase ; à un autre, 404."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    try:
        trouve = depot_reprise.retrouver(jeton, par=request.acteur)
    except DepotPerime as refus:
        messages.error(request, str(refus))
        return redirect("reprise:deposer")
    if trouve is None:
        raise Http404
    return trouve


@require_http_methods(["GET", "HEAD", "POST"])
def apercu(request: RequeteActeur, jeton: str) -> HttpResponse:
    """Ce que la reprise ferait, feuille par feuille ; confirmée, elle est faite, et la page dit ce qui l’a été."""
    depose = depot_ou_renvoi(request, jeton)
    if isinstance(depose, HttpResponse):
        return depose
    if request.method == "POST":
        try:
            depot_reprise.reprendre(depose, par=request.acteur)
        except ActionImpossible as refus:
            messages.error(request, str(refus))
        return redirect("reprise:apercu", jeton)
    journaliser(request, depose.rapport, "montrer l’aperçu d’une reprise")
    return render(request, "reprise/apercu.html", {"depose": depose, **a_montrer(depose.rapport)})


def a_montrer(rapport: Rapport) -> dict[str, Any]:
    """Les feuilles remplies, et les premières remarques : le classeur du rapport les a toutes."""
    return {
        "rapport": rapport,
        "conclusion": rapport.conclusion(),
        "comptes": [(nom, compte) for nom, compte in rapport.comptes.items() if compte.lues],
        "refus": rapport.refus[:MONTREES],
        "avertissements": rapport.avertissements[:MONTREES],
    }


def journaliser(request: RequeteActeur, rapport: Rapport, action: str) -> None:
    nombre = rapport.compte("participants").lues or 1
    journaliser_lecture(par=request.acteur, action=action, modele=Participant, nombre=nombre)


@require_safe
def rapport_xlsx(request: RequeteActeur, jeton: str) -> HttpResponse:
    """Le rapport ligne par ligne : celui de l’aperçu, ou celui de la reprise une fois faite."""
    depose = depot_ou_renvoi(request, jeton)
    if isinstance(depose, HttpResponse):
        return depose
    fichier = io.BytesIO()
    depose.rapport.ecrire(fichier)
    journaliser(request, depose.rapport, "télécharger le rapport d’une reprise")
    return _classeur(fichier, "rapport-reprise.xlsx")


@require_safe
def vierge(request: RequeteActeur) -> HttpResponse:
    """Le classeur à remplir : listes déroulantes et mode d’emploi ; aucune donnée."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    fichier = io.BytesIO()
    ecrire_classeur_vierge(fichier, FEUILLES)
    return _classeur(fichier, "classeur-de-reprise.xlsx")


@require_safe
def exporter(request: RequeteActeur) -> HttpResponse:
    """La structure entière, nominative ; l’export est au journal avant que rien ne s’écrive."""
    for droit in (Droit.GERER_STRUCTURE, Droit.EXPORTER_NOMINATIF):
        request.acteur.exiger(droit)
    structure = Structure.objects.visibles_par(request.acteur).get()
    fichier = io.BytesIO()
    ecrire_structure(fichier, par=request.acteur, etapes=TOUTES)
    return _classeur(fichier, f"structure-{structure.sigle}-{timezone.localdate()}.xlsx")


def _classeur(fichier: io.BytesIO, nom: str) -> HttpResponse:
    entetes = {"Content-Disposition": f'attachment; filename="{nom}"'}
    return HttpResponse(fichier.getvalue(), content_type=XLSX, headers=entetes)
