"""Émettre un bilan, relire ceux qui le sont, comparer deux versions : tout vient des chiffres figés."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from bilans import actions, comparaison, emissions, gel, presentation
from bilans.catalogue import RAPPORTS, Rapport
from bilans.completude import Controle
from bilans.demandes import lire_demande
from bilans.enums import NatureEmission
from bilans.fichiers import fichier_d_un_emis, formats_d_un_emis
from bilans.forms.emission import NatureForm
from bilans.models import BilanEmis
from bilans.qualite.lecture import exiges
from bilans.rapport import Bilan, Demande
from bilans.views.rapports import LIBELLES, montrer, refuser
from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre
from clauses.socle.formulaires import soumettre
from clauses.socle.listes import repondre_xlsx


def trouver_rapport(nom: str) -> Rapport:
    """Le bilan de ce nom s’il s’émet ; 404 sinon."""
    rapport = RAPPORTS.get(nom)
    if rapport is None or not rapport.est_emis:
        raise Http404
    return rapport


def lire_emis(request: RequeteActeur, pk: int) -> BilanEmis:
    visibles = BilanEmis.objects.visibles_par(request.acteur).select_related("emis_par")
    emis: BilanEmis = get_object_or_404(visibles, pk=pk)
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    return emis


def demande_de(request: RequeteActeur, rapport: Rapport) -> Demande:
    """La demande de l’adresse, ou du formulaire envoyé ; lève `ActionImpossible`."""
    if request.method != "POST":
        return lire_demande(request.GET, rapport, set(rapport.formulaire.base_fields), par=request.acteur)
    form = rapport.formulaire(request.POST)
    if not form.is_valid():
        raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
    return form.demande(rapport.nom)


@require_http_methods(["GET", "HEAD", "POST"])
def emettre(request: RequeteActeur, nom: str) -> HttpResponse:
    """Confirmer ce que l’on émet, puis le figer."""
    request.acteur.exiger(Droit.EMETTRE_BILANS)
    rapport = trouver_rapport(nom)
    form = NatureForm(request.POST or None)
    try:
        demande = demande_de(request, rapport)
        if request.method == "POST" and form.is_valid():
            nature = NatureEmission(form.cleaned_data["nature"])
            emission = partial(actions.emettre_bilan, rapport, demande, nature=nature, par=request.acteur)
            if (emis := soumettre(form, emission)) is not None:
                messages.success(request, f"{emis} est émis.")
                return redirect(emis)
        bilan = rapport.pour_fichier(request.acteur, demande)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    contexte = {"rapport": rapport, "form": form, **confirmer(request, bilan)}
    return render(request, "bilans/emission.html", contexte)


def confirmer(request: RequeteActeur, bilan: Bilan) -> dict[str, Any]:
    """Ce que l’on a sous les yeux avant d’émettre : les chiffres, ce qui manque, les versions d’avant."""
    serie = {"bilan": bilan.demande.bilan, "perimetre": gel.perimetre(bilan.demande)}
    visibles = BilanEmis.objects.visibles_par(request.acteur).filter(**serie)
    derniere = visibles.filter(du=bilan.demande.periode.du, au=bilan.demande.periode.au).order_by("-version")
    retour = presentation.requete(bilan.demande)
    return {
        "bilan": bilan,
        "chiffres": presentation.chiffres(emissions.sans_liens(bilan)),
        "controles": montrer_les_controles(exiges(bilan.demande, par=request.acteur), bilan.demande),
        "derniere": derniere.sans_chiffres().select_related("emis_par").first(),
        "empreinte": gel.empreinte(gel.geler(bilan)),
        "parametres": presentation.parametres(bilan.demande),
        "retour": f"{reverse(f'bilans:{bilan.demande.bilan}')}?{retour}",
    }


def montrer_les_controles(controles: list[Controle], demande: Demande) -> list[dict[str, Any]]:
    """Les contrôles où il manque quelque chose, le plus loin du seuil d’abord, chacun avec le lien de ses défauts."""
    perimetre = {"du": demande.periode.du.isoformat(), "au": demande.periode.au.isoformat()}
    if demande.acheteur:
        perimetre["acheteur"] = demande.acheteur
    return liens_des_controles(controles, perimetre)


def liens_des_controles(controles: list[Controle], perimetre: dict[str, str]) -> list[dict[str, Any]]:
    qualite = reverse("bilans:qualite")
    return [
        {"controle": controle, "url": f"{qualite}?{urlencode(perimetre | {'defaut': controle.cle})}#liste"}
        for controle in sorted(controles, key=lambda c: c.taux or 0)
        if controle.manquants
    ]


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    """Les bilans émis, par rapport et par période, la version la plus récente d’abord."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    emis = BilanEmis.objects.visibles_par(request.acteur).sans_chiffres().select_related("emis_par")
    series = [list(memes) for _, memes in groupby(emis, key=lambda e: (e.bilan, e.du, e.au, e.perimetre))]
    contexte = {"series": [{"premiere": versions[0], "versions": montrees(versions)} for versions in series]}
    return render(request, "bilans/emises.html", contexte)


