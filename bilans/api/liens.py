"""De chaque chiffre à l’adresse de ce qui le compose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bilans import presentation
from bilans.rapport import Bilan, Tableau
from bilans.tableaux import DETAIL, Rangee


def liens(bilan: Bilan, base: str) -> dict[str, Any]:
    """L’adresse de la liste de chaque chiffre qui s’ouvre, rangée comme le document : mêmes clefs, mêmes lignes."""

    def ouvrir(adresses: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {cle: _vers_l_api(adresse, base) for cle, adresse in adresses if adresse}

    def des_rangees(tableau: Tableau, rangees: Iterable[Rangee]) -> list[dict[str, str]]:
        return [
            ouvrir((c.cle, presentation.url_de_cellule(bilan.demande, rangee, c)) for c in tableau.definition.colonnes)
            for rangee in rangees
        ]

    au_contrat = {cle: tableau for cle, tableau in bilan.tableaux.items() if tableau.definition.est_en_json}
    return {
        "indicateurs": ouvrir(
            (ligne.indicateur.cle, presentation.url_d_indicateur(bilan, ligne.indicateur)) for ligne in bilan.synthese
        ),
        "indicateurs_n1": ouvrir(
            (ligne.indicateur.cle, presentation.url_d_indicateur_n1(bilan, ligne)) for ligne in bilan.synthese
        ),
        "tableaux": {c: des_rangees(t, [r for r in t.rangees if r.niveau == DETAIL]) for c, t in au_contrat.items()},
        "totaux": {c: des_rangees(t, [r for r in t.rangees if r.niveau != DETAIL]) for c, t in au_contrat.items()},
    }


def _vers_l_api(adresse: str, base: str) -> str:
    """L’adresse de la page qui ouvre un chiffre, tournée vers l’API ; le nom du bilan y est dans le chemin."""
    criteres = [(nom, valeur) for nom, valeur in parse_qsl(urlsplit(adresse).query) if nom != "bilan"]
    return f"{base}?{urlencode(criteres)}"
