"""La grille qui vaut pour une structure : celle que livre l’application, tableaux réécrits compris."""

from __future__ import annotations

from dataclasses import replace

from bilans.grilles.forme import Grille, lire_ligne, livree
from bilans.models import CorrespondanceGrille
from clauses.comptes.acteurs import Acteur


def reecrits(acteur: Acteur, nom: str) -> dict[str, CorrespondanceGrille]:
    """Par clef de tableau, ce que la structure a réécrit."""
    lues = CorrespondanceGrille.objects.visibles_par(acteur).filter(grille=nom)
    return {correspondance.tableau: correspondance for correspondance in lues}


def grille_de(acteur: Acteur, nom: str) -> Grille:
    grille, siens = livree(nom), reecrits(acteur, nom)
    tableaux = tuple(
        replace(t, lignes=tuple(lire_ligne(ligne) for ligne in siens[t.cle].lignes)) if t.cle in siens else t
        for t in grille.tableaux
    )
    return replace(grille, tableaux=tableaux)
