"""Une liste : filtres stricts, tableau trié et paginé, export de ce qui est montré. Page et export, même requête."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import django_filters
import django_tables2
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django_tables2 import RequestConfig

from clauses.socle.exports import Colonne, Feuille, ecrire_xlsx

PAR_PAGE = 25
PARAMETRES = {"page", "sort", "export"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def filtres_inconnus(request: HttpRequest, filtre: django_filters.FilterSet) -> list[str]:
    """Paramètres d’URL qu’aucun filtre ne reconnaît : les ignorer montrerait tout, en silence."""
    connus = PARAMETRES | {nom for champ in filtre.form for nom in noms_envoyes(champ)}
    return sorted(set(request.GET) - connus)


def noms_envoyes(champ: Any) -> list[str]:
    suffixes = getattr(champ.field.widget, "widgets_names", [])
    return [champ.html_name, *(f"{champ.html_name}{suffixe}" for suffixe in suffixes)]


def libelles(modele: type[models.Model], chemin: str) -> dict[Any, str]:
    """Libellés d’un champ à choix atteint par un chemin ; vide sinon."""
    courant: Any = modele
    for nom in chemin.split("__"):
        try:
            champ = courant._meta.get_field(nom)
        except FieldDoesNotExist:
            return {}
        courant = getattr(champ, "related_model", None)
        if courant is None:
            return dict(champ.flatchoices)
    return {}


def lignes_export(objets: models.QuerySet[Any], colonnes: Sequence[Colonne]) -> Iterable[tuple[Any, ...]]:
    """Lignes d’export d’un queryset, en flux : les codes y deviennent leurs libellés."""
    traductions = [libelles(objets.model, colonne.cle) for colonne in colonnes]
    for valeurs in objets.values_list(*(colonne.cle for colonne in colonnes)).iterator(chunk_size=2000):
        yield tuple(
            traduction.get(valeur, valeur) if traduction else valeur
            for valeur, traduction in zip(valeurs, traductions, strict=True)
        )


def repondre_xlsx(feuilles: Sequence[Feuille], nom: str) -> FileResponse:
    """Classeur en pièce jointe, écrit dans un fichier temporaire (jamais tout en mémoire)."""
    fichier = tempfile.SpooledTemporaryFile(max_size=2**20)  # noqa: SIM115 — la réponse le ferme une fois envoyée
    ecrire_xlsx(fichier, feuilles)
    fichier.seek(0)
    return FileResponse(fichier, as_attachment=True, filename=f"{nom}.xlsx", content_type=XLSX)


def rendre_liste(
    request: HttpRequest,
    *,
    filtre: django_filters.FilterSet,
    table: Callable[..., django_tables2.Table],
    gabarit: str,
    colonnes: Sequence[Colonne],
    nom: str,
    consulter: Callable[[int, str], None] | None = None,
    contexte: dict[str, Any] | None = None,
    lignes: Callable[[models.QuerySet[Any], Sequence[Colonne]], Iterable[Any]] = lignes_export,
) -> HttpResponse:
    """Page de liste, fragment htmx ou classeur (`?export=xlsx`), selon la requête.

    `consulter(nombre, filtre)` inscrit la consultation au journal quand la liste montre des personnes ;
    `lignes(objets, colonnes)` écrit les lignes du classeur quand une colonne se calcule.
    """
    inconnus = filtres_inconnus(request, filtre)
    valide = filtre.is_valid() and not inconnus
    objets = filtre.qs if valide else filtre.queryset.none()
    if valide and request.GET.get("export") == "xlsx":
        if consulter is not None:
            consulter(objets.count(), request.GET.urlencode())
        # Une réponse en flux n’est pas un `HttpResponse` pour les types ; les vues n’ont pas à le savoir.
        feuille = Feuille(nom.capitalize(), colonnes, lignes(objets, colonnes))
        return repondre_xlsx([feuille], nom)  # type: ignore[return-value]
    tableau = table(objets, request=request)
    RequestConfig(request, paginate={"per_page": PAR_PAGE}).configure(tableau)
    if valide and consulter is not None:
        consulter(len(tableau.page.object_list), request.GET.urlencode())
    donnees = {
        "table": tableau,
        "filtre": filtre,
        "inconnus": inconnus,
        "total": tableau.paginator.count,
        "parametres": parametres(request),
        **(contexte or {}),
    }
    page = "composants/_liste.html" if est_fragment(request) else gabarit
    return render(request, page, donnees, status=200 if valide else 400)


def est_fragment(request: HttpRequest) -> bool:
    """Une requête htmx ne remplace que la liste, sauf celle qui recharge toute la page."""
    return bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]


def parametres(request: HttpRequest) -> str:
    """Paramètres de la liste sans page ni export : ce que porte le lien « exporter »."""
    gardes = request.GET.copy()
    for nom in ("page", "export"):
        gardes.pop(nom, None)
    return gardes.urlencode()
