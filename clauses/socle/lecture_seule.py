"""Une requête HTTP sûre (GET, HEAD, OPTIONS) n’écrit jamais en base.

Deux exceptions, nommées : la session et le cache partagé (tables techniques), et le journal des consultations de
données nominatives, qui s’écrit sous `journal_ouvert()`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

LECTURES = ("SELECT", "WITH", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "PRAGMA")
ECRITURE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(?P<table>\w+)"?', re.IGNORECASE)
TABLE_DU_JOURNAL = "comptes_ecriturejournal"

_journal_ouvert: ContextVar[bool] = ContextVar("journal_ouvert", default=False)


class EcritureInterdite(RuntimeError):
    """Une vue appelée en GET a tenté d’écrire : le verbe HTTP est faux."""


@contextmanager
def journal_ouvert() -> Iterator[None]:
    """Autorise l’écriture au journal pendant une consultation."""
    jeton = _journal_ouvert.set(True)
    try:
        yield
    finally:
        _journal_ouvert.reset(jeton)


def tables_techniques() -> set[str]:
    return {"django_session", str(settings.CACHES["default"]["LOCATION"])}


def refuser_ecriture(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    if sql.lstrip().upper().startswith(LECTURES):
        return execute(sql, params, many, context)
    ecriture = ECRITURE.match(sql)
    table = ecriture["table"] if ecriture else ""
    if table in tables_techniques() or (table == TABLE_DU_JOURNAL and _journal_ouvert.get()):
        return execute(sql, params, many, context)
    raise EcritureInterdite(sql)


def lecture_seule(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return get_response(request)
        with connection.execute_wrapper(refuser_ecriture):
            return get_response(request)

    return middleware
