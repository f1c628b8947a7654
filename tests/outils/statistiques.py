"""Tenir à jour les statistiques de la base après un gros peuplement, comme l’auto-vacuum le fait en service.

Sans elles, PostgreSQL croit les tables vides dans la transaction d’un test et choisit des boucles imbriquées.
"""

from __future__ import annotations

from django.db import connection


def tenir_les_statistiques() -> None:
    with connection.cursor() as curseur:
        curseur.execute("ANALYZE")
