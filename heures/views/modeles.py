"""Les modèles de courriel de la structure : liste, écriture avec aperçu, retour au texte d’origine."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.models import Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import accrocher, soumettre
from heures import actions
from heures.courriels import D_ORIGINE, VARIABLES, Texte, composer, exemple, refus_de_modele
from heures.enums import NatureEnvoi
from heures.forms.modeles import ModeleForm
from heures.models import ModeleCourriel


@require_safe
def modeles(request: RequeteActeur) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    siens = {modele.nature: modele for modele in ModeleCourriel.objects.visibles_par(request.acteur)}
    lignes = [
        (nature, nature.label, siens[nature].objet if nature in siens else D_ORIGINE[nature].objet, nature in siens)
        for nature in NatureEnvoi
    ]
    return render(request, "heures/modeles.html", {"lignes": lignes})


@require_http_methods(["GET", "HEAD", "POST"])
def modele(request: RequeteActeur, nature: str) -> HttpResponse:
    """Écrit un modèle ; « Aperçu » montre le courriel sans rien enregistrer."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    laquelle = _nature(nature)
    sien = ModeleCourriel.objects.visibles_par(request.acteur).filter(nature=laquelle).first()
    actuel = Texte(sien.objet, sien.corps) if sien else D_ORIGINE[laquelle]
    initial = {"objet": actuel.objet, "corps": actuel.corps, "version": sien.version if sien else 0}
    form = ModeleForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if "apercu" not in request.POST:
            saisie = form.cleaned_data
            if soumettre(form, lambda: actions.ecrire_modele(laquelle, **saisie, par=request.acteur)) is not None:
                messages.success(request, f"« {laquelle.label} » : modèle enregistré pour les prochains courriels.")
                return redirect("heures:modeles")
        elif refus := refus_de_modele(form.texte(), laquelle):
            accrocher(form, refus)
        else:
            actuel = form.texte()
    return _page(request, laquelle, form, actuel, est_modifie=sien is not None)


def _page(
    request: RequeteActeur, nature: NatureEnvoi, form: ModeleForm, texte: Texte, *, est_modifie: bool
) -> HttpResponse:
    structure = Structure.objects.visibles_par(request.acteur).get()
    contexte: dict[str, Any] = {
        "form": form,
        "nature": nature,
        "titre": nature.label,
        "variables": VARIABLES.items(),
        "apercu": composer(texte, [exemple(structure.nom)]),
        "est_modifie": est_modifie,
    }
    return render(request, "heures/modele.html", contexte)


@require_POST
def origine(request: RequeteActeur, nature: str) -> HttpResponse:
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    laquelle = _nature(nature)
    try:
        actions.revenir_au_texte_d_origine(laquelle, par=request.acteur)
        messages.success(request, f"« {laquelle.label} » : retour au texte d’origine.")
    except ActionImpossible as refus:
        messages.error(request, str(refus))
    return redirect("heures:modele", nature=laquelle)


def _nature(nature: str) -> NatureEnvoi:
    if nature not in NatureEnvoi.values:
        raise Http404
    return NatureEnvoi(nature)
