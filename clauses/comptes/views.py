"""Changer de rattachement, lire le journal de la structure."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from clauses.comptes.acteurs import Droit
from clauses.comptes.middleware import CLEF_DE_SESSION
from clauses.comptes.models import EcritureJournal, Rattachement
from clauses.comptes.requetes import RequeteActeur
from clauses.comptes.tables import JournalTable


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
