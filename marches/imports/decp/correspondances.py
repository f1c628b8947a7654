"""Tables de correspondance des libellés DECP (2019 et 2022) vers nos codes (domaine.md §6).

Les clefs sont écrites comme dans les schémas ; le rapprochement ignore accents, casse et ponctuation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from clauses.socle.conversions import normaliser
from marches.enums import Ccag, NatureClause, NatureMarche, Procedure, Technique
from marches.imports.decp.neutre import Consideration

NATURES = {
    "Marché": NatureMarche.MARCHE,
    "Accord-cadre": NatureMarche.MARCHE,
    "Marché subséquent": NatureMarche.MARCHE,
    "Marché de partenariat": NatureMarche.PARTENARIAT,
    "Marché de défense ou de sécurité": NatureMarche.DEFENSE,
    "Concession de travaux": NatureMarche.CONCESSION,
    "Concession de service": NatureMarche.CONCESSION,
    "Concession de service public": NatureMarche.CONCESSION,
    "Délégation de service public": NatureMarche.CONCESSION,
}
PROCEDURES = {
    "Procédure adaptée": Procedure.ADAPTEE,
    "Appel d’offres ouvert": Procedure.APPEL_OFFRES_OUVERT,
    "Appel d’offres restreint": Procedure.APPEL_OFFRES_RESTREINT,
    "Procédure avec négociation": Procedure.NEGOCIATION,
    "Procédure concurrentielle avec négociation": Procedure.NEGOCIATION,
    "Procédure négociée avec mise en concurrence préalable": Procedure.NEGOCIATION,
    "Marché passé sans publicité ni mise en concurrence préalable": Procedure.SANS_PUBLICITE,
    "Marché négocié sans publicité ni mise en concurrence préalable": Procedure.SANS_PUBLICITE,
    "Dialogue compétitif": Procedure.DIALOGUE,
}
TECHNIQUES = {
    "Accord-cadre": Technique.ACCORD_CADRE,
    "Concours": Technique.CONCOURS,
    "Système de qualification": Technique.QUALIFICATION,
    "Système d’acquisition dynamique": Technique.ACQUISITION_DYNAMIQUE,
    "Catalogue électronique": Technique.CATALOGUE,
    "Enchère électronique": Technique.ENCHERE,
    "Sans objet": Technique.SANS_OBJET,
}
CCAG = {
    "Travaux": Ccag.TRAVAUX,
    "Maîtrise d’œuvre": Ccag.MAITRISE_OEUVRE,
    "Fournitures courantes et services": Ccag.FCS,
    "Marchés industriels": Ccag.INDUSTRIELS,
    "Prestations intellectuelles": Ccag.PI,
    "Techniques de l’information et de la communication": Ccag.TIC,
    "Pas de CCAG": Ccag.AUCUN,
}
CONSIDERATIONS: dict[str, Consideration | None] = {
    "Clause sociale": Consideration.CLAUSE,
    "Critère social": Consideration.CRITERE,
    "Marché réservé": Consideration.RESERVE,
    "Concession réservée": Consideration.RESERVE,
    "Pas de considération sociale": None,
}

RESERVE_A_PRECISER = "la nature du marché réservé est à préciser (EA et ESAT, SIAE, pénitentiaire ou ESS)"
RESERVE_ET_AUTRE = f"{RESERVE_A_PRECISER} ; s’y ajoute une autre considération, à traduire en clause si elle engage"

T = TypeVar("T")


def indexer(table: Mapping[str, T]) -> dict[str, T]:
    """La même table, par libellé normalisé."""
    return {normaliser(libelle): code for libelle, code in table.items()}


def nature_de_la_clause(considerations: Collection[Consideration], nature: str) -> tuple[NatureClause | None, str]:
    """Nature de la clause que disent les considérations du contrat, et ce qu’il faut en vérifier (vide si rien).

    Sans considération, pas de clause : le facilitateur la définira. « Marché réservé » ne dit pas à qui : la clause
    est réservée mixte jusqu’à ce qu’on le précise.
    """
    presentes = set(considerations)
    if not presentes:
        return None, "le fichier ne dit aucune considération sociale : définir la clause"
    if Consideration.RESERVE in presentes:
        seule = presentes == {Consideration.RESERVE}
        return NatureClause.RESERVE_MIXTE, RESERVE_A_PRECISER if seule else RESERVE_ET_AUTRE
    if presentes == {Consideration.CRITERE}:
        return NatureClause.CRITERE_SEUL, ""
    if nature == NatureMarche.CONCESSION:
        return NatureClause.CONCESSION, ""
    if Consideration.CRITERE in presentes:
        return NatureClause.COND_EXEC_ET_CRITERE, ""
    return NatureClause.COND_EXEC, ""
