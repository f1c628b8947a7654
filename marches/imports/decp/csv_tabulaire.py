"""La forme tabulaire des DECP (decp.info) : des noms, une ligne par titulaire et par version du contrat."""

from __future__ import annotations

from typing import Any

from clauses.socle.conversions import vide
from marches.imports.decp.csv_plat import lister
from marches.imports.decp.enveloppes import ObjetLu
from marches.imports.decp.nombres import nombre_ecrit

SIMPLES = (
    "id", "nature", "objet", "codeCPV", "procedure", "ccag", "typeGroupementOperateurs", "idAccordCadre",
    "datePublicationDonnees",
)  # fmt: skip
LISTES = ("considerationsSociales", "techniques")

Ligne = dict[str, str]
Version = tuple[str, str, str]
"""Date de notification, montant, durée : ce qui distingue deux versions d’un même contrat."""


def assembler_tabulaire(lignes: list[Ligne]) -> list[ObjetLu]:
    """Les contrats d’un groupe de lignes de même clef.

    Deux versions qui partagent un titulaire sont un même contrat, dont la plus ancienne est l’origine ; deux versions
    sans titulaire commun sont deux contrats (des lots, sans doute) publiés sous un même numéro.
    """
    versions: dict[Version, list[Ligne]] = {}
    for ligne in lignes:
        version = (ligne.get("dateNotification", ""), ligne.get("montant", ""), ligne.get("dureeMois", ""))
        versions.setdefault(version, []).append(ligne)
    return [_contrat(dict(sorted(groupe.items()))) for groupe in _relier(versions)]


def _relier(versions: dict[Version, list[Ligne]]) -> list[dict[Version, list[Ligne]]]:
    """Réunit les versions qui partagent un titulaire, de proche en proche."""
    groupes: list[tuple[set[str], dict[Version, list[Ligne]]]] = []
    for version, lignes in versions.items():
        titulaires = {ligne["titulaire_id"] for ligne in lignes}
        siens = {version: lignes}
        autres = []
        for connus, groupe in groupes:
            if titulaires.isdisjoint(connus):
                autres.append((connus, groupe))
            else:
                titulaires |= connus
                siens = groupe | siens
        groupes = [*autres, (titulaires, siens)]
    return [groupe for _titulaires, groupe in groupes]


def _contrat(versions: dict[Version, list[Ligne]]) -> ObjetLu:
    (date, montant, duree), origine = next(iter(versions.items()))
    premiere = origine[0]
    contrat = ObjetLu({nom: premiere[nom] for nom in SIMPLES if premiere.get(nom)})
    contrat |= {nom: _lister(premiere[nom]) for nom in LISTES if nom in premiere}
    contrat |= {"dateNotification": date, "montant": nombre_ecrit(montant), "dureeMois": nombre_ecrit(duree)}
    contrat["acheteur"] = {"id": premiere["acheteur_id"], "nom": premiere.get("acheteur_nom", "")}
    contrat["titulaires"] = [_titulaire(ligne) for ligne in origine]
    contrat["lieuExecution"] = {nom: premiere.get(f"lieuExecution_{nom}", "") for nom in ("code", "typeCode")}
    suivantes = [version for version in versions if version != (date, montant, duree)]
    contrat["modifications"] = [
        {"dateNotificationModification": jour, "montant": nombre_ecrit(somme), "dureeMois": nombre_ecrit(mois)}
        for jour, somme, mois in suivantes
        if (somme, mois) != (montant, duree)
    ]
    redites = [jour for jour, somme, mois in suivantes if (somme, mois) == (montant, duree)]
    if redites:
        raison = "le contrat est répété à une autre date, sans autre changement : la première est gardée"
        contrat.notes = (("dateNotification", ", ".join(redites), raison),)
    contrat.lignes = sum(map(len, versions.values()))
    return contrat


def _lister(texte: str) -> list[str]:
    return lister(texte) if texte.startswith("[") else [mot.strip() for mot in texte.split(",") if not vide(mot)]


def _titulaire(ligne: Ligne) -> dict[str, Any]:
    return {
        "id": ligne["titulaire_id"],
        "typeIdentifiant": ligne.get("titulaire_typeIdentifiant", ""),
        "nom": ligne.get("titulaire_nom", ""),
    }
