"""Chercher sans accents ni casse, de la même façon sur SQLite et sur PostgreSQL.

SQLite ne rapproche pas « é » de « É » : on compare donc à un texte déjà réduit, tenu à jour par un champ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from clauses.socle.conversions import normaliser


class RechercheField(models.CharField):  # type: ignore[type-arg]  # CharField ne s’indice pas à l’exécution
    """Texte réduit de plusieurs champs, recalculé à chaque écriture, unitaire ou en masse."""

    def __init__(self, *args: Any, sources: Sequence[str] = (), **kwargs: Any) -> None:
        self.sources = tuple(sources)
        kwargs |= {"editable": False, "blank": True, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        nom, chemin, args, kwargs = super().deconstruct()
        return nom, chemin, args, {**kwargs, "sources": list(self.sources)}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        texte = normaliser(" ".join(str(getattr(model_instance, source)) for source in self.sources))
        texte = texte[: self.max_length]
        setattr(model_instance, self.attname, texte)
        return texte


def contient(chemin: str, cherche: str) -> Q:
    """Condition « ce texte de recherche contient ceci » ; une recherche sans lettre ni chiffre ne trouve rien."""
    reduit = normaliser(cherche)
    return Q(**{f"{chemin}__contains": reduit}) if reduit else Q(pk__in=[])


def nom_ou_siret(cherche: str) -> Q:
    """Dans un annuaire : le nom contient ceci, ou le SIRET commence par ceci, espaces permises."""
    return contient("recherche", cherche) | Q(siret__startswith="".join(cherche.split()))


def derives(modele: models.Model, changes: Sequence[str]) -> list[str]:
    """Champs de recherche à réécrire quand ces champs changent."""
    return [
        champ.name
        for champ in modele._meta.concrete_fields
        if isinstance(champ, RechercheField) and not set(champ.sources).isdisjoint(changes)
    ]
