"""Pages des bilans : le bilan Département, ses exports, et ce qui compose chacun de ses chiffres."""

from __future__ import annotations

import io
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans import departement, ouvrir, presentation
from bilans.definitions import Mesure
from bilans.exports import ECRIVAINS
from bilans.forms.periode import PeriodeForm, periode_par_defaut
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.listes import XLSX
from heures.models import Participant

PERIODE = {"du", "au", "arrete_au"}
TYPES = {"xlsx": XLSX, "json": "application/json; charset=utf-8", "csv": "text/csv; charset=utf-8"}


def refuser(request: RequeteActeur, phrase: str) -> HttpResponse:
    return render(request, "bilans/refus.html", {"phrase": phrase}, status=400)


def lire_periode(request: RequeteActeur, connus: set[str]) -> PeriodeForm:
    """Le formulaire de période valide de la requête ; lève `ActionImpossible` sinon."""
    inconnus = sorted(set(request.GET) - connus)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. Revenir au bilan et recommencer.")
    form = PeriodeForm(request.GET if PERIODE & set(request.GET) else periode_par_defaut(timezone.localdate()))
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    return form


@require_safe
def departement_page(request: RequeteActeur) -> HttpResponse:
    """Le bilan à l’écran ; une période refusée rend le formulaire et sa phrase."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    form = PeriodeForm(request.GET if PERIODE & set(request.GET) else periode_par_defaut(timezone.localdate()))
    contexte: dict[str, Any] = {"form": form, "bilan": None, "refus": form.refus, "phrase": ""}
    try:
        periode = lire_periode(request, PERIODE).periode()
        bilan = departement.etablir(request.acteur, periode)
    except ActionImpossible as refus:
        contexte["phrase"] = "" if form.refus else str(refus)
        return render(request, "bilans/departement.html", contexte, status=400 if request.GET else 200)
    contexte |= {
        "bilan": bilan,
        "chiffres": presentation.chiffres(bilan),
        "barres": presentation.barres(bilan),
        "synthese": presentation.synthese(bilan),
        "tableaux": presentation.tableaux(bilan),
        "entete": departement.entete_en_clair(bilan.entete),
        "parametres": presentation.requete(periode),
    }
    return render(request, "bilans/departement.html", contexte)


@require_safe
def departement_export(request: RequeteActeur) -> HttpResponse | FileResponse:
    """Le bilan en classeur, JSON ou CSV (`?format=`), avec les chiffres de l’écran."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    format_ = request.GET.get("format", "xlsx")
    try:
        if format_ not in ECRIVAINS:
            raise ActionImpossible(f"Le format «\u00a0{format_}\u00a0» n’existe pas. Choisir {', '.join(ECRIVAINS)}.")
        periode = lire_periode(request, PERIODE | {"format"}).periode()
        bilan = departement.etablir(request.acteur, periode)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    fichier = io.BytesIO()
    ECRIVAINS[format_](bilan, fichier)
    fichier.seek(0)
    nom = f"bilan-departement-{bilan.entete.structure}-{periode.du}-{periode.au}.{format_}"
    return FileResponse(fichier, as_attachment=True, filename=nom, content_type=TYPES[format_])


@require_safe
def lignes(request: RequeteActeur) -> HttpResponse:
    """Ce qui compose un chiffre : lignes d’heures (`mesure=lignes`) ou personnes (`mesure=personnes`)."""
    for droit in (Droit.CONSULTER_BILANS, Droit.CONSULTER_HEURES, Droit.CONSULTER_PERSONNES):
        request.acteur.exiger(droit)
    filtre = {nom: str(code) for nom, code in request.GET.dict().items() if nom in ouvrir.NOMS}
    try:
        periode = lire_periode(request, PERIODE | {"mesure", "page", *ouvrir.NOMS}).periode()
        mesure = lire_mesure(request)
        _, faits = departement.lire_faits(request.acteur, periode)
        ouvrir.verifier_filtre(faits, filtre)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    ouvert = ouvrir.ouvrir(request.acteur, faits, filtre, mesure=mesure, page=request.GET.get("page", "1"))
    journaliser_lecture(
        par=request.acteur,
        action=f"ouvrir un chiffre de bilan ({mesure})",
        modele=Participant,
        nombre=len(ouvert.objets),
        filtre=request.GET.urlencode(),
    )
    contexte = {
        "ouvert": ouvert,
        "periode": periode,
        "filtres": ouvrir.en_clair(faits, filtre),
        "parametres": presentation.requete(periode),
        "liens": presentation.liens_d_ouverture(periode, filtre),
    }
    return render(request, "bilans/lignes.html", contexte)


def lire_mesure(request: RequeteActeur) -> Mesure:
    demandee = request.GET.get("mesure", Mesure.LIGNES.value)
    if demandee not in list(Mesure):
        raise ActionImpossible(f"La mesure «\u00a0{demandee}\u00a0» n’existe pas\u00a0: choisir lignes ou personnes.")
    return Mesure(demandee)
