"""Les demandes du mois, en lot ; les courriels d’un engagement ; révoquer, renouveler, renvoyer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.mois import ajouter_mois, premier_jour
from clauses.socle.retour import revenir
from entreprises.models import Contact
from heures import actions
from heures.actions import LotDeDemandes
from heures.enums import NatureEnvoi
from heures.forms.demandes import LotForm, MoisDemandeForm
from heures.forms.grille import MoisForm
from heures.models import DemandeReleve, Envoi
from heures.suivi_demandes import echecs, sections
from marches.models import Engagement

REFUS_MONTRES = 10


@require_safe
def demandes(request: RequeteActeur) -> HttpResponse:
    """Chaque engagement attendu ce mois-là, rangé selon le prochain geste."""
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    form = MoisDemandeForm(request.GET)
    if not form.is_valid():
        raise BadRequest("Ce mois n’est pas lisible : le choisir avec le champ au-dessus de la liste.")
    jour = timezone.localdate()
    mois = form.cleaned_data["mois"] or ajouter_mois(premier_jour(jour), -1)
    lues = sections(mois, le=jour, par=request.acteur)
    contacts = {rangee.contact.pk for section in lues for rangee in section.rangees if rangee.contact}
    if contacts:
        journaliser_lecture(
            par=request.acteur, action="ouvrir les demandes du mois", modele=Contact, nombre=len(contacts)
        )
    contexte = {
        "mois": mois,
        "avant": ajouter_mois(mois, -1),
        "apres": ajouter_mois(mois, 1) if mois < premier_jour(jour) else None,
        "sections": lues,
        "nombre_d_echecs": len([rangee for section in lues for rangee in section.rangees if rangee.echec]),
        "form": MoisDemandeForm(initial={"mois": mois}),
    }
    return render(request, "heures/demandes.html", contexte)


@require_POST
def envoyer(request: RequeteActeur) -> HttpResponse:
    """Demande ou relance les engagements cochés ; ce qui est impossible est dit, engagement par engagement."""
    request.acteur.exiger(Droit.SAISIR_HEURES)
    form = LotForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.en_phrase())
        return revenir(request, reverse("heures:demandes"))
    mois = form.cleaned_data["mois"]
    coches = (
        Engagement.objects.visibles_par(request.acteur)
        .avec_marche()
        .filter(pk__in=form.cleaned_data["engagement"])
        .order_by("entreprise__raison_sociale", "pk")
    )
    nature = NatureEnvoi(form.cleaned_data["nature"])
    adresse = request.build_absolute_uri("/")
    lot = actions.demander_lot(coches, mois=mois, nature=nature, par=request.acteur, adresse=adresse)
    _rendre_compte(request, lot, nature)
    return revenir(request, f"{reverse('heures:demandes')}?mois={mois:%Y-%m}")


def _rendre_compte(request: RequeteActeur, lot: LotDeDemandes, nature: NatureEnvoi) -> None:
    nombre, courriels = lot.nombre, lot.nombre_courriels
    if nombre:
        s, c = ("s" if n > 1 else "" for n in (nombre, courriels))
        geste = "demandé" if nature == NatureEnvoi.DEMANDE else "relancé"
        messages.success(request, f"{nombre} relevé{s} {geste}{s}, en {courriels} courriel{c}.")
    for engagement, raison in lot.refus[:REFUS_MONTRES]:
        messages.warning(request, f"{engagement} : {raison}")
    if len(lot.refus) > REFUS_MONTRES:
        messages.warning(request, f"Et {len(lot.refus) - REFUS_MONTRES} autres engagements n’ont pas pu être traités.")
    if not nombre and not lot.refus:
        messages.error(request, "Aucun de ces engagements n’est à vous : rien n’est envoyé.")


@require_POST
def renvoyer_les_echecs(request: RequeteActeur) -> HttpResponse:
    """Renvoie d’un geste tous les courriels du mois qui ne sont pas partis."""
    request.acteur.exiger(Droit.SAISIR_HEURES)
    form = MoisForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Ce mois n’est pas lisible : rouvrir la page des demandes.")
    mois = form.cleaned_data["mois"]
    lot = actions.renvoyer_lot(
        echecs(mois, request.acteur), par=request.acteur, adresse=request.build_absolute_uri("/")
    )
    s = "s" if lot.nombre_courriels > 1 else ""
    if lot.nombre_courriels:
        messages.success(
            request, f"{lot.nombre_courriels} courriel{s} renvoyé{s} : la liste dit lesquels sont partis."
        )
    for _, raison in lot.refus[:REFUS_MONTRES]:
        messages.warning(request, raison)
    if not lot.nombre_courriels and not lot.refus:
        messages.error(request, "Aucun courriel de ce mois n’est à renvoyer.")
    return revenir(request, f"{reverse('heures:demandes')}?mois={mois:%Y-%m}")


@require_safe
def envois(request: RequeteActeur, pk: int) -> HttpResponse:
    """Les demandes et les courriels d’un engagement, du plus récent au plus ancien."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    courriels = (
        Envoi.objects.visibles_par(request.acteur)
        .filter(releve__engagement=engagement)
        .select_related("releve", "prepare_par")
        .order_by("-prepare_le", "-pk")
    )
    liens = (
        DemandeReleve.objects.visibles_par(request.acteur)
        .filter(releve__engagement=engagement)
        .select_related("releve", "demandee_par")
        .order_by("-releve__mois", "-demandee_le", "-pk")
    )
    journaliser_lecture(
        par=request.acteur, action="ouvrir les courriels d’un engagement", modele=Engagement, objet_id=engagement.pk
    )
    contexte = {"engagement": engagement, "envois": courriels, "liens": liens, "instant": timezone.now()}
    return render(request, "heures/envois.html", contexte)


@require_POST
def revoquer(request: RequeteActeur, pk: int) -> HttpResponse:
    demande = get_object_or_404(DemandeReleve.objects.visibles_par(request.acteur).select_related("releve"), pk=pk)
    try:
        actions.revoquer(demande, par=request.acteur)
        messages.success(request, "Lien révoqué : il n’ouvre plus rien. Ce qui a été déposé reste.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect("heures:envois", pk=demande.releve.engagement_id)


@require_POST
def renouveler(request: RequeteActeur, pk: int) -> HttpResponse:
    demande = get_object_or_404(DemandeReleve.objects.visibles_par(request.acteur).select_related("releve"), pk=pk)
    try:
        envoi = actions.renouveler(demande, par=request.acteur, adresse=request.build_absolute_uri("/"))
        messages.success(request, f"Un lien neuf part à {envoi.destinataire} ; l’ancien n’ouvre plus rien.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect("heures:envois", pk=demande.releve.engagement_id)


@require_POST
def renvoyer(request: RequeteActeur, pk: int) -> HttpResponse:
    envoi = get_object_or_404(Envoi.objects.visibles_par(request.acteur).select_related("releve"), pk=pk)
    try:
        actions.renvoyer(envoi, par=request.acteur, adresse=request.build_absolute_uri("/"))
        messages.success(request, f"Le courriel repart à {envoi.destinataire}.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect("heures:envois", pk=envoi.releve.engagement_id)
