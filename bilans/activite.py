"""A8 : l’activité de facilitation, par nature et par trimestre. Pur, comme `tableaux`."""

from __future__ import annotations

from collections import Counter

from bilans import selections
from bilans.calculs import rapport
from bilans.definitions import ColonneBilan, TableauBilan, Unite
from bilans.faits import Faits
from bilans.mesures import Mesure, Ouverture, Quotient
from bilans.tableaux import TOTAL, Rangee
from clauses.socle.mois import mois_entre
from marches.enums import NatureActivite


def trimestres(faits: Faits) -> dict[str, str]:
    """Code et nom de chaque trimestre que la période touche, dans l’ordre."""
    du, au, _ = faits.periode
    rangs = [(mois.year, (mois.month + 2) // 3) for mois in mois_entre(du, au)]
    return {f"{annee}-T{rang}": f"T{rang} {annee}" for annee, rang in rangs}


def construire(faits: Faits) -> tuple[TableauBilan, list[Rangee]]:
    """Une ligne par nature d’activité, même sans rien : ce qui n’a pas été fait se voit aussi."""
    noms = trimestres(faits)
    comptes = Counter((a.nature, selections.trimestre(a)) for a in faits.activites)
    rangees = []
    for nature, libelle in NatureActivite.choices:
        par_trimestre = {code: comptes[nature, code] for code in noms}
        rangees.append(Rangee(_valeurs(nature, libelle, par_trimestre, len(faits.activites)), {"nature": nature}))
    par_trimestre = {code: sum(comptes[nature, code] for nature in NatureActivite.values) for code in noms}
    total = _valeurs("TOTAL", "Total", par_trimestre, len(faits.activites))
    return _definition(noms), [*rangees, Rangee(total, niveau=TOTAL)]


def _valeurs(nature: str, libelle: str, par_trimestre: dict[str, int], ensemble: int) -> dict[str, object]:
    total = sum(par_trimestre.values())
    return {"code": nature, "libelle": libelle, **par_trimestre, "total": total, "part": rapport(total, ensemble)}


def _definition(noms: dict[str, str]) -> TableauBilan:
    trimestriels = (
        ColonneBilan(code, nom, Unite.NOMBRE, Ouverture(Mesure.ACTIVITES, {"trimestre": code}))
        for code, nom in noms.items()
    )
    return TableauBilan(
        "activite",
        "Activité de facilitation",
        "A8 Activité",
        (
            ColonneBilan("code", "Code"),
            ColonneBilan("libelle", "Activité"),
            *trimestriels,
            ColonneBilan("total", "Total", Unite.NOMBRE, Ouverture(Mesure.ACTIVITES)),
            ColonneBilan("part", "%", Unite.TAUX, quotient=Quotient("total", "total", du_total=True)),
        ),
        "Activités notées au journal des facilitateurs, à leur date.",
        garde_les_vides=True,
    )
