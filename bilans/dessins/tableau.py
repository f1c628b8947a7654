"""Du tableau d’un bilan à son dessin : ce qu’il montre, en large et en étroit, et la phrase qui le dit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.template.loader import render_to_string

from bilans.definitions import ColonneBilan, Dessin, Unite
from bilans.dessins import axes, barres, parts
from bilans.dessins.formes import ETROIT, LARGE, Donnees, Serie, Trace
from bilans.rapport import Tableau
from bilans.valeurs import Nombre, en_texte

TRACEURS: dict[str, Callable[[Donnees, int], Trace]] = {
    "bar": barres.tracer,
    "column": axes.colonnes,
    "empile": axes.empilees,
    "line": axes.courbe,
    "pie": parts.tracer,
}
NOMS = {
    "bar": "Barres",
    "column": "Colonnes",
    "empile": "Colonnes empilées",
    "line": "Courbe",
    "pie": "Barre de parts",
}


@dataclass(frozen=True, slots=True)
class DessinTrace:
    """Un dessin prêt à montrer : le même, large et étroit ; `description` dit toutes ses valeurs."""

    cle: str
    titre: str
    description: str
    large: Trace
    etroit: Trace


def lire(tableau: Tableau, dessin: Dessin) -> Donnees:
    """Les lignes de détail du tableau, sans celles où aucune série n’a de valeur."""
    colonnes = {colonne.cle: colonne for colonne in tableau.definition.colonnes}
    pleines = [serie for serie in dessin.series if serie != dessin.repere]
    garde_les_vides = dessin.genre in {"column", "empile", "line"}
    lignes = [v for v in tableau.details() if garde_les_vides or any(v[serie] for serie in pleines)][: dessin.au_plus]
    series = [
        Serie(
            nom=_nom(colonnes[cle]),
            valeurs=[_decimal(ligne[cle]) for ligne in lignes],
            textes=[en_texte(ligne[cle], colonnes[cle].unite) for ligne in lignes],
            est_repere=cle == dessin.repere,
        )
        for cle in dessin.series
    ]
    est_taux = colonnes[dessin.series[0]].unite is Unite.TAUX
    return Donnees([str(ligne[dessin.categories]) for ligne in lignes], series, est_taux)


def _nom(colonne: ColonneBilan) -> str:
    nom = colonne.nom
    return nom[0].upper() + nom[1:]


def _decimal(valeur: Nombre) -> Decimal | None:
    return None if valeur is None else Decimal(valeur)


def dessiner(tableau: Tableau) -> DessinTrace | None:
    """Le dessin d’un tableau ; `None` s’il n’en a pas, ou s’il n’y a rien à dessiner."""
    dessin = tableau.definition.dessin
    if dessin is None:
        return None
    donnees = lire(tableau, dessin)
    if not any(valeur > 0 for valeur in donnees.toutes):
        return None
    tracer = TRACEURS[dessin.genre]
    return DessinTrace(
        cle=tableau.definition.cle,
        titre=dessin.titre,
        description=decrire(dessin, donnees),
        large=tracer(donnees, LARGE),
        etroit=tracer(donnees, ETROIT),
    )


def decrire(dessin: Dessin, donnees: Donnees) -> str:
    """Toutes les valeurs en une phrase, pour qui n’a pas l’image."""
    lignes = [
        f"{categorie}\u00a0: " + ", ".join(f"{serie.nom.lower()} {serie.textes[rang]}" for serie in donnees.series)
        for rang, categorie in enumerate(donnees.categories)
    ]
    return f"{NOMS[dessin.genre]}. {'. '.join(lignes)}."


def en_svg(dessin: DessinTrace, trace: Trace) -> str:
    """Le SVG, échappé par son gabarit : celui de la page et celui du PDF."""
    sorte = "etroit" if trace.est_etroit else "large"
    return render_to_string("bilans/_svg.html", {"dessin": dessin, "trace": trace, "sorte": sorte})