def montrees(versions: list[BilanEmis]) -> list[dict[str, Any]]:
    return [{"emis": emis, "exports": liens_d_export(emis), "se_compare": emis.version > 1} for emis in versions]


def liens_d_export(emis: BilanEmis) -> list[tuple[str, str]]:
    """(libellé, adresse) de chaque format dans lequel ce bilan s’écrit."""
    adresse = reverse("bilans:bilan_emis_export", args=[emis.pk])
    return [(LIBELLES[format_], f"{adresse}?format={format_}") for format_ in formats_d_un_emis(emis)]


@require_safe
def fiche(request: RequeteActeur, pk: int) -> HttpResponse:
    """Un bilan émis, relu de ses chiffres figés ; altéré en base, il ne se montre pas, et la page le dit."""
    emis = lire_emis(request, pk)
    contexte: dict[str, Any] = {
        "emis": emis,
        "versions": emissions.versions(emis, par=request.acteur),
        "exports": liens_d_export(emis),
    }
    try:
        bilan = emissions.relire(emis)
    except ActionImpossible as refus:
        return render(request, "bilans/emis.html", contexte | {"bilan": None, "phrase": str(refus)}, status=409)
    journaliser_lecture(par=request.acteur, action="lire un bilan émis", modele=BilanEmis, objet_id=emis.pk)
    demande = presentation.requete(bilan.demande)
    contexte |= montrer(emissions.sans_liens(bilan)) | {
        "phrase": "",
        "aujourd_hui": f"{reverse(f'bilans:{emis.bilan}')}?{demande}" if emis.bilan in RAPPORTS else "",
    }
    return render(request, "bilans/emis.html", contexte)


@require_safe
def exporter(request: RequeteActeur, pk: int) -> HttpResponse:
    """Le bilan émis dans un fichier (`?format=`), depuis ses chiffres figés."""
    emis = lire_emis(request, pk)
    try:
        fichier = fichier_d_un_emis(emis, request.GET.get("format", "xlsx"), par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    return repondre(fichier)


@require_safe
def versions(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ce qui a changé entre deux versions (`?avec=`, sinon la précédente), et rien d’autre."""
    emis = lire_emis(request, pk)
    try:
        lues = emissions.comparer(emis, request.GET.get("avec"), par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    contexte = {
        "emis": emis,
        "ancien": lues.ancien,
        "nouveau": lues.nouveau,
        "changements": lues.changements,
        "tableaux": comparaison.par_tableau(lues.changements),
    }
    return render(request, "bilans/versions.html", contexte)


@require_safe
def versions_export(request: RequeteActeur, pk: int) -> HttpResponse | FileResponse:
    emis = lire_emis(request, pk)
    try:
        lues = emissions.comparer(emis, request.GET.get("avec"), par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, str(refus))
    ancien, nouveau = lues.ancien, lues.nouveau
    nom = f"changements-{nouveau.bilan}-{nouveau.du}-{nouveau.au}-v{ancien.version}-v{nouveau.version}"
    return repondre_xlsx([comparaison.feuille(lues.changements)], nom)
