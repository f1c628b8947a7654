"""La page sans compte où une entreprise dépose son relevé, et le reçu de son dépôt (docs/adr/0015)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clauses.comptes.acteurs import Acteur
from clauses.comptes.actions import acteur_de_lien
from clauses.comptes.journal import journaliser_lecture
from clauses.socle.formulaires import soumettre
from clauses.socle.mois import de, en_lettres
from heures import actions
from heures.collage import Collage, repartir
from heures.forms.depot import AJOUTS_MAX, DepotForm
from heures.lecture_depot import ReleveLu, lire
from heures.liens import demande_du_jeton
from heures.models import DemandeReleve

VueDeLien = Callable[[HttpRequest, DemandeReleve, Acteur, str], HttpResponse]
EN_TETES = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


def par_lien(vue: VueDeLien) -> Callable[..., HttpResponse]:
    """La porte d’un lien : débit limité, même page pour tout lien qui n’ouvre rien, rien en cache ni au-dehors.

    Le jeton de formulaire (CSRF) est sans objet : la page n’agit au nom d’aucune session, et `no-referrer` fait
    envoyer au navigateur une origine nulle, que ce contrôle refuserait.
    """

    @wraps(vue)
    def porte(request: HttpRequest, jeton: str) -> HttpResponse:
        reponse = _ouvrir(request, jeton, vue)
        for nom, valeur in EN_TETES.items():
            reponse[nom] = valeur
        return reponse

    return login_not_required(csrf_exempt(porte))


def _ouvrir(request: HttpRequest, jeton: str, vue: VueDeLien) -> HttpResponse:
    admise = ratelimit.consume(
        request, app="clauses", action="lien", config=settings.CLAUSES_DEBIT_DES_LIENS, key=jeton, limit_get=True
    )
    if not admise:
        reponse: HttpResponse = ratelimit.respond_429(request)
        return reponse
    demande = demande_du_jeton(jeton)
    if demande is None:
        return render(request, "depots/ferme.html", status=404)
    acteur = acteur_de_lien(
        structure_id=demande.structure_id,
        entreprise_id=demande.releve.engagement.entreprise_id,
        releve_id=demande.releve_id,
    )
    return vue(request, demande, acteur, jeton)


@require_http_methods(["GET", "HEAD", "POST"])
@par_lien
def releve(request: HttpRequest, demande: DemandeReleve, acteur: Acteur, jeton: str) -> HttpResponse:
    lu = lire(demande, par=acteur)
    options: dict[str, Any] = {
        "version": demande.version,
        "plafond": demande.releve.structure.seuil_refus_heures,
    }
    if "plus" in request.POST:
        # Une rangée de plus, sans contrôler ni enregistrer ce qui est déjà écrit.
        form = DepotForm(lu, initial=_avec_une_rangee(request), **options)
        return _page(request, demande, acteur, lu, form, jeton)
    if "repartir" in request.POST:
        champs = DepotForm(lu, **options).fields
        collage = repartir(request.POST.get("colle", ""), [(p.contrat_id, p.nom) for p in lu.personnes], champs)
        form = DepotForm(lu, initial=_saisie(request) | collage.valeurs, **options)
        return _page(request, demande, acteur, lu, form, jeton, collage=collage)
    form = DepotForm(lu, request.POST if request.method == "POST" else None, **options)
    if form.is_valid():
        version = form.cleaned_data["version"]
        depose = soumettre(form, lambda: actions.deposer(demande, form.depot(), version=version, par=acteur))
        if depose is not None:
            return redirect("lien:recu", jeton=jeton)
        _porter_la_version(form, demande)
    return _page(request, demande, acteur, lu, form, jeton)


def _saisie(request: HttpRequest) -> dict[str, Any]:
    """Ce qui est déjà écrit dans la page, tel quel."""
    gestes = ("plus", "repartir", "colle")
    saisie: dict[str, Any] = {nom: valeur for nom, valeur in request.POST.items() if nom not in gestes}
    ajouts = str(saisie.get("ajouts", ""))
    rangees = int(ajouts) if ajouts.isascii() and ajouts.isdigit() and len(ajouts) < 4 else 1
    return saisie | {"ajouts": min(rangees, AJOUTS_MAX), "neant": "neant" in saisie}


def _avec_une_rangee(request: HttpRequest) -> dict[str, Any]:
    saisie = _saisie(request)
    return saisie | {"ajouts": min(saisie["ajouts"] + 1, AJOUTS_MAX)}


def _porter_la_version(form: DepotForm, demande: DemandeReleve) -> None:
    """Après un dépôt concurrent, déposer de nouveau est un choix éclairé : la page porte la version actuelle."""
    form.data = {**form.data.dict(), "version": str(demande.version)}  # type: ignore[attr-defined]


def _page(
    request: HttpRequest,
    demande: DemandeReleve,
    acteur: Acteur,
    lu: ReleveLu,
    form: DepotForm,
    jeton: str,
    collage: Collage | None = None,
) -> HttpResponse:
    _journaliser(demande, acteur, lu, "ouvrir un relevé par son lien")
    contexte = {"lu": lu, "form": form, "jeton": jeton, "collage": collage or Collage(), **_cadre(demande)}
    return render(request, "depots/releve.html", contexte)


@require_safe
@par_lien
def recu(request: HttpRequest, demande: DemandeReleve, acteur: Acteur, jeton: str) -> HttpResponse:
    """Ce qui a été déposé, par qui et quand ; sans dépôt, la page renvoie au relevé."""
    lu = lire(demande, par=acteur)
    if lu.depot is None:
        return redirect("lien:releve", jeton=jeton)
    _journaliser(demande, acteur, lu, "ouvrir le reçu d’un relevé")
    return render(request, "depots/recu.html", {"lu": lu, "jeton": jeton, **_cadre(demande)})


def _cadre(demande: DemandeReleve) -> dict[str, Any]:
    """Ce dont il s’agit, nommé une fois pour toutes les pages du lien."""
    engagement = demande.releve.engagement
    return {
        "releve": demande.releve,
        "du_mois": de(en_lettres(demande.releve.mois)),
        "structure": demande.releve.structure,
        "entreprise": engagement.entreprise,
        "lot": engagement.clause.lot,
        "marche": engagement.clause.lot.marche,
    }


def _journaliser(demande: DemandeReleve, acteur: Acteur, lu: ReleveLu, action: str) -> None:
    journaliser_lecture(par=acteur, action=action, modele=DemandeReleve, objet_id=demande.pk, nombre=lu.nombre_nommees)
