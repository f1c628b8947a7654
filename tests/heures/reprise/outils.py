"""Outils communs aux tests de la reprise : lancer la commande, changer une case, photographier la base."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from tests import jeu_de_comptage
from tests.jeu_de_comptage import Feuilles

Changement = Callable[[Feuilles], None]


def photographie() -> dict[str, list[tuple[Any, ...]]]:
    """Toutes les lignes de toutes les tables : une base inchangée l’est au champ près."""
    return {
        modele._meta.label: list(modele._base_manager.order_by("pk").values_list()) for modele in apps.get_models()
    }


def changer(feuille: str, rang: int, **valeurs: Any) -> Changement:
    """Change des cases du jeu de comptage ; la ligne `rang` (0 pour la première) est `rang + 2` dans le tableur."""
    return lambda feuilles: feuilles[feuille][rang].update(valeurs)


def ajouter(feuille: str, rang: int, **valeurs: Any) -> Changement:
    """Ajoute en fin de feuille une copie de la ligne `rang`, avec d’autres valeurs."""
    return lambda feuilles: feuilles[feuille].append({**feuilles[feuille][rang], **valeurs})


def ordinaires(texte: str) -> str:
    """Le texte avec des espaces ordinaires : un test se lit et s’écrit sans espace insécable."""
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def lieu(feuille: str, ligne: int, colonne: str = "") -> str:
    """Le début d’une phrase du rapport."""
    return f"Feuille « {feuille} », ligne {ligne}" + (f", colonne « {colonne} »" if colonne else "") + " : "


def classeur(dossier: Path, *changements: Changement) -> Path:
    contenu = jeu_de_comptage.feuilles()
    for changement in changements:
        changement(contenu)
    return jeu_de_comptage.ecrire(dossier / "reprise.xlsx", contenu)


def lancer(chemin: Path, *options: str, structure: str = "MEMPA") -> str:
    """Lance la commande ; rend ce qu’elle imprime."""
    sortie = io.StringIO()
    call_command("importer_reprise", str(chemin), "--structure", structure, *options, stdout=sortie)
    return ordinaires(sortie.getvalue())


def lancer_refusee(chemin: Path, *options: str, structure: str = "MEMPA") -> tuple[str, str]:
    """Lance une reprise qui doit échouer sans rien changer ; rend ce qu’elle imprime, et son refus."""
    avant = photographie()
    sortie = io.StringIO()
    with pytest.raises(CommandError) as refus:
        call_command("importer_reprise", str(chemin), "--structure", structure, *options, stdout=sortie)
    assert photographie() == avant
    assert refus.value.returncode == 1
    return ordinaires(sortie.getvalue()), ordinaires(str(refus.value))
