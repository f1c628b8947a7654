"""Ouvrir une ligne de grille : les faits qui la font, et comment elle se nomme."""

from __future__ import annotations

from bilans.faits import Faits
from bilans.grilles.calcul import libelle_de, retenir
from bilans.grilles.dimensions import Source, lire_complements
from bilans.grilles.lecture import grille_de
from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible


def restreindre(acteur: Acteur, faits: Faits, grille: str, ligne: str) -> tuple[Faits, list[tuple[str, str]]]:
    """Les faits d’une ligne (« tableau/cle », vide : tous), et son (titre, libellé).

    Lève `ActionImpossible` si la grille de la structure n’a pas, ou n’a plus, cette ligne.
    """
    if not ligne:
        return faits, []
    nom, _, cle = ligne.partition("/")
    tableau = grille_de(acteur, grille).tableau(nom)
    if tableau is None:
        raise ActionImpossible(
            f"Ce bilan n’a pas de tableau «\u00a0{nom[:80]}\u00a0»\u00a0: revenir au bilan et recommencer."
        )
    restreints = retenir(tableau, Source(faits, lire_complements(acteur)), cle)
    return restreints, [(tableau.titre, libelle_de(tableau, cle))]
