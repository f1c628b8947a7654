"""Choisir une fiche d’un grand annuaire : on tape un nom ou un SIRET, des suggestions suivent.

Sans JavaScript, le SIRET (ou un nom qui ne désigne qu’une fiche) suffit : aucune liste de milliers d’options.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clauses.socle.conversions import normaliser
from clauses.socle.recherche import contient

SIRET_EN_FIN = re.compile(r"((?:[0-9]\s*){14})$")
LETTRES_MIN = 2
SUGGESTIONS_MAX = 20
HOMONYMES_MONTRES = 3


class Annuaire(NamedTuple):
    """Un annuaire dans le fil d’Ariane : son nom affiché et le nom de l’URL de sa liste."""

    nom: str
    liste: str


class ChampSuggere(forms.TextInput):
    """Champ texte relié à une liste de suggestions remplie au fil de la frappe."""

    template_name = "composants/champ_suggere.html"

    def __init__(self, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.url = url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        contexte = super().get_context(name, value, attrs)
        contexte["suggestions"] = f"{contexte['widget']['attrs'].get('id', name)}_suggestions"
        contexte["widget"]["attrs"].update(
            {
                "list": contexte["suggestions"],
                "hx-get": reverse(self.url),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": f"#{contexte['suggestions']}",
            }
        )
        return contexte


class SaisieAnnuaire(forms.Field):
    """Une fiche de l’annuaire, par son nom, son SIRET, ou la suggestion « nom – SIRET ».

    `fiches` part vide : le formulaire y met ce que l’acteur peut voir.
    """

    def __init__(self, *, modele: Any, url: str, **kwargs: Any) -> None:
        super().__init__(widget=ChampSuggere(url), **kwargs)
        self.texte = forms.CharField(required=False, max_length=300)
        self.fiches: QuerySet[Any] = modele.objects.none()

    def prepare_value(self, value: Any) -> Any:
        return suggestion(value) if hasattr(value, "siret") else value

    def to_python(self, value: Any) -> Any:
        texte = self.texte.clean(value)
        if not texte:
            return None
        siret = SIRET_EN_FIN.search(texte)
        return self._par_siret("".join(siret[1].split())) if siret else self._par_nom(texte)

    def _par_siret(self, siret: str) -> Any:
        fiche = self.fiches.filter(siret=siret).first()
        if fiche is None:
            raise ValidationError(f"Le SIRET {siret} n’est pas dans l’annuaire : ajouter sa fiche.", code="inconnu")
        return fiche

    def _par_nom(self, texte: str) -> Any:
        exactes = list(self.fiches.filter(recherche=normaliser(texte))[:2])
        if len(exactes) == 1:
            return exactes[0]
        trouvees = list(self.fiches.filter(contient("recherche", texte))[: HOMONYMES_MONTRES + 1])
        if not trouvees:
            raise ValidationError(
                f"Rien dans l’annuaire ne répond à « {texte} » : essayer son SIRET, ou ajouter sa fiche.",
                code="inconnu",
            )
        if len(trouvees) > 1:
            noms = ", ".join(suggestion(fiche) for fiche in trouvees[:HOMONYMES_MONTRES])
            suite = "…" if len(trouvees) > HOMONYMES_MONTRES else "."
            raise ValidationError(
                f"Plusieurs fiches répondent à « {texte} » : préciser par le SIRET. {noms}{suite}", code="ambigu"
            )
        return trouvees[0]


def suggestion(fiche: Any) -> str:
    return f"{fiche} – {fiche.siret}"


def rendre_formulaire(
    request: HttpRequest,
    form: Any,
    *,
    titre: str,
    annuaire: Annuaire,
    fiches: QuerySet[Any] | None = None,
    recherche: Any = None,
) -> HttpResponse:
    """Page d’ajout ou de modification d’une fiche ; `fiches`, à l’ajout, désigne celle qui porte déjà ce SIRET.

    `recherche` : ce qu’a donné une recherche avant l’ajout, si elle est ouverte.
    """
    siret = "".join(form.data.get("siret", "").split())
    connue = fiches.filter(siret=siret).first() if fiches is not None and siret else None
    fil = {"annuaire": annuaire.nom, "liste": reverse(annuaire.liste)}
    contexte = {"form": form, "titre": titre, "connue": connue, "recherche": recherche, **fil}
    return render(request, "composants/annuaire_formulaire.html", contexte)


def rendre_suggestions(request: HttpRequest, fiches: QuerySet[Any]) -> HttpResponse:
    """Options d’une liste de suggestions ; le champ cherché envoie sa seule valeur, sous son propre nom."""
    cherche = str(next(iter(request.GET.values()), "")).strip()
    trouvees = fiches.none()
    if len(cherche) >= LETTRES_MIN:
        critere = contient("recherche", cherche)
        compact = "".join(cherche.split())
        if compact.isdigit():
            critere |= Q(siret__startswith=compact)
        trouvees = fiches.filter(critere)
    options = [suggestion(fiche) for fiche in trouvees[:SUGGESTIONS_MAX]]
    return render(request, "composants/_suggestions.html", {"options": options})
