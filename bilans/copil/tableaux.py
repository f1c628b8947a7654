"""Les tableaux du comité de pilotage, construits sur les faits de cinq années. Purs : ni base, ni date du jour."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from bilans import calculs
from bilans.calculs import Groupe, beneficiaires, en_decimal, mesurer, rapport
from bilans.copil.definitions import OBJECTIF_DE_SORTIES, PERSONNES_PAR_AN, PLIE, PREMIERS, SERIE, SIAE, SORTIES_PAR_AN
from bilans.copil.serie import Annee
from bilans.definitions import TableauBilan
from bilans.faits import NON, NR, Cellule, Faits
from bilans.tableaux import TOTAL, Rangee
from bilans.valeurs import Nombre

VIDE = Groupe()


def _annuel(
    annees: Sequence[Annee],
    definition: TableauBilan,
    calculees: Callable[[Annee], Mapping[str, Nombre]] = lambda _: {},
) -> list[Rangee]:
    """Une ligne par année : les indicateurs montrés, les termes de leurs rapports, et ce que `calculees` en tire."""
    quotients = [colonne.quotient for colonne in definition.colonnes if colonne.quotient is not None]
    montrees = {colonne.cle for colonne in definition.colonnes}
    montrees |= {cle for quotient in quotients for cle in (quotient.numerateur, quotient.denominateur)}
    rangees = []
    for annee in annees:
        lues = {cle: valeur for cle, valeur in annee.valeurs().items() if cle in montrees}
        rangees.append(Rangee({"annee": annee.libelle, **lues, **calculees(annee)}, periode=annee.faits.periode))
    return rangees


def serie(annees: Sequence[Annee]) -> list[Rangee]:
    return _annuel(annees, SERIE)


def personnes(annees: Sequence[Annee]) -> list[Rangee]:
    return _annuel(annees, PERSONNES_PAR_AN)


def siae(annees: Sequence[Annee]) -> list[Rangee]:
    return _annuel(annees, SIAE, _hors_siae)


def _hors_siae(annee: Annee) -> dict[str, Nombre]:
    total, en_siae = annee.indicateurs.get("heures_realisees"), annee.indicateurs.get("siae_heures")
    return {"heures_hors_siae": None if total is None or en_siae is None else total - en_siae}


def plie(annees: Sequence[Annee]) -> list[Rangee]:
    return _annuel(annees, PLIE, _plie)


def _plie(annee: Annee) -> dict[str, Nombre]:
    """Une année vide reste vide ; sans entrée en clause, on ne sait pas si la personne est au PLIE."""
    cles = ("part_plie", "heures_hors_plie", "heures_plie_nr", "taux_heures_plie")
    if not annee.indicateurs:
        return dict.fromkeys(cles)
    groupes = calculs.grouper(annee.faits, calculs.par_participant(annee.faits.cellules), "plie")
    lues = annee.indicateurs
    return {
        "part_plie": rapport(lues["participants_plie"] or 0, lues["beneficiaires"] or 0),
        "heures_hors_plie": groupes.get(NON, VIDE).heures,
        "heures_plie_nr": groupes.get(NR, VIDE).heures,
        "taux_heures_plie": rapport(lues["heures_plie"] or 0, lues["heures_realisees"] or 0),
    }


def sorties(annees: Sequence[Annee]) -> list[Rangee]:
    return _annuel(annees, SORTIES_PAR_AN, _objectif)


def _objectif(annee: Annee) -> dict[str, Nombre]:
    taux = annee.indicateurs.get("taux_sorties_positives")
    return {"objectif": OBJECTIF_DE_SORTIES, "ecart": None if taux is None else taux - OBJECTIF_DE_SORTIES}


def territoires(faits: Faits, populations: Mapping[str, int]) -> list[Rangee]:
    """Une ligne par intercommunalité de la structure, puis hors territoire et non renseigné, selon les deux clefs.

    `populations` : code → habitants ; un code absent n’a pas de population, et donc pas d’heures pour mille habitants.
    """
    ensemble = calculs.par_participant(faits.cellules)
    residents = calculs.grouper(faits, ensemble, "territoire")
    par_acheteur = calculs.par_cle(
        faits.cellules, lambda c: calculs.territoire_d_acheteur(faits, calculs.acheteur_de(faits, c))
    )
    rangees = []
    for code, libelle in faits.territoires:
        siens = en_decimal(sum(par_acheteur.get(code, {}).values()))
        valeurs = _territoire(code, libelle, siens, residents.get(code, VIDE), populations.get(code))
        rangees.append(Rangee(valeurs, {"territoire": code, "epci_acheteur": code}))
    tous = mesurer(faits, ensemble)
    return [*rangees, Rangee(_territoire("TOTAL", "Total", tous.heures, tous, None), niveau=TOTAL)]


def _territoire(
    code: str, libelle: str, heures_acheteur: Decimal, residents: Groupe, population: int | None
) -> dict[str, Any]:
    return {
        "code": code,
        "libelle": libelle,
        "population": population,
        "heures_acheteur": heures_acheteur,
        "heures_residence": residents.heures,
        "beneficiaires_residence": residents.total,
        "brsa_residence": residents.brsa,
        "heures_pour_mille": rapport(residents.heures * 1000, population, 2) if population else None,
    }


def premiers_acheteurs(faits: Faits) -> list[Rangee]:
    noms = {acheteur.siret: acheteur.nom for acheteur in faits.acheteurs.values()}
    return _premiers(faits, lambda c: calculs.acheteur_de(faits, c).siret, noms, "acheteur")


def premieres_entreprises(faits: Faits) -> list[Rangee]:
    noms = {engagement.siret: engagement.nom for engagement in faits.engagements.values()}
    return _premiers(faits, lambda c: faits.engagements[c.engagement].siret, noms, "entreprise")


def _premiers(faits: Faits, cle: Callable[[Cellule], str], noms: Mapping[str, str], dimension: str) -> list[Rangee]:
    """Les premiers par leurs heures (à égalité, par leur nom), puis le total distinct de tous."""
    par_siret = calculs.par_cle(faits.cellules, cle)
    total = sum(cellule.centiemes for cellule in faits.cellules)
    ordre = sorted(par_siret, key=lambda siret: (-sum(par_siret[siret].values()), noms[str(siret)]))
    rangees = [
        Rangee(
            _premier(faits, dimension, noms[str(siret)], str(siret), par_siret[siret], total), {dimension: str(siret)}
        )
        for siret in ordre[:PREMIERS]
    ]
    ensemble = calculs.par_participant(faits.cellules)
    return [
        *rangees,
        Rangee(_premier(faits, dimension, f"Total des {len(ordre)} (distinct)", "", ensemble, total), niveau=TOTAL),
    ]


def _premier(
    faits: Faits, dimension: str, nom: str, siret: str, heures: Mapping[int, int], total: int
) -> dict[str, Any]:
    groupe = mesurer(faits, heures)
    return {
        dimension: nom,
        "siret": siret,
        "heures": groupe.heures,
        "part_heures": rapport(sum(heures.values()), total),
        "beneficiaires": len(beneficiaires(heures)),
        "beneficiaires_brsa": groupe.brsa,
    }
