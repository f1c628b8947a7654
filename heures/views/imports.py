"""Importer un relevé : recevoir le fichier, désigner ses colonnes, montrer ce qui serait fait, importer."""

from __future__ import annotations

import io
import logging
from collections.abc import Generator
from contextlib import closing
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.depots import DepotPerime
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.flux import rendre_en_flux
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import XLSX
from heures.actions.importation import enregistrer_correspondance
from heures.forms.imports import ColonnesForm, ConfirmationForm, DoutesForm, TeleversementForm
from heures.imports.releves import depot
from heures.imports.releves.colonnes import ColonnesInconnues, colonnes_a_montrer
from heures.imports.releves.depot import Depot
from heures.imports.releves.enregistrement import OCCUPEE, RAPPORT, Etape, importer, importer_par_etapes
from heures.imports.releves.rapport import Issue, Rapport
from heures.models import ImportHeures, Participant

MONTREES = 100
DERNIERS_IMPORTS = 10
# Les lignes refusées se comptent parmi les refus, avec celles qui n’ont pas pu être lues.
ECRITES = (Issue.CREEE, Issue.REMPLACEE, Issue.DEJA)

journal = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
def televerser(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.IMPORTER)
    envoye = request.method == "POST"
    form = TeleversementForm(request.POST, request.FILES, acteur=request.acteur) if envoye else None
    if form is not None and form.is_valid():
        recu, choix = form.cleaned_data["fichier"], form.choix()
        jeton = soumettre(form, lambda: depot.deposer(recu, nom=recu.name, choix=choix, par=request.acteur))
        if jeton is not None:
            return redirect("heures:import_apercu", jeton)
    imports = ImportHeures.objects.visibles_par(request.acteur).select_related("importe_par")
    contexte = {
        "form": form or TeleversementForm(acteur=request.acteur),
        "imports": imports.order_by("-importe_le", "-pk")[:DERNIERS_IMPORTS],
    }
    return render(request, "heures/import.html", contexte)


def depot_ou_renvoi(request: RequeteActeur, jeton: str) -> Depot | HttpResponse:
    """Le fichier gardé ; périmé, un renvoi au téléversement avec sa phrase ; à un autre, 404."""
    request.acteur.exiger(Droit.IMPORTER)
    try:
        trouve = depot.reprendre(jeton, par=request.acteur)
    except DepotPerime as refus:
        messages.error(request, str(refus))
        return redirect("heures:importer")
    if trouve is None:
        raise Http404
    return trouve


def simuler(request: RequeteActeur, depose: Depot) -> Rapport | HttpResponse:
    """Ce que ferait l’import ; un renvoi aux colonnes, ou au téléversement, s’il ne peut pas être lu."""
    try:
        return importer(depose.octets, nom=depose.nom, par=request.acteur, choix=depose.choix, simulation=True)
    except ColonnesInconnues:
        return redirect("heures:import_colonnes", depose.jeton)
    except ActionImpossible as refus:
        messages.error(request, str(refus))
        return redirect("heures:importer")


