"""Outil : écrire les articles modèles d’une clause, en DOCX. Rien n’est enregistré."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bilans.documents import articles
from bilans.documents.dossier import en_toutes_lettres, entete_de
from bilans.documents.fichiers import en_fichier
from bilans.documents.traitement import en_docx
from bilans.enums import FormatDocument
from bilans.forms.articles import ArticlesForm
from clauses.comptes.acteurs import Droit
from clauses.comptes.models import Structure
from clauses.comptes.requetes import RequeteActeur
from clauses.socle.fichiers import repondre


@require_safe
def page(request: RequeteActeur) -> HttpResponse:
    """Sans paramètre, le formulaire ; rempli, le DOCX ; refusé, le formulaire et ses phrases."""
    request.acteur.exiger(Droit.CONSULTER_BILANS)
    form = ArticlesForm(request.GET or None)
    if form.is_bound and form.is_valid():
        structure = Structure.objects.visibles_par(request.acteur).get()
        date = en_toutes_lettres(timezone.localdate())
        piece = articles.composer(form.choix(), entete=entete_de(structure), date=f"Le {date}")
        contenu = en_docx(piece, instant=timezone.now())
        return repondre(en_fichier(contenu, FormatDocument.DOCX, "articles-clause-sociale"))
    return render(request, "bilans/articles.html", {"form": form}, status=400 if form.is_bound else 200)
