"""Pages de l’annuaire des entreprises."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acces import acces_de
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import EcritureJournal
from clauses.comptes.requetes import RequeteActeur
from clauses.comptes.views import rendre_invitation
from clauses.socle.annuaire import Annuaire, rendre_formulaire, rendre_suggestions
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import rendre_liste
from entreprises import actions
from entreprises.ajout import choisie, rechercher
from entreprises.exports import COLONNES_ENTREPRISES
from entreprises.fiches import contacts_de, contrats_en_cours, engagements_de
from entreprises.filters import EntrepriseFilter
from entreprises.forms import ContactForm, ContactModificationForm, EntrepriseForm, EntrepriseModificationForm
from entreprises.models import Contact, Entreprise
from entreprises.tables import EntrepriseTable

ANNUAIRE = Annuaire("Entreprises", "entreprises:liste")


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    filtre = EntrepriseFilter(request.GET, queryset=Entreprise.objects.visibles_par(request.acteur), request=request)
    return rendre_liste(
        request,
        filtre=filtre,
        table=EntrepriseTable,
        gabarit="entreprises/liste.html",
        colonnes=COLONNES_ENTREPRISES,
        nom="entreprises",
    )


@require_safe
def choix(request: RequeteActeur) -> HttpResponse:
    """Suggestions d’entreprises, au fil de la frappe."""
    request.acteur.exiger(Droit.CONSULTER_ANNUAIRE)
    return rendre_suggestions(request, Entreprise.objects.visibles_par(request.acteur))


@require_http_methods(["GET", "HEAD", "POST"])
def inviter(request: RequeteActeur, pk: int) -> HttpResponse:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    return rendre_invitation(request, entreprise, retour=entreprise.get_absolute_url(), entreprise_id=entreprise.pk)


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    au = timezone.localdate()
    contacts = contacts_de(entreprise, acteur=request.acteur)
    if contacts:
        journaliser_lecture(
            par=request.acteur, action="lire les contacts d’une entreprise", modele=Contact, nombre=len(contacts)
        )
    contexte = {
        "entreprise": entreprise,
        "contacts": contacts,
        "engagements": engagements_de(entreprise, acteur=request.acteur, au=au),
        "contrats": contrats_en_cours(entreprise, acteur=request.acteur, au=au),
        "acces": acces_de(request.acteur, entreprise_id=entreprise.pk),
        "journal": EcritureJournal.objects.visibles_par(request.acteur)
        .sur(entreprise)
        .select_related("inscrite_par")[:20],
        "au": au,
    }
    return render(request, "entreprises/fiche.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def creer(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    initiales = choisie(request.GET, siret="siret", raison_sociale="nom", naf="ape", commune_insee="commune")
    form = EntrepriseForm(request.POST or None, initial=initiales)
    if request.method == "POST" and form.is_valid():
        entreprise = soumettre(form, lambda: actions.creer_entreprise(**form.saisie(), par=request.acteur))
        if entreprise is not None:
            messages.success(request, f"{entreprise} est dans l’annuaire.")
            return redirect(entreprise)
    visibles = Entreprise.objects.visibles_par(request.acteur)
    return rendre_formulaire(
        request,
        form,
        titre="Ajouter une entreprise",
        fiches=visibles,
        annuaire=ANNUAIRE,
        recherche=rechercher(request.GET, visibles),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    titre = f"Modifier {entreprise}"
    form = EntrepriseModificationForm(request.POST or None, instance=entreprise)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_entreprise(entreprise, **form.saisie(), par=request.acteur))
        is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(entreprise)
    return rendre_formulaire(request, form, titre=titre, annuaire=ANNUAIRE)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_creer(request: RequeteActeur, pk: int) -> HttpResponse:
    entreprise = get_object_or_404(Entreprise.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact = soumettre(form, lambda: actions.creer_contact(entreprise, **form.saisie(), par=request.acteur))
        if contact is not None:
            messages.success(request, f"{contact} est parmi les contacts de {entreprise}.")
            return redirect(entreprise)
    return _page_de_contact(request, entreprise, form, "Ajouter un contact")


@require_http_methods(["GET", "HEAD", "POST"])
def contact_modifier(request: RequeteActeur, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visibles_par(request.acteur).select_related("entreprise"), pk=pk)
    request.acteur.exiger(Droit.GERER_ANNUAIRE)
    form = ContactModificationForm(request.POST or None, instance=contact)
    if (
        request.method == "POST"
        and form.is_valid()
        and soumettre(form, lambda: actions.modifier_contact(contact, **form.saisie(), par=request.acteur)) is not None
    ):
        messages.success(request, "Modifications enregistrées.")
        return redirect(contact.entreprise)
    journaliser_lecture(par=request.acteur, action="ouvrir un contact", modele=Contact, objet_id=contact.pk)
    return _page_de_contact(request, contact.entreprise, form, "Modifier le contact")


def _page_de_contact(request: RequeteActeur, entreprise: Entreprise, form: Any, titre: str) -> HttpResponse:
    return render(request, "entreprises/contact.html", {"entreprise": entreprise, "form": form, "titre": titre})


@require_POST
def contact_retirer(request: RequeteActeur, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visibles_par(request.acteur).select_related("entreprise"), pk=pk)
    try:
        actions.retirer_contact(contact, par=request.acteur)
        messages.success(request, "Contact retiré : plus aucun courriel ne lui part.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect(contact.entreprise)
