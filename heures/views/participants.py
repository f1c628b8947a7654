"""Les personnes : liste, fiche, ouverture et modification, prolongation, sortie."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.enums import NatureEcriture
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import EcritureJournal
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import rendre_liste
from heures import actions, communes, lecture_doublons, lecture_fiche, suivi
from heures.eligibilite import avec_eligibilite
from heures.exports import COLONNES_PARTICIPANTS
from heures.filters import ParticipantFilter
from heures.forms.participants import (
    ParticipantForm,
    ParticipantModificationForm,
    ProlongationForm,
    SortieForm,
    SortieModificationForm,
)
from heures.grille import ABREGES
from heures.models import Participant, Sortie
from heures.noms import Nom
from heures.semblables import doublons
from heures.tables import ParticipantTable
from heures.views.retours import suite


def participant_ou_404(request: RequeteActeur, pk: int, droit: Droit) -> Participant:
    """La personne dans le périmètre (404), puis le droit (403)."""
    participant: Participant = get_object_or_404(Participant.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(droit)
    return participant


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_PERSONNES)
    visibles = avec_eligibilite(Participant.objects.visibles_par(request.acteur), par=request.acteur)
    action = "exporter les participants" if request.GET.get("export") else "lister les participants"
    return rendre_liste(
        request,
        filtre=ParticipantFilter(request.GET, queryset=visibles, request=request),
        table=ParticipantTable,
        gabarit="heures/participants.html",
        colonnes=COLONNES_PARTICIPANTS,
        nom="participants",
        consulter=lambda nombre, filtre: journaliser_lecture(
            par=request.acteur, action=action, modele=Participant, nombre=nombre, filtre=filtre
        ),
    )


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    """La fiche d’une personne ; celle qu’une autre a absorbée y renvoie."""
    gardee = lecture_doublons.fiche_gardee(pk, request.acteur)
    if gardee is not None:
        return redirect(gardee)
    participant = participant_ou_404(request, pk, Droit.CONSULTER_PERSONNES)
    journaliser_lecture(par=request.acteur, action="ouvrir la fiche", modele=Participant, objet_id=pk)
    ecritures = EcritureJournal.objects.visibles_par(request.acteur).filter(nature=NatureEcriture.ECRITURE)
    journal = ecritures.sur(participant).select_related("inscrite_par")[:20]
    jour = timezone.localdate()
    contexte = {
        "participant": participant,
        "commune": communes.en_clair(participant.commune_insee),
        "jour": jour,
        "mois": ABREGES,
        "journal": journal,
        "semblables": lecture_doublons.semblables(participant, request.acteur),
        **lecture_fiche.lire(participant, par=request.acteur, le=jour),
    }
    return render(request, "heures/participant.html", contexte)


def rendre_formulaire(
    request: RequeteActeur, *, form: Any, titre: str, participant: Participant | None = None, **contexte: Any
) -> HttpResponse:
    """La page d’un formulaire sur une personne ; montrer sa fiche remplie est une consultation."""
    if participant is not None:
        journaliser_lecture(
            par=request.acteur,
            action=f"ouvrir la page « {titre.lower()} »",
            modele=Participant,
            objet_id=participant.pk,
        )
    donnees = {
        "form": form,
        "titre": titre,
        "participant": participant,
        "doublons": (),
        "bouton": "Enregistrer",
        "aide": "",
        "annuler": participant.get_absolute_url() if participant else reverse("heures:participants"),
        **contexte,
    }
    return render(request, "heures/formulaire.html", donnees)


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    """Ouvre une fiche ; `?engagement=` : on vient de la grille, la suite est le contrat de travail."""
    request.acteur.exiger(Droit.GERER_PERSONNES)
    form = ParticipantForm(request.POST or None)
    proches: list[Participant] = []
    if form.is_valid():
        saisie = form.saisie()
        if not form.cleaned_data["confirmer"]:
            proches = doublons(Nom(saisie["nom"], saisie["prenom"]), saisie["date_naissance"], par=request.acteur)
        participant = None
        if not proches:
            participant = soumettre(form, lambda: actions.creer_participant(**saisie, par=request.acteur))
        if participant is not None:
            messages.success(request, f"La fiche de {participant} est ouverte.")
            return redirect(_apres_creation(request, participant))
    return _page_creation(request, form, proches)


def _apres_creation(request: RequeteActeur, participant: Participant) -> str:
    if request.GET.get("engagement", "").isdecimal():
        return f"{reverse('heures:contrat_creer', args=[participant.pk])}?{request.GET.urlencode()}"
    return participant.get_absolute_url()


def _page_creation(request: RequeteActeur, form: ParticipantForm, proches: list[Participant]) -> HttpResponse:
    if proches:
        journaliser_lecture(
            par=request.acteur, action="proposer des fiches semblables", modele=Participant, nombre=len(proches)
        )
        donnees = request.POST.copy()
        donnees["confirmer"] = "True"
        form.data = donnees
    return rendre_formulaire(
        request,
        form=form,
        titre="Ouvrir une fiche",
        doublons=proches,
        bouton="Créer quand même" if proches else "Enregistrer",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    form = ParticipantModificationForm(request.POST or None, instance=participant)
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.modifier_participant(participant, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(participant)
    return rendre_formulaire(request, form=form, titre="Modifier la fiche", participant=participant)


@require_http_methods(["GET", "HEAD", "POST"])
def prolonger(request: RequeteActeur, pk: int) -> HttpResponse:
    """Prolonge l’éligibilité ; la page rappelle où elle s’arrête, et propose six mois de plus."""
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    fin = suivi.fin_d_une_personne(participant, par=request.acteur)
    le = timezone.localdate()
    form = ProlongationForm(
        request.POST or None, initial={"jusqu_au": suivi.prolongation_proposee(fin, le=le)} if fin else {}
    )
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.prolonger(participant, **form.cleaned_data, par=request.acteur))
        is not None
    ):
        messages.success(
            request, f"{participant} : éligibilité prolongée jusqu’au {form.cleaned_data['jusqu_au']:%d/%m/%Y}."
        )
        return suite(request, participant)
    return rendre_formulaire(
        request,
        form=form,
        titre="Prolonger l’éligibilité",
        participant=participant,
        aide=f"Aujourd’hui, éligible jusqu’au {fin:%d/%m/%Y}."
        if fin
        else "Sans entrée en clause : à enregistrer d’abord.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sortie_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    form = SortieForm(request.POST or None)
    if (
        form.is_valid()
        and soumettre(form, lambda: actions.noter_sortie(participant, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Sortie notée.")
        return redirect(participant)
    return rendre_formulaire(request, form=form, titre="Noter la sortie", participant=participant)


@require_http_methods(["GET", "HEAD", "POST"])
def sortie_retirer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Retire une sortie notée par erreur, ou en double ; la page demande confirmation."""
    sortie = get_object_or_404(Sortie.objects.visibles_par(request.acteur).select_related("participant"), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    participant = sortie.participant
    if request.method == "POST":
        actions.retirer_sortie(sortie, par=request.acteur)
        messages.success(request, "Sortie retirée.")
        return redirect(participant)
    journaliser_lecture(
        par=request.acteur, action="ouvrir la page « retirer une sortie »", modele=Participant, objet_id=participant.pk
    )
    return render(request, "heures/sortie_retirer.html", {"sortie": sortie, "participant": participant})


@require_http_methods(["GET", "HEAD", "POST"])
def sortie_modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    """Complète une sortie : ce que la personne est devenue, à 6 puis à 12 mois."""
    sortie = get_object_or_404(Sortie.objects.visibles_par(request.acteur).select_related("participant"), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    form = SortieModificationForm(request.POST or None, instance=sortie)
    if form.is_valid():
        relue = soumettre(form, lambda: actions.modifier_sortie(sortie, **form.saisie(), par=request.acteur))
        if relue is not None:
            messages.success(request, "Sortie complétée.")
            return redirect(sortie.participant)
    return rendre_formulaire(request, form=form, titre="Compléter la sortie", participant=sortie.participant)
