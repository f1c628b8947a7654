"""La boîte de réception : les relevés reçus, un relevé ligne à ligne, ce qu’on en accepte et ce qu’on en renvoie."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import est_fragment, filtres_inconnus, parametres
from clauses.socle.mois import en_lettres
from clauses.socle.nombres import en_nombre
from heures import actions, lecture_reception
from heures.enums import NatureEnvoi, OrigineLigne
from heures.filters import ReceptionFilter
from heures.forms.reception import AcceptationForm, ComplementForm, LuForm, RefusRecuForm, VersionForm
from heures.models import LigneHeures, Participant, Releve

PAR_PAGE = 25
ILLISIBLE = "Ce choix n’est pas lisible : recharger la page, puis recommencer."
VENUES_DE_L_ENTREPRISE = (OrigineLigne.ENTREPRISE, OrigineLigne.IMPORT)


@require_safe
def boite(request: RequeteActeur) -> HttpResponse:
    """Tout ce qui est reçu et pas encore traité ; la page ne nomme personne."""
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    visibles = lecture_reception.avec_reception(Releve.objects.visibles_par(request.acteur), par=request.acteur)
    filtre = ReceptionFilter(request.GET, queryset=visibles, request=request)
    inconnus = filtres_inconnus(request, filtre)
    valide = filtre.is_valid() and not inconnus
    page = _page(request, filtre.qs if valide else filtre.queryset.none(), filtre)
    contexte = {
        "filtre": filtre,
        "inconnus": inconnus,
        "page": page,
        "total": page.paginator.count,
        "acceptables": [recu for recu in page.object_list if recu.est_sans_anomalie],
        "parametres": parametres(request),
    }
    gabarit = "heures/_reception.html" if est_fragment(request) else "heures/reception.html"
    return render(request, gabarit, contexte, status=200 if valide else 400)


def _page(request: RequeteActeur, releves: Any, filtre: ReceptionFilter) -> Any:
    """Une page de relevés lus ; filtrer sur les anomalies demande de les lire tous."""
    jour = timezone.localdate()
    anomalie = filtre.form.cleaned_data.get("anomalie") if filtre.form.is_valid() else ""
    if anomalie:
        lus = lecture_reception.lire(list(releves), le=jour, par=request.acteur)
        gardes = [recu for recu in lus if bool(recu.nombre_anomalies) is (anomalie == "avec")]
        return Paginator(gardes, PAR_PAGE).get_page(request.GET.get("page"))
    page = Paginator(releves, PAR_PAGE).get_page(request.GET.get("page"))
    page.object_list = lecture_reception.lire(list(page.object_list), le=jour, par=request.acteur)
    return page


@require_POST
def accepter(request: RequeteActeur) -> HttpResponse:
    """Accepte les relevés cochés, ou tous ceux de la page qui sont sans anomalie, et dit ce qu’il en est de chacun."""
    request.acteur.exiger(Droit.VALIDER_HEURES)
    form = AcceptationForm(request.POST)
    choisis = form.choisis() if form.is_valid() else {}
    releves = Releve.objects.visibles_par(request.acteur).filter(pk__in=choisis)
    vus = {releve: choisis[releve.pk] for releve in releves.select_related(*lecture_reception.RELEVE)}
    if not vus:
        messages.error(request, "Cocher au moins un relevé à accepter." if form.is_valid() else ILLISIBLE)
    else:
        _rendre_compte(request, actions.valider_releves(vus, par=request.acteur))
    reste = request.GET.urlencode()
    return HttpResponseRedirect(reverse("heures:reception") + (f"?{reste}" if reste else ""))


def _rendre_compte(request: RequeteActeur, acceptations: list[actions.Acceptation]) -> None:
    acceptes = [acceptation for acceptation in acceptations if not acceptation.raison]
    if acceptes:
        nombre = sum(acceptation.nombre for acceptation in acceptes)
        messages.success(
            request,
            f"{en_nombre(len(acceptes))} relevé{_s(len(acceptes))} accepté{_s(len(acceptes))}, "
            f"{en_nombre(nombre)} ligne{_s(nombre)} validée{_s(nombre)}.",
        )
    for acceptation in acceptations:
        if acceptation.raison:
            qui, mois = acceptation.releve.engagement.entreprise, en_lettres(acceptation.releve.mois)
            messages.warning(request, f"{qui}, {mois}, laissé tel quel : {acceptation.raison}")


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""


def releve_ou_404(request: RequeteActeur, pk: int, droit: Droit) -> Releve:
    """Le relevé dans le périmètre (404), puis le droit (403)."""
    releves = Releve.objects.visibles_par(request.acteur).select_related(*lecture_reception.RELEVE)
    releve: Releve = get_object_or_404(releves, pk=pk)
    request.acteur.exiger(droit)
    return releve


@require_safe
def releve(request: RequeteActeur, pk: int) -> HttpResponse:
    objet = releve_ou_404(request, pk, Droit.CONSULTER_HEURES)
    (recu,) = lecture_reception.lire([objet], le=timezone.localdate(), par=request.acteur, avec_traitees=True)
    journaliser_lecture(
        par=request.acteur,
        action="ouvrir un relevé reçu",
        modele=Participant,
        nombre=recu.personnes,
        filtre=f"relevé {objet.pk}",
    )
    contexte = {
        "recu": recu,
        "releve": objet,
        "lot": objet.engagement.clause.lot,
        "jours": recu.recu_depuis,
        "rouvrable": recu.a_un_refus or recu.attend_un_complement,
        "grille": f"{reverse('heures:grille', args=[objet.engagement_id])}?annee={objet.mois.year}",
    }
    return render(request, "heures/releve.html", contexte)


def vers_le_releve(pk: int) -> HttpResponseRedirect:
    return redirect("heures:releve", pk)


@require_POST
def accepter_releve(request: RequeteActeur, pk: int) -> HttpResponse:
    objet = releve_ou_404(request, pk, Droit.VALIDER_HEURES)
    form = LuForm(request.POST)
    try:
        if not form.is_valid():
            raise ActionImpossible(ILLISIBLE)
        nombre = actions.accepter_releve(objet, vu=form.cleaned_data["vu"], par=request.acteur)
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, f"{en_nombre(nombre)} ligne{_s(nombre)} validée{_s(nombre)}.")
    return vers_le_releve(pk)


@require_POST
def rouvrir(request: RequeteActeur, pk: int) -> HttpResponse:
    objet = releve_ou_404(request, pk, Droit.VALIDER_HEURES)
    try:
        actions.rouvrir(objet, par=request.acteur)
        messages.success(request, "Relevé rouvert : ce qui avait été refusé est de nouveau à traiter.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    return vers_le_releve(pk)


@require_http_methods(["GET", "HEAD", "POST"])
def completer(request: RequeteActeur, pk: int) -> HttpResponse:
    objet = releve_ou_404(request, pk, Droit.VALIDER_HEURES)
    form = ComplementForm(request.POST or None, initial={"message": objet.message})
    if form.is_valid():
        message = form.cleaned_data["message"]
        fait = soumettre(form, lambda: actions.demander_complement(objet, message=message, par=request.acteur))
        if fait is not None:
            messages.success(request, "Complément demandé : le relevé reste à compléter jusqu’à la réponse.")
            if form.cleaned_data["prevenir"]:
                prevenir(request, fait, NatureEnvoi.COMPLEMENT, message)
            return vers_le_releve(pk)
    contexte = {
        "form": form,
        "releve": objet,
        "ligne": None,
        "attente": None,
        "titre": "Demander un complément",
        "bouton": "Demander le complément",
    }
    return render(request, "heures/releve_geste.html", contexte)


def prevenir(request: RequeteActeur, releve: Releve, nature: NatureEnvoi, details: str) -> None:
    """Écrit à l’entreprise ; ce qui empêche d’écrire se dit, sans défaire le geste qui précède."""
    try:
        actions.preparer(
            releve, nature=nature, par=request.acteur, adresse=request.build_absolute_uri("/"), details=details
        )
    except ActionImpossible as refus:
        messages.warning(request, f"L’entreprise n’est pas prévenue. {refus}")
        return
    messages.success(request, "Un courriel part à l’entreprise.")


def releve_de(ligne: LigneHeures, request: RequeteActeur) -> Releve:
    """Le relevé d’une ligne : toute heure déclarée en a un."""
    releves = Releve.objects.visibles_par(request.acteur).select_related(*lecture_reception.RELEVE)
    releve: Releve = get_object_or_404(releves, engagement=ligne.engagement_id, mois=ligne.mois)
    return releve


def _ligne_ou_404(request: RequeteActeur, pk: int) -> LigneHeures:
    lues = LigneHeures.objects.visibles_par(request.acteur).select_related("participant", "engagement", "contrat")
    ligne: LigneHeures = get_object_or_404(lues, pk=pk)
    request.acteur.exiger(Droit.VALIDER_HEURES)
    return ligne


@require_POST
def accepter_ligne(request: RequeteActeur, pk: int) -> HttpResponse:
    ligne = _ligne_ou_404(request, pk)
    form = VersionForm(request.POST)
    try:
        if not form.is_valid():
            raise ActionImpossible(ILLISIBLE)
        actions.valider_ligne(ligne, version=form.cleaned_data["version"], par=request.acteur)
        messages.success(request, f"Heures de {ligne.participant} validées.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return vers_le_releve(releve_de(ligne, request).pk)


@require_http_methods(["GET", "HEAD", "POST"])
def refuser_ligne(request: RequeteActeur, pk: int) -> HttpResponse:
    """Refuse une ligne reçue ; le motif revient à l’entreprise."""
    ligne = _ligne_ou_404(request, pk)
    objet = releve_de(ligne, request)
    form = RefusRecuForm(request.POST or None, initial={"prevenir": ligne.origine in VENUES_DE_L_ENTREPRISE})
    if form.is_valid():
        motif = form.cleaned_data["motif"]
        if soumettre(form, lambda: actions.refuser(ligne, motif=motif, par=request.acteur)) is not None:
            messages.success(request, f"Heures de {ligne.participant} refusées : elles ne comptent pas.")
            if form.cleaned_data["prevenir"]:
                prevenir(request, objet, NatureEnvoi.REFUS, motif)
            return vers_le_releve(objet.pk)
    journaliser_lecture(
        par=request.acteur, action="ouvrir une ligne d’heures", modele=Participant, objet_id=ligne.participant_id
    )
    contexte = {
        "form": form,
        "releve": objet,
        "ligne": ligne,
        "attente": None,
        "titre": "Refuser des heures",
        "bouton": "Refuser ces heures",
    }
    return render(request, "heures/releve_geste.html", contexte)
