"""Ce que le serveur écrit de son fonctionnement : jamais un lien ni un jeton, qui valent une clef."""

from __future__ import annotations

import logging
import re
from typing import Any

_LIEN = re.compile(r"(/(?:releve|compte/invitation)/)[^/\s]+")
_JETON = re.compile(r"(clauses_[a-z2-7]{8}_)[0-9a-f]+")


def sans_lien(valeur: Any) -> Any:
    """Un texte dont lien et secret sont masqués ; toute autre valeur, telle quelle."""
    return _JETON.sub(r"\1[secret]", _LIEN.sub(r"\1[lien]", valeur)) if isinstance(valeur, str) else valeur


class SansLien(logging.Filter):
    """Masque le jeton dans le message et ses arguments : Django y écrit le chemin de toute réponse en erreur."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = sans_lien(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(sans_lien(valeur) for valeur in record.args)
        return True
