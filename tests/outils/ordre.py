"""Une base qui rend dans le désordre tout ce qu’on ne lui a pas demandé d’ordonner, comme PostgreSQL en a le droit."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db.models.sql.compiler import SQLCompiler


def melanger(monkeypatch: pytest.MonkeyPatch, graine: int) -> None:
    """Mélange les lignes de chaque lecture sans ORDER BY, d’un tirage à l’autre selon `graine`."""
    tirage = random.Random(graine)
    rendre = SQLCompiler.results_iter

    def melangees(self: SQLCompiler, results: Any = None, *args: Any, **kwargs: Any) -> Iterator[Any]:
        lues: Iterable[Any] = rendre(self, results, *args, **kwargs)
        lignes = list(lues)
        if len(lignes) > 1 and "ORDER BY" not in self.as_sql()[0]:
            tirage.shuffle(lignes)
        return iter(lignes)

    monkeypatch.setattr(SQLCompiler, "results_iter", melangees)
