"""Écrire des heures : une cellule de la grille, un mois entier, un refus, une rectification."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.conversions import ValeurRefusee, vers_heures, vide
from clauses.socle.erreurs import ActionImpossible, ConflitDeVersion
from clauses.socle.formulaires import soumettre
from clauses.socle.mois import de, en_lettres
from clauses.socle.nombres import en_heures
from heures import actions, lecture_totaux
from heures.actions import Declaration
from heures.enums import TypeHeures
from heures.forms.grille import CelluleForm, MoisForm, RectificationForm, RefusForm
from heures.grille import ETAT_DE_STATUT, Etat
from heures.models import ContratTravail, LigneHeures, Participant
from marches.models import Engagement

REFUSEE, CONFLIT, INTROUVABLE, INTERDIT = 422, 409, 404, 403
SANS_DROIT = "Votre rôle ne permet pas, ou plus, de saisir des heures : cette valeur n’est pas enregistrée."
DISPARUS = "Ce contrat ou cet engagement n’existe plus, ou vous n’y avez plus accès."


@require_POST
def cellule(request: RequeteActeur) -> JsonResponse:
    """Enregistre une cellule ; toute réponse est du JSON, tout refus y porte un `message` en français."""
    if not request.acteur.peut(Droit.SAISIR_HEURES):
        return JsonResponse({"message": SANS_DROIT}, status=INTERDIT)
    form = CelluleForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": form.en_phrase()}, status=REFUSEE)
    saisie = form.cleaned_data
    engagement = Engagement.objects.visibles_par(request.acteur).avec_marche().filter(pk=saisie["engagement"]).first()
    contrat = ContratTravail.objects.visibles_par(request.acteur).filter(pk=saisie["contrat"]).first()
    if engagement is None or contrat is None:
        return JsonResponse({"message": DISPARUS}, status=INTROUVABLE)
    clefs = {"contrat": contrat, "mois": saisie["mois"], "type_heures": saisie["type"], "par": request.acteur}
    try:
        faite = _enregistrer(engagement, contrat, saisie, request)
    except ConflitDeVersion as conflit:
        actuelle = lecture_totaux.ligne_vive(engagement, **clefs)
        return JsonResponse({"message": str(conflit), **_etat(actuelle)}, status=CONFLIT)
    except (ActionImpossible, ValeurRefusee) as refus:
        return JsonResponse({"message": str(refus)}, status=REFUSEE)
    except ValidationError as erreur:
        return JsonResponse({"message": " ".join(erreur.messages)}, status=REFUSEE)
    totaux = lecture_totaux.totaux(engagement, le=timezone.localdate(), **clefs)
    return JsonResponse(
        {
            **_etat(faite.ligne),
            "avertissements": faite.avertissements,
            "plein": totaux.plein,
            "totaux": _en_json(totaux),
        }
    )


def _enregistrer(
    engagement: Engagement, contrat: ContratTravail, saisie: dict[str, Any], request: RequeteActeur
) -> Declaration:
    """Déclare le nombre tapé, ou efface la ligne d’une cellule vidée."""
    if vide(saisie["heures"]):
        ligne = lecture_totaux.ligne_vive(
            engagement, contrat=contrat, mois=saisie["mois"], type_heures=saisie["type"], par=request.acteur
        )
        if ligne is not None:
            actions.effacer(ligne, version=saisie["version"], par=request.acteur)
        return Declaration(None)
    lues = vers_heures(saisie["heures"])
    faite = actions.declarer(
        contrat=contrat,
        engagement=engagement,
        mois=saisie["mois"],
        heures=lues.valeur,
        type_heures=TypeHeures(saisie["type"]),
        version=saisie["version"],
        par=request.acteur,
    )
    return Declaration(faite.ligne, [*filter(None, [lues.avertissement]), *faite.avertissements])


def _etat(ligne: LigneHeures | None) -> dict[str, Any]:
    if ligne is None:
        return {"etat": Etat.VIDE, "heures": "", "version": 0}
    return {
        "etat": ETAT_DE_STATUT[ligne.statut],  # type: ignore[index]
        "heures": en_heures(ligne.heures),
        "version": ligne.version,
        "ligne": ligne.pk,
    }


def _en_json(totaux: lecture_totaux.Totaux) -> dict[str, Any]:
    def montrer(valeur: Decimal) -> str:
        return en_heures(valeur) if valeur else ""

    return {
        "annee": {"ligne": montrer(totaux.ligne), "total": en_heures(totaux.annee)},
        "mois": {"ligne": montrer(totaux.ligne_du_mois), "total": en_heures(totaux.du_mois)},
        "colonne": montrer(totaux.colonne),
        "engagement": {
            "validees": en_heures(totaux.resume.validees),
            "declarees": en_heures(totaux.resume.declarees),
            "reste": en_heures(totaux.resume.reste),
            "reste_si_valide": en_heures(totaux.resume.reste_si_valide),
        },
        "etat": {
            "nombre": totaux.etat.nombre_declarees,
            "geste": totaux.etat.geste,
            "neant": totaux.etat.est_neant_possible,
            "retard": totaux.etat.retard,
        },
    }


def adresse_de_la_grille(request: RequeteActeur, engagement: Engagement, *, sauf: Iterable[str] = ()) -> str:
    """La page de grille d’où l’on vient : celle du mois ou de l’entreprise (`?de=`), sinon celle de l’engagement."""
    parametres = request.GET.copy()
    for nom in sauf:
        parametres.pop(nom, None)
    match parametres.pop("de", [""])[-1]:
        case "mois":
            chemin = reverse("heures:mois")
        case "entreprise":
            chemin = reverse("heures:grille_entreprise", args=[engagement.entreprise_id])
        case _:
            chemin = engagement.get_absolute_url()
    return f"{chemin}?{parametres.urlencode()}" if parametres else chemin


@require_POST
def valider_mois(request: RequeteActeur, pk: int) -> HttpResponse:
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    form = MoisForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Le mois à valider n’est pas lisible : utiliser les boutons sous la grille.")
        return redirect(adresse_de_la_grille(request, engagement))
    mois = form.cleaned_data["mois"]
    try:
        nombre = actions.valider_mois(engagement, mois=mois, par=request.acteur)
        pluriel = "s" if nombre > 1 else ""
        messages.success(request, f"{en_lettres(mois).capitalize()} : {nombre} ligne{pluriel} validée{pluriel}.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect(adresse_de_la_grille(request, engagement))


@require_POST
def neant(request: RequeteActeur, pk: int) -> HttpResponse:
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.SAISIR_HEURES)
    form = MoisForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Le mois à noter néant n’est pas lisible : utiliser les boutons sous la grille.")
        return redirect(adresse_de_la_grille(request, engagement))
    mois = form.cleaned_data["mois"]
    try:
        actions.declarer_neant(engagement, mois=mois, par=request.acteur)
        messages.success(request, f"{en_lettres(mois).capitalize()} : néant noté, aucune heure faite.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect(adresse_de_la_grille(request, engagement))


def _ligne(request: RequeteActeur, pk: int) -> LigneHeures:
    lues = LigneHeures.objects.visibles_par(request.acteur).select_related(
        "participant", "contrat__employeur", "engagement__entreprise", "engagement__clause__lot__marche"
    )
    ligne: LigneHeures = get_object_or_404(lues, pk=pk)
    return ligne


def _page(request: RequeteActeur, ligne: LigneHeures, form: Any, titre: str) -> HttpResponse:
    journaliser_lecture(
        par=request.acteur, action="ouvrir une ligne d’heures", modele=Participant, objet_id=ligne.participant_id
    )
    contexte = {
        "ligne": ligne,
        "form": form,
        "titre": titre,
        "retour": adresse_de_la_grille(request, ligne.engagement),
    }
    return render(request, "heures/ligne.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def refuser(request: RequeteActeur, pk: int) -> HttpResponse:
    ligne = _ligne(request, pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    form = RefusForm(request.POST or None)
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.refuser(ligne, motif=form.cleaned_data["motif"], par=request.acteur))
        is not None
    ):
        messages.success(request, f"Ligne {de(en_lettres(ligne.mois))} refusée : elle ne compte pas.")
        return redirect(adresse_de_la_grille(request, ligne.engagement))
    return _page(request, ligne, form, "Refuser des heures")


@require_http_methods(["GET", "HEAD", "POST"])
def rectifier(request: RequeteActeur, pk: int) -> HttpResponse:
    ligne = _ligne(request, pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    form = RectificationForm(request.POST or None)
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.rectifier(ligne, **form.cleaned_data, par=request.acteur)) is not None
    ):
        mois = en_lettres(ligne.mois).capitalize()
        messages.success(request, f"{mois} rectifié ; l’ancienne valeur reste au journal.")
        return redirect(adresse_de_la_grille(request, ligne.engagement))
    return _page(request, ligne, form, "Rectifier des heures validées")
