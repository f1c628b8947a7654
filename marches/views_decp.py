"""Import DECP : recevoir un fichier, montrer ce qu’il contient, importer ce qui est choisi, regrouper, veiller."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import closing
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.depots import DepotPerime
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.flux import rendre_en_flux
from clauses.socle.formulaires import soumettre
from marches.actions import regrouper_en_lots
from marches.forms_decp import ChoixForm, RegroupementForm, TeleversementForm
from marches.imports.decp import depot
from marches.imports.decp.apercu import preparer
from marches.imports.decp.enregistrement import importer_choisis
from marches.imports.decp.lots import proposer
from marches.imports.decp.neutre import FichierLu
from marches.imports.decp.rapport import Issue, Rapport
from marches.seuils import OBLIGATION, SEUILS
from marches.veille import lignes_a_veiller

journal = logging.getLogger(__name__)
# Un morceau de page tous les dix contrats : assez pour voir avancer, peu à envoyer.
PAS = 10
PROPOSITIONS_PAR_PAGE = 20
VEILLE_PAR_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def televerser(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.IMPORTER)
    envoye = request.method == "POST"
    form = TeleversementForm(request.POST, request.FILES) if envoye else TeleversementForm()
    if envoye and form.is_valid():
        recu, jour = form.cleaned_data["fichier"], timezone.localdate()
        jeton = soumettre(form, lambda: depot.deposer(recu, nom=recu.name, par=request.acteur, jour=jour))
        if jeton is not None:
            return redirect("marches:decp_apercu", jeton)
    return render(request, "marches/decp.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def apercu(request: RequeteActeur, jeton: str) -> HttpResponseBase:
    """L’aperçu d’un fichier reçu ; envoyé, il importe les contrats cochés et rend le rapport."""
    request.acteur.exiger(Droit.IMPORTER)
    try:
        fichier = depot.reprendre(jeton, par=request.acteur, jour=timezone.localdate())
    except DepotPerime as refus:
        messages.error(request, str(refus))
        return redirect("marches:decp")
    if fichier is None:
        raise Http404
    cherche = request.GET.get("q", "")[:100]
    prepare = preparer(fichier, par=request.acteur)
    page = prepare.montrer(cherche=cherche, numero=request.GET.get("page"))
    envoye = request.method == "POST"
    form = ChoixForm(request.POST if envoye else None, page=page)
    if envoye and form.is_valid():
        etapes = importer_choisis(fichier, **form.saisie(), par=request.acteur)
        return rendre_en_flux(
            request, "marches/decp_en_cours.html", {"fichier": fichier}, _suivre(request, fichier, etapes, jeton)
        )
    contexte = {"fichier": fichier, "apercu": prepare, "page": page.page, "form": form, "cherche": cherche}
    return render(request, "marches/decp_apercu.html", contexte)


def _suivre(
    request: RequeteActeur, fichier: FichierLu, etapes: Generator[int, None, Rapport], jeton: str
) -> Generator[str, None, None]:
    """L’avancement, puis le rapport (docs/adr/0025) ; chaque contrat est acquis à mesure."""
    total = len(fichier.contrats)
    with closing(etapes):
        while True:
            try:
                fait = next(etapes)
            except StopIteration as fin:
                rapport: Rapport = fin.value
                break
            except OperationalError:
                journal.exception("Import DECP interrompu : la base est restée occupée.")
                yield render_to_string("marches/_decp_interrompu.html", {"jeton": jeton})
                return
            if fait % PAS == 0:
                yield render_to_string("marches/_decp_etape.html", {"fait": fait, "total": total})
    yield render_to_string("marches/_decp_rapport.html", a_montrer(fichier, rapport, jeton), request)


def a_montrer(fichier: FichierLu, rapport: Rapport, jeton: str) -> dict[str, Any]:
    return {
        "fichier": fichier,
        "rapport": rapport,
        "importes": rapport.de(Issue.IMPORTE),
        "mis_a_jour": rapport.de(Issue.MIS_A_JOUR),
        "differents": rapport.de(Issue.DIFFERENT),
        "refuses": rapport.de(Issue.REFUSE),
        "comptes": [(issue.pluriel, nombre) for issue, nombre in rapport.comptes.items()],
        "jeton": jeton,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def regrouper(request: RequeteActeur) -> HttpResponse:
    """Les regroupements proposés, chacun à corriger et à confirmer ; rien n’est décidé sans cela."""
    request.acteur.exiger(Droit.IMPORTER)
    form = RegroupementForm(request.POST or None, acteur=request.acteur)
    if request.method == "POST" and form.is_valid():
        marche = soumettre(form, lambda: regrouper_en_lots(**form.saisie(), par=request.acteur))
        if marche is not None:
            messages.success(request, f"Le marché {marche.reference} réunit maintenant ses lots.")
            return redirect("marches:regrouper")
    propositions = Paginator(proposer(par=request.acteur), PROPOSITIONS_PAR_PAGE)
    contexte = {"form": form, "page": propositions.get_page(request.GET.get("page"))}
    return render(request, "marches/decp_regrouper.html", contexte)


@require_safe
def veille(request: RequeteActeur) -> HttpResponse:
    """Article 35 : les contrats de nos acheteurs au-dessus des seuils, sans clause sociale."""
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    lignes = Paginator(lignes_a_veiller(acteur=request.acteur), VEILLE_PAR_PAGE)
    contexte = {"page": lignes.get_page(request.GET.get("page")), "seuils": SEUILS, "obligation": OBLIGATION}
    return render(request, "marches/veille.html", contexte)
