"""Les tables de correspondance d’une grille : ses tableaux, et les lignes de chacun, que le responsable réécrit."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bilans.forms.grilles import LignesFormSet, VersionForm, refus
from bilans.grilles import actions
from bilans.grilles.correspondance import non_rattaches
from bilans.grilles.dimensions import DIMENSIONS
from bilans.grilles.forme import NOMS, Grille, TableauGrille
from bilans.grilles.lecture import grille_de, reecrits
from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.erreurs import ActionImpossible
from clauses.socle.formulaires import soumettre


def trouver(request: RequeteActeur, nom: str) -> Grille:
    if nom not in NOMS:
        raise Http404
    return grille_de(request.acteur, nom)


def trouver_tableau(grille: Grille, cle: str) -> TableauGrille:
    tableau = grille.tableau(cle)
    if tableau is None:
        raise Http404
    return tableau


@require_safe
def tableaux(request: RequeteActeur, nom: str) -> HttpResponse:
    """Les tableaux de la grille, ceux que la structure a réécrits, et ce qu’aucune ligne ne prend."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    grille, siens = trouver(request, nom), reecrits(request.acteur, nom)
    contexte = {
        "grille": grille,
        "tableaux": [(t, DIMENSIONS[t.dimension].libelle, non_rattaches(t), t.cle in siens) for t in grille.tableaux],
    }
    return render(request, "bilans/grilles.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def tableau(request: RequeteActeur, nom: str, cle: str) -> HttpResponse:
    """Les lignes d’un tableau, à réécrire : rien n’est enregistré si un seul code est faux."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    grille = trouver(request, nom)
    actuel, sien = trouver_tableau(grille, cle), reecrits(request.acteur, nom).get(cle)
    envoi = request.POST if request.method == "POST" else None
    form = VersionForm(envoi, initial={"version": sien.version if sien else 0})
    lignes = LignesFormSet(envoi, initial=actuel.en_saisie(), prefix="lignes")
    if request.method == "POST" and form.is_valid() and lignes.is_valid():
        neuves = [une.ligne() for une in lignes.forms if not une.est_vide]
        version = form.cleaned_data["version"]
        ecrire = actions.ecrire_tableau
        if soumettre(form, lambda: ecrire(nom, cle, neuves, version=version, par=request.acteur)) is not None:
            messages.success(request, f"«\u00a0{actuel.titre}\u00a0»\u00a0: correspondance enregistrée.")
            return redirect("bilans:grilles", nom=nom)
    contexte = {
        "grille": grille,
        "tableau": actuel,
        "form": form,
        "lignes": lignes,
        "refus": [*form.non_field_errors(), *(m for *_, m in form.refus), *(refus(lignes) if envoi else ())],
        "parties": DIMENSIONS[actuel.dimension].parties,
        "codes_libres": non_rattaches(actuel),
        "est_reecrit": sien is not None,
    }
    return render(request, "bilans/grille.html", contexte)


@require_POST
def origine(request: RequeteActeur, nom: str, cle: str) -> HttpResponse:
    """Revient au tableau que livre l’application."""
    request.acteur.exiger(Droit.GERER_STRUCTURE)
    trouver_tableau(trouver(request, nom), cle)
    try:
        actions.retablir_tableau(nom, cle, par=request.acteur)
        messages.success(request, "Le tableau est de nouveau celui que livre l’application.")
    except ActionImpossible as raison:
        messages.error(request, str(raison))
    return redirect("bilans:grille", nom=nom, cle=cle)
