"""URL fautives, pour les tests : des vues GET qui écrivent, ou qui lisent en le disant au journal."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from clauses.comptes.journal import journaliser_lecture
from clauses.comptes.models import EcritureJournal, Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.urls import urlpatterns as vraies
from heures.models import Participant


@login_not_required
def ecrit(request: HttpRequest) -> HttpResponse:
    Structure.objects.update(nom="Changé par un GET")
    return HttpResponse()


@login_not_required
def ecrit_par_sql(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as curseur:
        curseur.execute("/* lecture */ DELETE FROM comptes_structure")
    return HttpResponse()


def journalise(request: RequeteActeur) -> HttpResponse:
    journaliser_lecture(par=request.acteur, action="essai", modele=Participant)
    return HttpResponse()


def ecrit_au_journal_sans_le_dire(request: RequeteActeur) -> HttpResponse:
    EcritureJournal.objects.all().delete()
    return HttpResponse()


urlpatterns = [
    path("ecrit/", ecrit),
    path("ecrit-par-sql/", ecrit_par_sql),
    path("journalise/", journalise),
    path("journal-efface/", ecrit_au_journal_sans_le_dire),
    *vraies,
]
