"""Ce que rend une lecture de fichier : des lignes, et des cellules dont certaines sont en erreur."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LigneLue:
    """Une ligne non vide ; `numero` est celui que montre le tableur, une cellule vide vaut `None`."""

    numero: int
    valeurs: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class CelluleEnErreur:
    """Cellule sans valeur fiable : erreur du tableur, formule jamais calculée. Ni zéro, ni vide."""

    texte: str

    def __str__(self) -> str:
        return self.texte
