"""Les doublons de personnes : les proposer, comparer deux fiches, les fusionner, défaire, ou les dire distinctes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre
from heures import actions, lecture_doublons
from heures.forms.doublons import AutreFicheForm, FusionForm
from heures.models import Fusion, Participant
from heures.views.participants import participant_ou_404

MONTREES = 50
TROUVES_MAX = 20


@require_safe
def liste(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.CONSULTER_PERSONNES)
    paires = lecture_doublons.probables(request.acteur)
    fusions = lecture_doublons.recentes(request.acteur)
    montrees = paires[:MONTREES]
    journaliser_lecture(
        par=request.acteur,
        action="lister les doublons probables",
        modele=Participant,
        nombre=2 * (len(montrees) + len(fusions)),
    )
    contexte = {
        "paires": montrees,
        "total": len(paires),
        "reste": len(paires) - len(montrees),
        "fusions": fusions,
        "delai": actions.DELAI_JOURS,
    }
    return render(request, "heures/doublons.html", contexte)


def _autre_fiche(request: RequeteActeur, participant: Participant) -> Participant | None:
    """La seconde fiche, que l’adresse désigne (`?avec=`) ; hors du périmètre, elle est introuvable."""
    clef = request.GET.get("avec", "")
    if not (clef.isascii() and clef.isdigit() and len(clef) <= 18):
        return None
    autres = Participant.objects.visibles_par(request.acteur).exclude(pk=participant.pk)
    autre: Participant = get_object_or_404(autres, pk=int(clef))
    return autre


@require_http_methods(["GET", "HEAD", "POST"])
def fusionner(request: RequeteActeur, pk: int) -> HttpResponse:
    """Choisit la seconde fiche, puis les montre côte à côte et les réunit."""
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    autre = _autre_fiche(request, participant)
    if autre is None:
        return _choisir(request, participant)
    fiches = (participant, autre)
    form = FusionForm(request.POST or None, fiches=fiches, acteur=request.acteur, initial={"gardee": participant.pk})
    if form.is_valid():
        gardee, motif = form.cleaned_data["gardee"], form.cleaned_data["motif"]
        absorbee = autre if gardee == participant else participant
        if (
            soumettre(form, lambda: actions.fusionner(gardee, absorbee=absorbee, motif=motif, par=request.acteur))
            is not None
        ):
            messages.success(
                request,
                f"Les deux fiches n’en font plus qu’une. Pour revenir en arrière dans les {actions.DELAI_JOURS} "
                "jours : page « Doublons probables ».",
            )
            return redirect(gardee)
    journaliser_lecture(par=request.acteur, action="comparer deux fiches", modele=Participant, objet_id=pk, nombre=2)
    comparaison = lecture_doublons.comparer(participant, autre, par=request.acteur)
    contexte = {"participant": participant, "autre": autre, "form": form, "comparaison": comparaison}
    return render(request, "heures/comparer.html", contexte)


def _choisir(request: RequeteActeur, participant: Participant) -> HttpResponse:
    form = AutreFicheForm(request.GET or None)
    trouvees: list[Participant] = []
    if form.is_valid():
        autres = Participant.objects.visibles_par(request.acteur).exclude(pk=participant.pk)
        trouvees = list(autres.cherche(form.cleaned_data["q"])[:TROUVES_MAX])
    semblables = lecture_doublons.semblables(participant, request.acteur)
    journaliser_lecture(
        par=request.acteur,
        action="chercher une fiche à fusionner",
        modele=Participant,
        objet_id=participant.pk,
        nombre=1 + len(semblables) + len(trouvees),
    )
    contexte = {
        "participant": participant,
        "form": form,
        "semblables": semblables,
        "trouvees": trouvees,
        "a_cherche": form.is_bound and form.is_valid(),
    }
    return render(request, "heures/fusionner.html", contexte)


@require_POST
def deux_personnes(request: RequeteActeur, pk: int) -> HttpResponse:
    participant = participant_ou_404(request, pk, Droit.GERER_PERSONNES)
    autre = _autre_fiche(request, participant)
    if autre is None:
        messages.error(request, "Il manque la seconde fiche : partir de la liste des doublons probables.")
    else:
        actions.ecarter_doublon(participant, autre=autre, par=request.acteur)
        messages.success(request, "C’est noté : ces deux fiches sont deux personnes, elles ne seront plus proposées.")
    return redirect("heures:doublons")


@require_POST
def defaire(request: RequeteActeur, pk: int) -> HttpResponse:
    fusion = get_object_or_404(Fusion.objects.visibles_par(request.acteur), pk=pk)
    request.acteur.exiger(Droit.GERER_PERSONNES)
    try:
        modifies = actions.defaire_fusion(fusion, par=request.acteur)
    except ActionImpossible as refus:
        messages.error(request, str(refus))
        return redirect("heures:doublons")
    messages.success(request, "Fusion défaite : les deux fiches ont retrouvé ce qu’elles portaient.")
    if modifies:
        pluriel = "s" if modifies > 1 else ""
        messages.warning(
            request,
            f"{modifies} contrat{pluriel}, sortie{pluriel} ou ligne{pluriel} d’heures, modifié{pluriel} depuis la "
            f"fusion, {'sont revenus' if pluriel else 'est revenu'} avec ces modifications : à relire.",
        )
    return redirect("heures:doublons")
