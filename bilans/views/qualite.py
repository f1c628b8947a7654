"""Le rapport qualité à l’écran : chaque défaut compté, ouvert sur sa liste, avec son remède en un clic."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans import rapport as regles
from bilans.catalogue import RAPPORTS
from bilans.forms.periode import periode_par_defaut
from bilans.forms.qualite import QualiteForm
from bilans.qualite.definitions import PAR_CLE, Defaut, Perimetre
from bilans.qualite.lecture import controles, lire
from bilans.views.rapports import liens_d_export
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from heures.models import Participant
from marches.models import Acheteur, Engagement

PAR_PAGE = 50
PARAMETRES = {"du", "au", "acheteur", "engagement", "defaut", "page"}


@require_safe
def page(request: RequeteActeur, nom: str) -> HttpResponse:
    """Les contrôles et leurs comptes ; `?defaut=` ouvre la liste de l’un d’eux, lecture inscrite au journal."""
    for droit in (Droit.CONSULTER_BILANS, Droit.CONSULTER_PERSONNES):
        request.acteur.exiger(droit)
    form = QualiteForm(request.GET if {"du", "au"} & set(request.GET) else periode_par_defaut(timezone.localdate()))
    contexte: dict[str, Any] = {"rapport": RAPPORTS[nom], "form": form, "refus": form.refus, "phrase": ""}
    try:
        ou = lire_perimetre(request, form)
        defauts = lire(request.acteur, ou)
    except ActionImpossible as refus:
        contexte |= {"lignes": None, "phrase": "" if form.refus else str(refus)}
        return render(request, "bilans/qualite.html", contexte, status=400 if request.GET else 200)
    structure = Structure.objects.visibles_par(request.acteur).get()
    contexte |= montrer(defauts, ou, structure) | ouvrir(request, defauts) | {"portee": portee(request, ou)}
    contexte["exports"] = [] if ou.engagement else liens_d_export(RAPPORTS[nom], form.demande(nom))
    return render(request, "bilans/qualite.html", contexte)


def lire_perimetre(request: RequeteActeur, form: QualiteForm) -> Perimetre:
    """Lève `ActionImpossible` sur un paramètre inconnu ou faux : l’ignorer montrerait autre chose."""
    inconnus = sorted(set(request.GET) - PARAMETRES)
    if inconnus:
        raise ActionImpossible(f"Paramètre inconnu\u00a0: {', '.join(inconnus)}. Revenir au rapport et recommencer.")
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    if request.GET.get("defaut", "lignes_non_validees") not in PAR_CLE:
        raise ActionImpossible("Ce contrôle n’existe pas\u00a0: le choisir dans la liste.")
    ou = form.perimetre(timezone.localdate())
    regles.verifier_periode(ou.periode)
    return ou


def portee(request: RequeteActeur, ou: Perimetre) -> str:
    """Sur quoi porte le rapport quand ce n’est pas toute la structure."""
    if ou.engagement is not None:
        engagements = Engagement.objects.visibles_par(request.acteur).avec_marche()
        engagement = engagements.filter(pk=ou.engagement).first()
        return (
            f"{engagement.entreprise}, {engagement.clause.lot.marche.reference}" if engagement else "Aucun engagement"
        )
    if ou.acheteur:
        acheteur = Acheteur.objects.visibles_par(request.acteur).filter(siret=ou.acheteur).first()
        return str(acheteur) if acheteur else "Aucun acheteur"
    return ""


def montrer(defauts: list[Defaut], ou: Perimetre, structure: Structure) -> dict[str, Any]:
    """Une ligne par contrôle, avec son compte, sa complétude, et l’adresse de sa liste."""
    seuil = structure.seuil_completude_pourcent
    mesures = {controle.cle: controle for controle in controles(defauts, seuil)}
    adresse = parametres(ou)
    lignes = [
        {
            "defaut": defaut,
            "controle": mesures.get(defaut.definition.cle),
            "url": f"?{urlencode(adresse | {'defaut': defaut.definition.cle})}#liste" if defaut.cas else "",
        }
        for defaut in defauts
    ]
    return {"lignes": lignes, "seuil": seuil, "nombre": sum(d.nombre for d in defauts), "periode": ou.periode}


def parametres(ou: Perimetre) -> dict[str, str]:
    jours = {"du": ou.periode.du.isoformat(), "au": ou.periode.au.isoformat()}
    if ou.engagement is not None:
        jours["engagement"] = str(ou.engagement)
    return jours | ({"acheteur": ou.acheteur} if ou.acheteur else {})


def ouvrir(request: RequeteActeur, defauts: list[Defaut]) -> dict[str, Any]:
    """La liste du contrôle demandé, une page à la fois ; vide si l’on n’en demande pas."""
    cle = request.GET.get("defaut")
    defaut = next((d for d in defauts if d.definition.cle == cle), None)
    if defaut is None:
        return {"ouvert": None}
    page = Paginator(defaut.cas, PAR_PAGE).get_page(request.GET.get("page"))
    if defaut.definition.nomme and defaut.cas:
        journaliser_lecture(
            par=request.acteur,
            action="ouvrir un défaut de qualité",
            modele=Participant,
            nombre=len(page.object_list),
            filtre=request.GET.urlencode(),
        )
    return {"ouvert": defaut, "page": page}