@require_http_methods(["GET", "HEAD", "POST"])
def colonnes(request: RequeteActeur, jeton: str) -> HttpResponse:
    depose = depot_ou_renvoi(request, jeton)
    if isinstance(depose, HttpResponse):
        return depose
    tableau, reconnues, raisons = colonnes_a_montrer(depose.octets, depose.nom, depose.choix, par=request.acteur)
    form = ColonnesForm(
        request.POST or None, tableau=tableau, reconnues=reconnues, depuis=depose.choix, acteur=request.acteur
    )
    if form.is_valid():
        expediteur = form.cleaned_data["expediteur"]
        if expediteur:
            enregistrer_correspondance(nom=expediteur, colonnes=form.titres(), par=request.acteur)
        depot.retenir(depose, par=request.acteur, choix=form.choix(depose.choix))
        return redirect("heures:import_apercu", jeton)
    journaliser_lecture(
        par=request.acteur, action="montrer les colonnes d’un relevé reçu", modele=Participant, nombre=1
    )
    contexte = {"form": form, "depose": depose, "tableau": tableau, "raisons": raisons}
    return render(request, "heures/import_colonnes.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def apercu(request: RequeteActeur, jeton: str) -> HttpResponseBase:
    """L’aperçu d’un relevé ; envoyé, il retient les cas tranchés, ou importe ce qui a été montré."""
    depose = depot_ou_renvoi(request, jeton)
    if isinstance(depose, HttpResponse):
        return depose
    confirmation = ConfirmationForm(request.POST or None)
    if confirmation.is_valid():
        return confirmer(request, depose, confirmation.cleaned_data["signature"])
    rapport = simuler(request, depose)
    if isinstance(rapport, HttpResponse):
        return rapport
    form = DoutesForm(request.POST or None, rapport=rapport)
    if form.is_valid():
        depot.retenir(depose, par=request.acteur, choix=form.choix(depose.choix))
        messages.success(request, "Choix retenus : l’aperçu en tient compte.")
        return redirect("heures:import_apercu", jeton)
    journaliser(request, rapport, "montrer l’aperçu d’un relevé")
    contexte = {"form": form, "confirmation": ConfirmationForm(initial={"signature": rapport.signature})}
    return render(request, "heures/import_apercu.html", {**contexte, **a_montrer(depose, rapport)})


def confirmer(request: RequeteActeur, depose: Depot, signature: str) -> StreamingHttpResponse:
    etapes = importer_par_etapes(
        depose.octets, nom=depose.nom, par=request.acteur, choix=depose.choix, attendu=signature
    )
    return rendre_en_flux(request, "heures/import_en_cours.html", {"depose": depose}, _suivre(request, depose, etapes))


def _suivre(
    request: RequeteActeur, depose: Depot, etapes: Generator[Etape, None, Rapport]
) -> Generator[str, None, None]:
    """L’avancement, puis le rapport ; ou la phrase qui dit pourquoi rien n’est enregistré."""
    try:
        rapport = yield from _montrer(depose, etapes)
    except ActionImpossible as refus:
        yield _rien_d_importe(depose, str(refus))
        return
    except OperationalError:
        journal.exception("Import abandonné : la base est restée occupée.")
        yield _rien_d_importe(depose, OCCUPEE)
        return
    if not rapport.accepte or rapport.deja_importe is not None:
        yield _rien_d_importe(depose, rapport.conclusion())
        return
    yield render_to_string("heures/_import_etape.html", {"depose": depose, "etape": RAPPORT})
    depot.retenir(depose, par=request.acteur, rapport=en_classeur(rapport))
    journaliser(request, rapport, "montrer le rapport d’un import")
    yield render_to_string("heures/_import_fait.html", a_montrer(depose, rapport))


def _montrer(depose: Depot, etapes: Generator[Etape, None, Rapport]) -> Generator[str, None, Rapport]:
    """Une barre par étape qui avance ; chacune cache la précédente."""
    with closing(etapes):
        while True:
            try:
                etape = next(etapes)
            except StopIteration as fin:
                rapport: Rapport = fin.value
                return rapport
            yield render_to_string("heures/_import_etape.html", {"depose": depose, "etape": etape})


def _rien_d_importe(depose: Depot, raison: str) -> str:
    return render_to_string("heures/_import_refuse.html", {"depose": depose, "raison": raison})


@require_safe
def rapport_xlsx(request: RequeteActeur, jeton: str) -> HttpResponse:
    """Le rapport en classeur : celui de l’import s’il est fait, sinon celui de l’aperçu."""
    depose = depot_ou_renvoi(request, jeton)
    if isinstance(depose, HttpResponse):
        return depose
    contenu = depose.rapport
    if contenu is None:
        rapport = simuler(request, depose)
        if isinstance(rapport, HttpResponse):
            return rapport
        contenu = en_classeur(rapport)
    journaliser_lecture(par=request.acteur, action="télécharger un rapport d’import", modele=Participant, nombre=1)
    return HttpResponse(
        contenu,
        content_type=XLSX,
        headers={"Content-Disposition": 'attachment; filename="rapport-import.xlsx"'},
    )


def en_classeur(rapport: Rapport) -> bytes:
    fichier = io.BytesIO()
    rapport.ecrire(fichier)
    return fichier.getvalue()


def journaliser(request: RequeteActeur, rapport: Rapport, action: str) -> None:
    journaliser_lecture(par=request.acteur, action=action, modele=Participant, nombre=rapport.nombre_personnes)


def a_montrer(depose: Depot, rapport: Rapport) -> dict[str, Any]:
    """Le rapport, réduit aux premières lignes de chaque liste : le classeur a tout."""
    return {
        "depose": depose,
        "rapport": rapport,
        "comptes": rapport.comptes_dits(ECRITES),
        "refus": rapport.refus[:MONTREES],
        "avertissements": rapport.avertissements[:MONTREES],
        "ecartees": rapport.ecartees[:MONTREES],
        "heures": rapport.heures[:MONTREES],
    }
