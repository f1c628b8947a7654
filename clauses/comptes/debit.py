"""Le débit de l’API : tant de demandes par minute et par appelant, comptées d’un seul geste de la base.

Ni le cache de DRF ni `cache.incr` ne sont atomiques : quatre processus laissaient passer le double (docs/adr/0038).
"""

from __future__ import annotations

import time

from django.db import connection

MINUTE = 60
# Une ligne rendue : la demande est comptée. Aucune : la limite de la minute est atteinte, rien n’a changé.
COMPTER = """
    INSERT INTO comptes_compteurapi AS compteur (clef, minute, nombre) VALUES (%(clef)s, %(minute)s, 1)
    ON CONFLICT (clef) DO UPDATE SET
        nombre = CASE WHEN compteur.minute = excluded.minute THEN compteur.nombre + 1 ELSE 1 END,
        minute = excluded.minute
    WHERE compteur.minute <> excluded.minute OR compteur.nombre < %(limite)s
    RETURNING nombre
"""


def accepter(clef: str, *, limite: int) -> bool:
    """Compte une demande de cet appelant ; faux si la limite de la minute civile est atteinte. Une requête."""
    with connection.cursor() as curseur:
        curseur.execute(COMPTER, {"clef": clef, "minute": int(time.time()) // MINUTE, "limite": limite})
        return bool(curseur.fetchall())


def attente() -> int:
    """Secondes jusqu’à la minute suivante : de 1 à 60."""
    return MINUTE - int(time.time()) % MINUTE
