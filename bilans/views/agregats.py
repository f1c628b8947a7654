"""Ce qu’un financeur voit : des agrégats masqués, par semestre, à l’écran et en fichier ; ni ligne, ni fiche."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans import financeur, presentation
from bilans.barres import dessins
from bilans.exports import ECRIVAINS
from bilans.forms.agregats import SemestreForm
from bilans.rapport import Bilan, entete_en_clair
from bilans.semestres import Semestre, semestres_acheves
from bilans.views.rapports import LIBELLES, en_fichier, refuser
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible


def formulaire(request: RequeteActeur) -> SemestreForm:
    """Le semestre demandé, sinon le dernier achevé."""
    jour = timezone.localdate()
    dernier = {"periode": semestres_acheves(jour)[0].code}
    return SemestreForm(request.GET if "periode" in request.GET else dernier, jour=jour)


def lire_semestre(request: RequeteActeur, form: SemestreForm, connus: set[str]) -> Semestre:
    """Lève `ActionImpossible` sur un paramètre inconnu ou un semestre hors de la liste."""
    inconnus = sorted(set(request.GET) - connus)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. Revenir aux agrégats et recommencer.")
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    return form.semestre()


def lire(request: RequeteActeur, form: SemestreForm, connus: set[str]) -> tuple[Semestre, Bilan]:
    """Les agrégats demandés ; la consultation s’inscrit au journal de la structure."""
    semestre = lire_semestre(request, form, connus)
    bilan = financeur.etablir(request.acteur, semestre)
    journaliser_lecture(
        par=request.acteur,
        action="consulter les agrégats",
        modele=Structure,
        objet_id=request.acteur.structure_id,
        filtre=semestre.code,
    )
    return semestre, bilan


@require_safe
def page(request: RequeteActeur) -> HttpResponse:
    """Les agrégats à l’écran ; un semestre trop petit rend le choix et sa phrase."""
    request.acteur.exiger(Droit.CONSULTER_AGREGATS)
    form = formulaire(request)
    contexte: dict[str, Any] = {"form": form, "bilan": None, "phrase": ""}
    try:
        semestre, bilan = lire(request, form, {"periode"})
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
        "exports": [(LIBELLES[format_], f"{adresse}{format_}") for format_ in ("xlsx", "csv", "json")],
    }
    return render(request, "bilans/agregats.html", contexte)


@require_safe
def exporter(request: RequeteActeur) -> HttpResponse | FileResponse:
    """Les mêmes agrégats dans un fichier (`?format=`)."""
    request.acteur.exiger(Droit.CONSULTER_AGREGATS)
    format_ = request.GET.get("format", "xlsx")
    try:
        if format_ not in ECRIVAINS:
            raise ActionImpossible(f"Le format «\u00a0{format_}\u00a0» n’existe pas. Choisir {', '.join(ECRIVAINS)}.")
        semestre, bilan = lire(request, formulaire(request), {"periode", "format"})
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    nom = f"agregats-{bilan.entete.structure}-{semestre.code}.{format_}"
    return en_fichier(bilan, format_, nom)
