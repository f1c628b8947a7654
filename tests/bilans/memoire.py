"""Ce qu’un jeu de test a écrit, gardé ligne à ligne pour le remettre sans le recalculer.

Poser le jeu de comptage par les actions coûte plus d’une seconde, et une centaine de tests en partent. Les actions le
posent une fois par processus ; ensuite, les mêmes lignes reviennent avec les mêmes clefs, dans une base vierge.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.apps import apps
from django.db import connection

from clauses.comptes.models import Structure, Utilisateur
from entreprises.models import Entreprise
from marches.models import Acheteur

# Posés par les migrations : le jeu les lit, il ne les écrit pas.
COMMUNES = {"auth", "contenttypes", "territoires"}


Lignes = dict[str, list[tuple[Any, ...]]]


def est_vierge() -> bool:
    """Aucune ligne d’un autre jeu : les clefs d’origine sont libres, et rien d’étranger n’entre dans la mémoire."""
    return not any(modele._base_manager.exists() for modele in (Structure, Utilisateur, Entreprise, Acheteur))


def rejouer(memoire: dict[str, Any], poser: Callable[[], Any]) -> Any:
    """Le jeu que rend `poser` : posé pour de bon la première fois, remis depuis `memoire` les suivantes."""
    if not est_vierge():
        return poser()
    if not memoire:
        avant = _lire()
        jeu = poser()
        memoire |= {"jeu": deepcopy(jeu), "lignes": _ajoutees(avant, _lire())}
        return jeu
    _ecrire(memoire["lignes"])
    return deepcopy(memoire["jeu"])


def _tables() -> dict[str, list[str]]:
    """Chaque table que l’application remplit, et ses colonnes."""
    return {
        modele._meta.db_table: [champ.column for champ in modele._meta.local_concrete_fields]
        for modele in apps.get_models(include_auto_created=True)
        if modele._meta.app_label not in COMMUNES
    }


def _noms(colonnes: list[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, colonnes))


def _lire() -> Lignes:
    lignes = {}
    with connection.cursor() as curseur:
        for table, colonnes in _tables().items():
            curseur.execute(f"SELECT {_noms(colonnes)} FROM {connection.ops.quote_name(table)}")
            lignes[table] = curseur.fetchall()
    return lignes


def _ajoutees(avant: Lignes, apres: Lignes) -> Lignes:
    """Les lignes neuves, par table ; une ligne des migrations que le jeu changerait ne se remettrait pas."""
    for table, contenu in avant.items():
        assert set(contenu) <= set(apres[table]), f"Poser le jeu change des lignes de {table} déjà là."
    neuves = {table: [ligne for ligne in contenu if ligne not in avant[table]] for table, contenu in apres.items()}
    return {table: contenu for table, contenu in neuves.items() if contenu}


def _ecrire(lignes: Lignes) -> None:
    tables = _tables()
    with connection.cursor() as curseur:
        for table, contenu in lignes.items():
            places = ", ".join(["%s"] * len(tables[table]))
            curseur.executemany(
                f"INSERT INTO {connection.ops.quote_name(table)} ({_noms(tables[table])}) VALUES ({places})", contenu
            )
