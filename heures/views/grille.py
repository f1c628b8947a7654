"""La liste des engagements à saisir, et les grilles : un engagement, une entreprise, un mois."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.listes import rendre_liste
from clauses.socle.mois import ajouter_mois, en_lettres
from entreprises.models import Entreprise
from heures import lecture_grille
from heures.attendus import avec_mois_manquants, derniers_mois, dus, ouverts_en
from heures.enums import TypeHeures
from heures.exports import COLONNES_ENGAGEMENTS
from heures.filters import EngagementFilter
from heures.forms.grille import VueEntrepriseForm, VueForm, VueMoisForm
from heures.grille import Bornes, axes_de_l_annee, axes_du_mois, entetes, mois_pleins
from heures.lecture_grille import Lecture
from heures.models import Participant
from heures.tables import EngagementTable
from marches.models import Engagement

PAR_PAGE = 60
"""Engagements par page du mois à saisir : ce que suit un facilitateur (produit.md)."""
PAR_MARCHE = ("clause__lot__marche__reference", "clause__lot__numero", "pk")
PAR_ENTREPRISE = ("entreprise__raison_sociale", *PAR_MARCHE)
ZERO = Decimal(0)


@require_safe
def engagements(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    jour = timezone.localdate()
    visibles = Engagement.objects.visibles_par(request.acteur).avec_marche().avec_avancement(au=jour)
    filtre = EngagementFilter(
        request.GET, queryset=avec_mois_manquants(visibles, le=jour, par=request.acteur), request=request
    )
    return rendre_liste(
        request,
        filtre=filtre,
        table=EngagementTable,
        gabarit="heures/engagements.html",
        colonnes=COLONNES_ENGAGEMENTS,
        nom="engagements",
    )


@require_safe
def grille(request: RequeteActeur, pk: int) -> HttpResponse:
    """Une année d’un engagement."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    vue = _vue_demandee(VueForm(request.GET))
    annee = vue["annee"] or _annee_par_defaut([engagement])
    lecture = Lecture(
        [engagement],
        axes_de_l_annee(annee, vue["type"]),
        [(engagement.pk, contrat) for contrat in vue["contrat"]],
        est_groupee=False,
        le=timezone.localdate(),
        par=request.acteur,
    )
    page = _page(request, lecture, filtre=f"engagement {pk}, {annee}")
    bloc = page["blocs"][0]
    siens = Engagement.objects.visibles_par(request.acteur).filter(entreprise=engagement.entreprise_id)
    contexte = {
        "engagement": engagement,
        "marche": engagement.clause.lot.marche,
        "grille": bloc.grille,
        "resume": bloc.resume,
        "legende": f"Heures de {annee}, {vue['type'].label.lower()}, par contrat et par mois",
        "a_d_autres_engagements": siens.exclude(pk=pk).exists(),
        "mois_du_modele": f"{ajouter_mois(timezone.localdate(), -1):%Y-%m}",
        **_annees(annee, vue["type"], [engagement]),
    }
    return render(request, "heures/grille.html", page | contexte)


@require_safe
def entreprise(request: RequeteActeur, pk: int) -> HttpResponse:
    """Une année de tous les engagements d’une entreprise."""
    redevable = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    vue = _vue_demandee(VueEntrepriseForm(request.GET))
    tous = list(
        Engagement.objects.visibles_par(request.acteur)
        .filter(entreprise=redevable)
        .avec_marche()
        .order_by(*PAR_MARCHE)
    )
    annee = vue["annee"] or _annee_par_defaut(tous)
    jour = timezone.localdate()
    lecture = Lecture(
        [e for e in tous if Bornes(e.debut, e.fin, jour).touchent(annee)],
        axes_de_l_annee(annee, vue["type"]),
        vue["ligne"],
        est_groupee=True,
        le=jour,
        par=request.acteur,
    )
    page = _page(request, lecture, filtre=f"entreprise {pk}, {annee}", de="entreprise")
    contexte = {
        "entreprise": redevable,
        "legende": f"Heures de {annee}, {vue['type'].label.lower()}, par engagement, par contrat et par mois",
        **_annees(annee, vue["type"], tous),
    }
    return render(request, "heures/grille_entreprise.html", page | contexte)


