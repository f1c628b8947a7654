"""Ce qu’un acheteur lit de son bilan : une année achevée, masquée, à l’écran et en fichier."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bilans import presentation
from bilans.demandes_partenaires import (
    ANNEE,
    FORMATS_DE_SON_BILAN,
    formulaire_d_annee,
    lire_son_bilan,
    nom_de_son_bilan,
)
from bilans.fichiers import en_fichier, verifier_le_format
from bilans.rapport import entete_en_clair
from bilans.views.rapports import LIBELLES, refuser
from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre


@require_safe
def page(request: RequeteActeur) -> HttpResponse:
    """Le bilan à l’écran ; une année sans heure rend le choix et sa phrase."""
    request.acteur.exiger(Droit.CONSULTER_SON_BILAN)
    form = formulaire_d_annee(request.GET)
    contexte: dict[str, Any] = {"form": form, "bilan": None, "phrase": ""}
    try:
        bilan = lire_son_bilan(request.GET, form, connus={ANNEE}, par=request.acteur)
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
        "exports": [(LIBELLES[format_], f"{adresse}{format_}") for format_ in FORMATS_DE_SON_BILAN],
    }
    return render(request, "bilans/votre_bilan.html", contexte)


@require_safe
def exporter(request: RequeteActeur) -> HttpResponse:
    """Le même bilan dans un fichier (`?format=`)."""
    request.acteur.exiger(Droit.CONSULTER_SON_BILAN)
    format_ = request.GET.get("format", "xlsx")
    try:
        verifier_le_format(format_, FORMATS_DE_SON_BILAN)
        form = formulaire_d_annee(request.GET)
        bilan = lire_son_bilan(request.GET, form, connus={ANNEE, "format"}, par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    return repondre(en_fichier(bilan, format_, nom_de_son_bilan(bilan)))
