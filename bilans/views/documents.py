"""Les documents d’un engagement : les lister, en voir le projet, émettre, télécharger, annuler."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from bilans import actions
from bilans.documents import fichiers
from bilans.documents.composition import controles, membres, perimetre
from bilans.enums import NatureDocument
from bilans.forms.documents import EmissionForm
from bilans.models import Document
from bilans.views.emissions import liens_des_controles
from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.fichiers import repondre
from clauses.socle.formulaires import soumettre
from marches.models import Engagement

NATURES = (
    (NatureDocument.RELANCE_1, "Dire où en est l’engagement, demander les relevés manquants."),
    (NatureDocument.RELANCE_2, "Rappeler la première, annoncer la suite."),
    (NatureDocument.MISE_EN_DEMEURE, "Fixer un délai ; à signer avec l’acheteur."),
    (NatureDocument.PROPOSITION_PENALITE, "Montrer le calcul à l’acheteur, qui décide."),
    (NatureDocument.ATTESTATION_INTERMEDIAIRE, "Attester les heures validées d’une période."),
    (NatureDocument.ATTESTATION_DEFINITIVE, "Solder l’engagement."),
    (NatureDocument.ETAT_FINAL, "Le bilan de l’engagement, sans identité."),
)


def lire_engagement(request: RequeteActeur, pk: int) -> Engagement:
    engagement: Engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    return engagement


@require_safe
def liste(request: RequeteActeur, pk: int) -> HttpResponse:
    """Ce qui a été émis pour un engagement, et ce que l’on peut émettre."""
    engagement = lire_engagement(request, pk)
    emis = Document.objects.visibles_par(request.acteur).filter(engagement=engagement)
    contexte = {
        "engagement": engagement,
        "marche": engagement.clause.lot.marche,
        "documents": emis.select_related("emis_par").defer("contenu"),
        "natures": NATURES,
    }
    return render(request, "bilans/documents.html", contexte)


def lire_nature(request: RequeteActeur) -> NatureDocument:
    demandee = request.POST.get("nature") or request.GET.get("nature", NatureDocument.RELANCE_1)
    if demandee not in NatureDocument:
        raise ActionImpossible("Cette nature de document n’existe pas : la choisir dans la liste.")
    return NatureDocument(demandee)


def lire_form(request: RequeteActeur, engagement: Engagement, envoi: Any) -> EmissionForm:
    est_groupement = len(membres(engagement, par=request.acteur)) > 1
    return EmissionForm(envoi, nature=lire_nature(request), est_groupement=est_groupement, le=timezone.localdate())


def refuser(request: RequeteActeur, engagement: Engagement, refus: ActionImpossible) -> HttpResponse:
    messages.error(request, str(refus))
    return redirect("bilans:documents", engagement.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def emettre(request: RequeteActeur, pk: int) -> HttpResponse:
    engagement = lire_engagement(request, pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    try:
        form = lire_form(request, engagement, request.POST or None)
    except ActionImpossible as refus:
        return refuser(request, engagement, refus)
    if request.method == "POST" and form.is_valid():
        adresse = request.build_absolute_uri(reverse("verifier"))
        emission = partial(actions.emettre, par=request.acteur, adresse=adresse, format_=form.format())
        document = soumettre(form, lambda: emission(engagement, form.demande()))
        if document is not None:
            messages.success(request, f"«\u00a0{document.titre}\u00a0» est émis.")
            return redirect("bilans:documents", document.engagement_id)
    contexte = {
        "form": form,
        "engagement": engagement,
        "marche": engagement.clause.lot.marche,
        "controles": lire_les_controles(request, engagement, form.nature),
    }
    return render(request, "bilans/emettre.html", contexte)


def lire_les_controles(request: RequeteActeur, engagement: Engagement, nature: NatureDocument) -> Any:
    """Ce qu’il reste à compléter avant une attestation définitive ; `None` pour les autres documents."""
    if nature is not NatureDocument.ATTESTATION_DEFINITIVE:
        return None
    le = timezone.localdate()
    ou = perimetre(engagement, au=le)
    lien = {"du": ou.periode.du.isoformat(), "au": le.isoformat(), "engagement": str(engagement.pk)}
    return liens_des_controles(controles(engagement, au=le, par=request.acteur), lien)


@require_safe
def projet(request: RequeteActeur, pk: int) -> HttpResponse:
    """Le document tel qu’il serait émis, marqué « projet » : rien n’est enregistré, rien n’est numéroté."""
    engagement = lire_engagement(request, pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    try:
        form = lire_form(request, engagement, request.GET)
        if not form.is_valid():
            raise ActionImpossible(" ".join(f"{libelle}\u00a0: {message}" for _, libelle, message in form.refus))
        fichier = fichiers.projet(engagement, form.demande(), format_=form.format(), par=request.acteur)
    except ActionImpossible as refus:
        return refuser(request, engagement, refus)
    return repondre(fichier)


@require_safe
def telecharger(request: RequeteActeur, pk: int) -> HttpResponse:
    document = get_object_or_404(Document.objects.visibles_par(request.acteur), pk=pk)
    return repondre(fichiers.fichier_emis(document, par=request.acteur))


@require_http_methods(["GET", "HEAD", "POST"])
def annuler(request: RequeteActeur, pk: int) -> HttpResponse:
    """Confirmer, puis annuler : le document reste, avec son numéro."""
    documents = Document.objects.visibles_par(request.acteur).defer("contenu")
    document = get_object_or_404(documents.select_related("engagement__entreprise"), pk=pk)
    request.acteur.exiger(Droit.GERER_MARCHES)
    if request.method == "POST":
        try:
            actions.annuler(document, par=request.acteur)
            messages.success(request, f"«\u00a0{document.titre}\u00a0» est annulé.")
        except ActionImpossible as refus:
            messages.error(request, str(refus))
        return redirect("bilans:documents", document.engagement_id)
    return render(request, "bilans/annuler.html", {"document": document, "engagement": document.engagement})
