"""Le suivi des personnes, onglet par onglet, et la saisie sur place d’un devenir."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.listes import rendre_liste
from heures import actions, exports, filters, suivi, tables
from heures.forms.suivi import DevenirForm
from heures.models import Participant, Sortie
from heures.views.retours import suite


def _rendre(request: RequeteActeur, onglet: str, **liste: Any) -> HttpResponse:
    geste = "exporter" if request.GET.get("export") else "suivre"
    return rendre_liste(
        request,
        gabarit="heures/suivi.html",
        nom=onglet.replace("_", "-"),
        consulter=lambda nombre, filtre: journaliser_lecture(
            par=request.acteur,
            action=f"{geste} : {suivi.ONGLETS[onglet].lower()}",
            modele=Participant,
            nombre=nombre,
            filtre=filtre,
        ),
        contexte={
            "onglet": onglet,
            "onglets": suivi.ONGLETS,
            "nombres": suivi.nombres(request.acteur, le=timezone.localdate()),
        },
        **liste,
    )


def _personnes(request: RequeteActeur, trouver: Callable[..., Any]) -> Any:
    """Les personnes d’un onglet : `trouver(suivies, regles)` les prend parmi toutes."""
    request.acteur.exiger(Droit.CONSULTER_PERSONNES)
    regles = suivi.reglages(request.acteur)
    suivies = suivi.personnes(request.acteur, le=timezone.localdate(), regles=regles)
    return trouver(suivies, regles)


@require_safe
def eligibilites(request: RequeteActeur) -> HttpResponse:
    le = timezone.localdate()
    trouvees = _personnes(request, lambda suivies, regles: suivi.eligibilites(suivies, le=le, regles=regles))
    return _rendre(
        request,
        "suivi_eligibilites",
        filtre=filters.EligibiliteFilter(request.GET, queryset=trouvees, request=request),
        table=tables.EligibiliteTable,
        colonnes=exports.COLONNES_ELIGIBILITES,
        lignes=exports.lignes_eligibilites,
    )


@require_safe
def pieces(request: RequeteActeur) -> HttpResponse:
    le = timezone.localdate()
    trouvees = _personnes(request, lambda suivies, regles: suivi.pieces(suivies, le=le, regles=regles))
    return _rendre(
        request,
        "suivi_pieces",
        filtre=filters.PieceFilter(request.GET, queryset=trouvees, request=request),
        table=tables.PieceTable,
        colonnes=exports.COLONNES_PIECES,
    )


@require_safe
def visas(request: RequeteActeur) -> HttpResponse:
    trouvees = _personnes(request, lambda suivies, _: suivi.visas(suivies))
    return _rendre(
        request,
        "suivi_visas",
        filtre=filters.VisaFilter(request.GET, queryset=trouvees, request=request),
        table=tables.VisaTable,
        colonnes=exports.COLONNES_VISAS,
    )


@require_safe
def devenirs(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_PERSONNES)
    trouvees = suivi.devenirs(request.acteur, le=timezone.localdate())
    return _rendre(
        request,
        "suivi_devenirs",
        filtre=filters.DevenirFilter(request.GET, queryset=trouvees, request=request),
        table=tables.DevenirTable,
        colonnes=exports.COLONNES_DEVENIRS,
    )


@require_POST
def devenir(request: RequeteActeur, pk: int) -> HttpResponse:
    """Note sur place ce que la personne est devenue, à 6 ou à 12 mois."""
    sortie = get_object_or_404(Sortie.objects.visibles_par(request.acteur).select_related("participant"), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    form = DevenirForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"{sortie.participant} : choisir la situation dans la liste, puis « Noter ».")
        return suite(request, sortie.participant)
    mois, situation, version = (form.cleaned_data[nom] for nom in ("mois", "situation", "version"))
    try:
        actions.modifier_sortie(sortie, version=version, par=request.acteur, **{f"situation_{mois}_mois": situation})
        messages.success(request, f"{sortie.participant} : situation à {mois} mois notée.")
    except ActionImpossible as refus:
        messages.error(request, f"{sortie.participant} : {refus}")
    return suite(request, sortie.participant)
