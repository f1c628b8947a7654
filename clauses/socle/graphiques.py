"""Les graphiques natifs d’un classeur : ce que l’on en déclare, et leur tracé. `exports` les écrit et les place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clauses.socle.papier import Planche

GENRES = {
    "column": {"type": "column"},
    "empile": {"type": "column", "subtype": "stacked"},
    "bar": {"type": "bar"},
    "line": {"type": "line"},
    "pie": {"type": "pie"},
}
COULEURS = ("#0B6E69", "#C9852B", "#3A6EA8", "#8A5A9E", "#6F7C86", "#A34A3F")
ROUGE = "#B3261E"
GRILLE = {"visible": True, "line": {"color": "#D9DFE3"}}


@dataclass(frozen=True, slots=True)
class Graphique:
    """Graphique natif, à droite du tableau ; catégories et séries sont des clefs de colonnes.

    `premieres` borne le dessin aux premières lignes : un total n’est pas une barre parmi les autres. `feuille` : celle
    dont il montre les lignes, quand ce n’est pas la sienne. `repere` : la série qui est un objectif, en tirets.
    """

    genre: Literal["column", "empile", "bar", "line", "pie"]
    titre: str
    categories: str
    series: Sequence[str]
    premieres: int | None = None
    feuille: str = ""
    repere: str = ""


def tracer(classeur: Any, graphique: Graphique, *, onglet: str, formats: Mapping[str, str], lignes: int) -> Any | None:
    """Le graphique des premières lignes d’une feuille, ou `None` si elle n’en a aucune.

    `formats` : clef de chaque colonne de la feuille, dans l’ordre, et son format de nombre.
    """
    derniere = lignes if graphique.premieres is None else min(lignes, graphique.premieres)
    if not derniere:
        return None
    dessin = classeur.add_chart(GENRES[graphique.genre])
    clefs = list(formats)
    abscisse = clefs.index(graphique.categories)
    for numero, cle in enumerate(graphique.series):
        rang = clefs.index(cle)
        dessin.add_series(
            {
                "name": [onglet, 0, rang],
                "categories": [onglet, 1, abscisse, derniere, abscisse],
                "values": [onglet, 1, rang, derniere, rang],
                **_habiller(graphique, cle, COULEURS[numero % len(COULEURS)]),
            }
        )
    # xlsxwriter lirait un titre commençant par « = » comme une référence de cellule.
    dessin.set_title({"name": graphique.titre.lstrip("="), "name_font": {"size": 11}})
    _regler(dessin, graphique, _en_bref(formats[graphique.series[0]]))
    return dessin


def _en_bref(format_de_nombre: str) -> str:
    """Le format d’un axe : sans décimales, que les cellules ont."""
    return "0%" if format_de_nombre.endswith("%") else "#,##0"


def _regler(dessin: Any, graphique: Graphique, format_de_nombre: str) -> None:
    """Axes et légende ; une barre couchée se lit de haut en bas, comme son tableau, l’axe des valeurs en bas."""
    valeurs = {"major_gridlines": GRILLE, "num_format": format_de_nombre, "min": 0, "line": {"none": True}}
    if graphique.genre == "bar":
        dessin.set_y_axis({"reverse": True})
        dessin.set_x_axis(valeurs | {"label_position": "high"})
    elif graphique.genre != "pie":
        dessin.set_y_axis(valeurs)
    est_seule = len(graphique.series) == 1 and graphique.genre != "pie"
    dessin.set_legend({"none": True} if est_seule else {"position": "bottom"})


def _habiller(graphique: Graphique, cle: str, couleur: str) -> dict[str, Any]:
    if graphique.genre == "pie":
        return {}
    if graphique.genre == "line":
        if cle == graphique.repere:
            return {"line": {"color": ROUGE, "width": 1.75, "dash_type": "dash"}, "marker": {"type": "none"}}
        marque = {"type": "circle", "size": 7, "fill": {"color": couleur}, "border": {"color": couleur}}
        return {"line": {"color": couleur, "width": 2.25}, "marker": marque}
    return {"fill": {"color": couleur}, "gap": 60}


def poser(onglet: Any, traces: Sequence[tuple[str, Any]], planche: Planche, *, colonne: int) -> None:
    """Les graphiques (titre, tracé) à droite du tableau, qui finit avant `colonne`, sur leurs propres pages."""
    onglet.set_print_scale(planche.echelle)
    onglet.set_v_pagebreaks([colonne])
    onglet.set_h_pagebreaks(planche.sauts[1:])
    for numero, (titre, dessin) in enumerate(traces):
        ligne, droite, dessous = planche.place(numero)
        dessin.set_size({"width": planche.largeur, "height": planche.hauteur})
        # Filtrer les lignes du tableau ne déforme pas un graphique.
        place = {"x_offset": droite, "y_offset": dessous, "object_position": 3, "description": titre}
        onglet.insert_chart(ligne, colonne, dessin, place)
