"""Import DECP : recevoir un fichier, montrer ce qu’il contient, importer ce qui est choisi."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clauses.comptes.acteurs import Droit
from clauses.comptes.depots import DepotPerime
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from marches.forms_decp import ChoixForm, TeleversementForm
from marches.imports.decp import depot
from marches.imports.decp.apercu import preparer
from marches.imports.decp.enregistrement import importer_choisis
from marches.imports.decp.neutre import FichierLu
from marches.imports.decp.rapport import Issue, Rapport


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
def apercu(request: RequeteActeur, jeton: str) -> HttpResponse:
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
        rapport = soumettre(form, lambda: importer_choisis(fichier, **form.saisie(), par=request.acteur))
        if rapport is not None:
            return rendre_rapport(request, fichier, rapport, jeton)
    contexte = {"fichier": fichier, "apercu": prepare, "page": page.page, "form": form, "cherche": cherche}
    return render(request, "marches/decp_apercu.html", contexte)


def rendre_rapport(request: RequeteActeur, fichier: FichierLu, rapport: Rapport, jeton: str) -> HttpResponse:
    contexte = {
        "fichier": fichier,
        "rapport": rapport,
        "importes": rapport.de(Issue.IMPORTE),
        "differents": rapport.de(Issue.DIFFERENT),
        "refuses": rapport.de(Issue.REFUSE),
        "comptes": [(issue.pluriel, nombre) for issue, nombre in rapport.comptes.items()],
        "jeton": jeton,
    }
    return render(request, "marches/decp_rapport.html", contexte)
