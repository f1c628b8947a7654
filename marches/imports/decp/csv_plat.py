"""La forme plate des DECP (data.economie) : une ligne par contrat × modification × acte de sous-traitance.

Listes écrites à la Python, trois titulaires au plus par ligne, et des sentinelles : CDL (non renseigné), MQ
(manquant), NC (non communiqué) ; « INX » en tête d’une valeur la dit inexploitable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from marches.imports.decp.enveloppes import ObjetLu
from marches.imports.decp.nombres import nombre_ecrit

SENTINELLES = frozenset({"CDL", "MQ", "NC", "INX", ""})
INEXPLOITABLE = "INX "
SIMPLES = (
    "id", "nature", "objet", "codeCPV", "procedure", "dateNotification", "datePublicationDonnees", "ccag",
    "typeGroupementOperateurs", "idAccordCadre",
)  # fmt: skip
LISTES = ("considerationsSociales", "techniques")
TITULAIRES = (1, 2, 3)

_ELEMENT = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")

Ligne = dict[str, str]


def assembler_plat(lignes: list[Ligne]) -> list[ObjetLu]:
    """Les contrats d’un groupe de lignes de même clef.

    Des lignes qui ne disent pas le même contrat (objet, montant, date…) sont autant de contrats sous un même numéro.
    """
    contrats: dict[tuple[str, ...], list[Ligne]] = {}
    for ligne in lignes:
        contrats.setdefault(_signature(ligne), []).append(ligne)
    return [_contrat(siennes) for siennes in contrats.values()]


def lister(texte: str) -> list[str]:
    """Éléments d’une liste à la Python, « ['Clause sociale', "Critère d’accès"] » ; un texte nu en est un seul."""
    if not texte.startswith("["):
        return [texte] if texte else []
    return [re.sub(r"\\(.)", r"\1", simple or double) for simple, double in _ELEMENT.findall(texte)]


def _signature(ligne: Ligne) -> tuple[str, ...]:
    return tuple(ligne.get(nom, "") for nom in (*SIMPLES, *LISTES, "montant", "dureeMois"))


def _contrat(lignes: list[Ligne]) -> ObjetLu:
    premiere = lignes[0]
    contrat = ObjetLu({nom: valeur for nom in SIMPLES if (valeur := _valeur(premiere, nom))})
    contrat |= {nom: lister(_valeur(premiere, nom)) for nom in LISTES}
    contrat |= {nom: nombre_ecrit(valeur) for nom in ("montant", "dureeMois") if (valeur := _valeur(premiere, nom))}
    contrat["acheteur"] = {"id": _valeur(premiere, "acheteur.id")}
    contrat["lieuExecution"] = {nom: _valeur(premiere, f"lieuExecution.{nom}") for nom in ("code", "typeCode")}
    contrat["titulaires"] = _uniques(titulaire for ligne in lignes for titulaire in _titulaires(ligne))
    contrat["actesSousTraitance"] = _uniques(_acte(ligne) for ligne in lignes)
    contrat["modifications"] = _modifications(lignes)
    contrat.notes = tuple(
        (nom, valeur, "la source dit cette valeur inexploitable (INX) : gardée sans ce préfixe, à vérifier")
        for nom, valeur in premiere.items()
        if valeur.startswith(INEXPLOITABLE)
    )
    contrat.lignes = len(lignes)
    return contrat


def _valeur(ligne: Ligne, nom: str) -> str:
    valeur = ligne.get(nom, "").strip()
    return "" if valeur in SENTINELLES else valeur.removeprefix(INEXPLOITABLE).strip()


def _titulaires(ligne: Ligne) -> list[dict[str, Any]]:
    trouves = []
    for rang in TITULAIRES:
        identifiant = _valeur(ligne, f"titulaire_id_{rang}")
        genre = _valeur(ligne, f"titulaire_typeIdentifiant_{rang}")
        if identifiant:
            trouves.append({"id": identifiant, "typeIdentifiant": genre})
    return trouves


def _acte(ligne: Ligne) -> dict[str, Any]:
    sous_traitant = _valeur(ligne, "idSousTraitant")
    if not sous_traitant:
        return {}
    return {
        "id": _valeur(ligne, "idActeSousTraitance"),
        "sousTraitant": {"id": sous_traitant, "typeIdentifiant": _valeur(ligne, "typeIdentifiantSousTraitant")},
        "dateNotification": _valeur(ligne, "dateNotificationActeSousTraitance"),
        "datePublicationDonnees": _valeur(ligne, "datePublicationDonneesActeSousTraitance"),
    }


def _modifications(lignes: list[Ligne]) -> list[dict[str, Any]]:
    """Une modification est répétée sur la ligne de chacun de ses titulaires."""
    par_clef: dict[tuple[Any, ...], dict[str, Any]] = {}
    for ligne in lignes:
        lu = partial(_valeur, ligne)
        modification: dict[str, Any] = {
            "id": lu("idModification"),
            "dateNotificationModification": lu("dateNotificationModificationModification"),
            "datePublicationDonneesModification": lu("datePublicationDonneesModificationModification"),
            "montant": nombre_ecrit(lu("montantModification")),
            "dureeMois": nombre_ecrit(lu("dureeMoisModification")),
        }
        if not any(modification.values()):
            continue
        retenue = par_clef.setdefault(tuple(modification.values()), modification)
        if titulaire := lu("idTitulaireModification"):
            genre = lu("typeIdentifiantTitulaireModification")
            retenue.setdefault("titulaires", []).append({"id": titulaire, "typeIdentifiant": genre})
    return list(par_clef.values())


def _uniques(elements: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    vus: dict[str, dict[str, Any]] = {}
    for element in elements:
        if element:
            vus.setdefault(repr(element), element)
    return list(vus.values())
