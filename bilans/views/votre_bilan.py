"""Ce qu’un acheteur lit de son bilan : une année achevée, masquée, à l’écran et en fichier."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans import espace_acheteur, presentation
from bilans.catalogue import RAPPORTS
from bilans.forms.acheteur import AnneeForm, annees
from bilans.rapport import Bilan, entete_en_clair
from bilans.views.rapports import LIBELLES, en_fichier, refuser
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from marches.models import Acheteur

FORMATS = RAPPORTS["acheteur"].formats


def formulaire(request: RequeteActeur) -> AnneeForm:
    """L’année demandée, sinon la dernière achevée."""
    jour = timezone.localdate()
    return AnneeForm(request.GET if "annee" in request.GET else {"annee": annees(jour)[0]}, jour=jour)


def lire(request: RequeteActeur, form: AnneeForm, connus: set[str]) -> Bilan:
    """Le bilan de l’année ; lève `ActionImpossible` sur un paramètre inconnu. La consultation s’inscrit au journal."""
    inconnus = sorted(set(request.GET) - connus)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. Revenir au bilan et recommencer.")
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    bilan = espace_acheteur.etablir(request.acteur, form.periode())
    journaliser_lecture(
        par=request.acteur,
        action="consulter son bilan",
        modele=Acheteur,
        objet_id=request.acteur.acheteur_id,
        filtre=form.cleaned_data["annee"],
    )
    return bilan


@require_safe
def page(request: RequeteActeur) -> HttpResponse:
    """Le bilan à l’écran ; une année sans heure rend le choix et sa phrase."""
    request.acteur.exiger(Droit.CONSULTER_SON_BILAN)
    form = formulaire(request)
    contexte: dict[str, Any] = {"form": form, "bilan": None, "phrase": ""}
    try:
        bilan = lire(request, form, {"annee"})
    except ActionImpossible as refus:
        contexte["phrase"] = str(refus)
        return render(request, "bilans/votre_bilan.html", contexte, status=400 if request.GET else 200)
    adresse = f"{reverse('bilans:votre_bilan_export')}?annee={form.cleaned_data['annee']}&format="
    contexte |= {
        "bilan": bilan,
        "annee": form.cleaned_data["annee"],
        "chiffres": presentation.chiffres(bilan),
        "synthese": presentation.synthese(bilan),
        "tableaux": presentation.tableaux(bilan),
        "entete": entete_en_clair(bilan.entete),
        "exports": [(LIBELLES[format_], f"{adresse}{format_}") for format_ in FORMATS],
    }
    return render(request, "bilans/votre_bilan.html", contexte)


@require_safe
def exporter(request: RequeteActeur) -> HttpResponse | FileResponse:
    """Le même bilan dans un fichier (`?format=`)."""
    request.acteur.exiger(Droit.CONSULTER_SON_BILAN)
    format_ = request.GET.get("format", "xlsx")
    try:
        if format_ not in FORMATS:
            raise ActionImpossible(f"Le format «\u00a0{format_}\u00a0» n’existe pas. Choisir {', '.join(FORMATS)}.")
        form = formulaire(request)
        bilan = lire(request, form, {"annee", "format"})
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    nom = f"bilan-{bilan.entete.structure}-{bilan.demande.acheteur}-{form.cleaned_data['annee']}.{format_}"
    return en_fichier(bilan, format_, nom)
