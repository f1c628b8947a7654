"""Changer de rattachement, régler la structure, inviter, lire le journal."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from clauses.comptes import actions, invitations
from clauses.comptes.acces import acces_de
from clauses.comptes.acteurs import Droit
from clauses.comptes.forms import EnteteForm, PartenaireForm, RattachementForm, StructureForm
from clauses.comptes.middleware import CLEF_DE_SESSION
from clauses.comptes.models import EcritureJournal, Invitation, Rattachement, Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.comptes.tables import JournalTable
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre


@require_POST
def agir_pour(request: RequeteActeur, pk: int) -> HttpResponse:
    """Change le rattachement au titre duquel l’utilisateur agit ; seulement parmi les siens."""
    rattachement = get_object_or_404(Rattachement.siens(request.user), pk=pk)
    request.session[CLEF_DE_SESSION] = rattachement.pk
    return redirect("accueil")


@require_safe
def journal(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_JOURNAL)
    ecritures = EcritureJournal.objects.visibles_par(request.acteur).select_related("inscrite_par")
    table = JournalTable(ecritures)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "comptes/journal.html", {"table": table})


@require_http_methods(["GET", "HEAD", "POST"])
def reglages(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    structure = Structure.objects.visibles_par(request.acteur).get()
    form = StructureForm(request.POST or None, instance=structure)
    if request.method == "POST" and form.is_valid():
        relue = soumettre(form, lambda: actions.modifier_structure(structure, **form.saisie(), par=request.acteur))
        if relue is not None:
            messages.success(request, "Réglages enregistrés.")
            return redirect("reglages")
    return render(request, "comptes/reglages.html", {"form": form, "structure": structure})


@require_http_methods(["GET", "HEAD", "POST"])
def entete(request: RequeteActeur) -> HttpResponse:
    """L’en-tête des courriers ; le logo ne se voit qu’ici et dans les documents, aucune adresse ne le sert."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    structure = Structure.objects.visibles_par(request.acteur).get()
    form = EnteteForm(request.POST or None, request.FILES or None, instance=structure)
    logo = b64encode(bytes(structure.logo or b"")).decode()
    if request.method == "POST" and form.is_valid():
        relue = soumettre(form, lambda: actions.modifier_structure(structure, **form.saisie(), par=request.acteur))
        if relue is not None:
            messages.success(request, "En-tête des courriers enregistré.")
            return redirect("entete")
    return render(request, "comptes/entete.html", {"form": form, "structure": structure, "logo": logo})


@require_http_methods(["GET", "HEAD", "POST"])
def utilisateurs(request: RequeteActeur) -> HttpResponse:
    """Qui a accès à la structure ; inviter quelqu’un de plus."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = RattachementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation = soumettre(form, lambda: actions.rattacher(**form.cleaned_data, par=request.acteur))
        if invitation is not None:
            envoyer(request, invitation)
            return redirect("utilisateurs")
    acces = acces_de(request.acteur)
    return render(request, "comptes/utilisateurs.html", {"form": form, "acces": acces})


def envoyer(request: RequeteActeur, invitation: Invitation) -> None:
    """Le courriel part une fois l’invitation enregistrée ; la page le dit."""
    invitations.envoyer_apres(invitation, request.build_absolute_uri("/"))
    jour = f"{timezone.localtime(invitation.valable_jusqu_au):%d/%m/%Y}"
    messages.success(request, f"Une invitation part à {invitation.rattachement.utilisateur}, valable jusqu’au {jour}.")


def rendre_invitation(request: RequeteActeur, organisation: Model, *, retour: str, **clef: Any) -> HttpResponse:
    """La page qui ouvre l’espace d’une organisation à une personne ; `clef` : `acheteur_id` ou `entreprise_id`."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    form = PartenaireForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        invitation = soumettre(
            form, lambda: actions.inviter_partenaire(**form.cleaned_data, **clef, par=request.acteur)
        )
        if invitation is not None:
            envoyer(request, invitation)
            return redirect(retour)
    acces = acces_de(request.acteur, **clef)
    contexte = {"form": form, "organisation": organisation, "acces": acces, "retour": retour}
    return render(request, "comptes/inviter.html", contexte)


@require_POST
def retirer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ferme un accès, ou annule l’invitation qui devait l’ouvrir."""
    rattachement = get_object_or_404(Rattachement.objects.visibles_par(request.acteur), pk=pk)
    try:
        actions.detacher(rattachement, par=request.acteur)
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    else:
        ferme = f"{rattachement.utilisateur} n’a plus accès : ses sessions ouvertes s’arrêtent à l’instant."
        messages.success(request, ferme if rattachement.est_actif else "Invitation annulée : son lien ne sert plus.")
    return retour_aux_acces(request, rattachement)


@require_POST
def renvoyer(request: RequeteActeur, pk: int) -> HttpResponse:
    """Une invitation neuve, pour un accès qui n’est pas ouvert ; l’ancien lien ne sert plus."""
    rattachement = get_object_or_404(Rattachement.objects.visibles_par(request.acteur), pk=pk)
    try:
        envoyer(request, actions.renvoyer_invitation(rattachement, par=request.acteur))
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return retour_aux_acces(request, rattachement)


def retour_aux_acces(request: RequeteActeur, rattachement: Rattachement) -> HttpResponse:
    """La page d’où part le geste : la fiche de l’organisation, ou la liste des utilisateurs."""
    fiche = getattr(rattachement.organisation, "get_absolute_url", None) if "fiche" in request.POST else None
    return redirect(fiche() if fiche else "utilisateurs")
