"""Le modèle prérempli que l’on envoie à une entreprise."""

from __future__ import annotations

import re

from django.core.exceptions import BadRequest
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from clauses.comptes.acteurs import Droit
from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.listes import repondre_xlsx
from clauses.socle.mois import ajouter_mois, premier_jour
from heures.forms.grille import MoisForm
from heures.imports.releves.modele import LIGNES_LIBRES, feuilles
from heures.models import Participant
from marches.models import Engagement


@require_safe
def modele(request: RequeteActeur, pk: int) -> FileResponse:
    """`?mois=` ; à défaut, le dernier mois achevé."""
    engagement = get_object_or_404(Engagement.objects.visibles_par(request.acteur).avec_marche(), pk=pk)
    request.acteur.exiger(Droit.CONSULTER_HEURES)
    mois = ajouter_mois(premier_jour(timezone.localdate()), -1)
    if "mois" in request.GET:
        form = MoisForm(request.GET)
        if not form.is_valid():
            raise BadRequest("Le mois de cette adresse n’est pas lisible : écrire AAAA-MM.")
        mois = form.cleaned_data["mois"]
    feuille, aide = feuilles(engagement, mois, par=request.acteur)
    journaliser_lecture(
        par=request.acteur,
        action="télécharger un modèle de relevé",
        modele=Participant,
        nombre=len(list(feuille.lignes)) - LIGNES_LIBRES,
        filtre=f"engagement {engagement.pk}, {mois:%Y-%m}",
    )
    reference = re.sub(r"[^A-Za-z0-9-]+", "-", engagement.clause.lot.marche.reference).strip("-")
    return repondre_xlsx([feuille, aide], f"releve-{reference}-{mois:%Y-%m}")
