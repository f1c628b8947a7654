"""La version des nomenclatures : une empreinte de toutes les listes de codes de l’application (domaine.md §6)."""

from __future__ import annotations

import functools
import hashlib
import importlib
import json

from django.db.models import Choices

MODULES = ("entreprises.enums", "marches.enums", "heures.enums")


@functools.cache
def version() -> str:
    """SHA-256 de chaque liste : son nom, puis ses codes et libellés dans l’ordre. La même tant que rien n’y change."""
    listes = {
        nom: classe.choices
        for module in MODULES
        for nom, classe in vars(importlib.import_module(module)).items()
        if isinstance(classe, type) and issubclass(classe, Choices) and classe.__module__ == module
    }
    texte = json.dumps(listes, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(texte.encode()).hexdigest()
