"""Les modèles préremplis que l’on envoie aux entreprises : celui d’un engagement, ou tous ceux d’un mois."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.archives import repondre_zip
from clauses.socle.listes import repondre_xlsx
from heures import modeles_releve
from heures.forms.grille import MoisForm
from heures.imports.releves.modele import feuilles
from marches.models import Engagement


def _mois(request: RequeteActeur) -> datetime.date:
    """`?mois=` ; à défaut, le dernier mois achevé."""
    if "mois" not in request.GET:
        return modeles_releve.dernier_mois_acheve()
    form = MoisForm(request.GET)
    if not form.is_valid():
        raise BadRequest("Le mois de cette adresse n’est pas lisible : écrire AAAA-MM.")
    mois: datetime.date = form.cleaned_data["mois"]
    return mois


@require_safe
def modele(request: RequeteActeur, pk: int) -> FileResponse:
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    prepare = modeles_releve.d_un_engagement(engagement, _mois(request), par=request.acteur)
    return repondre_xlsx(feuilles(prepare), prepare.nom)


@require_safe
def modeles_du_mois(request: RequeteActeur) -> HttpResponseBase:
    """Le modèle de chaque engagement attendu ce mois-là, en une archive."""
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    mois = _mois(request)
    prepares = modeles_releve.de_tout_le_mois(mois, par=request.acteur)
    if not prepares:
        messages.error(request, "Aucun engagement n’attend de relevé ce mois-là : il n’y a pas de modèle à envoyer.")
        return HttpResponseRedirect(f"{reverse('heures:demandes')}?mois={mois:%Y-%m}")
    classeurs = ((prepare.nom_dans_le_lot, feuilles(prepare)) for prepare in prepares)
    return repondre_zip(classeurs, f"releves-{mois:%Y-%m}")