@require_safe
def mois(request: RequeteActeur) -> HttpResponse:
    """Un mois de tous les engagements dont le relevé n’est ni validé, ni néant : une ligne par contrat."""
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    form = VueMoisForm(request.GET, acteur=request.acteur)
    vue = _vue_demandee(form)
    jour = timezone.localdate()
    choisi = vue["mois"] or derniers_mois(jour)[-1]
    suivis = Engagement.objects.visibles_par(request.acteur).ouverts()
    if vue["facilitateur"]:
        suivis = suivis.filter(clause__lot__marche__facilitateur=vue["facilitateur"])
    a_saisir = dus(suivis, choisi, par=request.acteur).avec_marche().order_by(*PAR_ENTREPRISE)
    feuille = Paginator(a_saisir, PAR_PAGE).get_page(vue["page"])
    lecture = Lecture(list(feuille), axes_du_mois(choisi), vue["ligne"], est_groupee=True, le=jour, par=request.acteur)
    page = _page(request, lecture, filtre=f"mois {choisi:%Y-%m}", de="mois")
    contexte = {
        "mois": choisi,
        "legende": f"Heures travaillées en {en_lettres(choisi)}, par engagement, par contrat et par type",
        "mois_avant": ajouter_mois(choisi, -1),
        "mois_apres": ajouter_mois(choisi, 1) if ajouter_mois(choisi, 1) <= jour else None,
        "form": form,
        "feuille": feuille,
        "nombre_ouverts": ouverts_en(suivis, choisi).count(),
        "suite": _sans(request, "mois", "page", "ligne"),
        "pages": _sans(request, "page"),
    }
    return render(request, "heures/grille_mois.html", page | contexte)


def _vue_demandee(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise BadRequest(
            "Cette adresse de grille n’est pas lisible : l’année, le mois, le type ou une ligne y est faux."
        )
    return form.cleaned_data


def _sans(request: RequeteActeur, *noms: str) -> str:
    gardes = request.GET.copy()
    for nom in noms:
        gardes.pop(nom, None)
    return gardes.urlencode()


def _annee_par_defaut(engagements: Sequence[Engagement]) -> int:
    """L’année du dernier mois achevé si un engagement s’y saisit ; sinon la plus proche avant elle, puis après."""
    jour = timezone.localdate()
    visee = Bornes(None, None, jour).annee_par_defaut
    annees = [Bornes(engagement.debut, engagement.fin, jour).annee_par_defaut for engagement in engagements]
    return max((annee for annee in annees if annee <= visee), default=min(annees, default=visee))


def _annees(annee: int, type_heures: TypeHeures, engagements: Sequence[Engagement]) -> dict[str, Any]:
    """L’année montrée, ses voisines quand un engagement les touche, et les types d’heures."""
    debuts = [engagement.debut.year if engagement.debut else None for engagement in engagements]
    a_un_avant = any(debut is None or debut < annee for debut in debuts)
    return {
        "annee": annee,
        "type_heures": type_heures,
        "types": TypeHeures,
        "annee_avant": annee - 1 if a_un_avant else None,
        "annee_apres": annee + 1 if annee < timezone.localdate().year else None,
    }


def _page(request: RequeteActeur, lecture: Lecture, *, filtre: str, de: str = "") -> dict[str, Any]:
    """Ce que toute page de grille montre ; l’ouvrir est une consultation des personnes qu’elle nomme."""
    blocs = lecture_grille.lire_les_blocs(lecture)
    personnes = {ligne.contrat.participant_id for bloc in blocs for ligne in bloc.grille.lignes}
    if personnes:
        journaliser_lecture(
            par=request.acteur,
            action="ouvrir la grille d’heures",
            modele=Participant,
            nombre=len(personnes),
            filtre=filtre,
        )
    grilles = [bloc.grille for bloc in blocs]
    retour = request.GET.copy()
    if de:
        retour["de"] = de
    return {
        "blocs": blocs,
        "entetes": entetes(lecture.axes, grilles, lecture.le),
        "totaux": [
            sum((grille.colonnes[rang].total for grille in grilles), ZERO) for rang in range(len(lecture.axes))
        ],
        "total": sum((grille.total for grille in grilles), ZERO),
        "est_groupee": lecture.est_groupee,
        "est_un_mois": de == "mois",
        "pleins": mois_pleins(grilles),
        "retour": retour.urlencode(),
        "cookie_du_jeton": settings.CSRF_COOKIE_NAME,
    }
