"""Ce qu’un financeur voit : des agrégats masqués, par semestre, à l’écran et en fichier ; ni ligne, ni fiche."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from bilans import presentation
from bilans.barres import dessins
from bilans.demandes_partenaires import (
    FORMATS_DES_AGREGATS,
    SEMESTRE,
    formulaire_de_semestre,
    lire_les_agregats,
    nom_des_agregats,
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
    """Les agrégats à l’écran ; un semestre trop petit rend le choix et sa phrase."""
    request.acteur.exiger(Droit.CONSULTER_AGREGATS)
    form = formulaire_de_semestre(request.GET)
    contexte: dict[str, Any] = {"form": form, "bilan": None, "phrase": ""}
    try:
        semestre, bilan = lire_les_agregats(request.GET, form, connus={SEMESTRE}, par=request.acteur)
    except ActionImpossible as refus:
        contexte["phrase"] = str(refus)
        return render(request, "bilans/agregats.html", contexte, status=400 if request.GET else 200)
    adresse = f"{reverse('bilans:agregats_export')}?periode={semestre.code}&format="
    contexte |= {
        "bilan": bilan,
        "semestre": semestre,
        "chiffres": presentation.chiffres(bilan),
        "dessins": dessins(dict(bilan.tableaux)),
        "synthese": presentation.synthese(bilan),
        "tableaux": presentation.tableaux(bilan),
        "entete": entete_en_clair(bilan.entete),
        "exports": [(LIBELLES[format_], f"{adresse}{format_}") for format_ in FORMATS_DES_AGREGATS],
    }
    return render(request, "bilans/agregats.html", contexte)


@require_safe
def exporter(request: RequeteActeur) -> HttpResponse:
    """Les mêmes agrégats dans un fichier (`?format=`)."""
    request.acteur.exiger(Droit.CONSULTER_AGREGATS)
    format_ = request.GET.get("format", "xlsx")
    try:
        verifier_le_format(format_, FORMATS_DES_AGREGATS)
        form = formulaire_de_semestre(request.GET)
        semestre, bilan = lire_les_agregats(request.GET, form, connus={SEMESTRE, "format"}, par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    return repondre(en_fichier(bilan, format_, nom_des_agregats(bilan, semestre)))
