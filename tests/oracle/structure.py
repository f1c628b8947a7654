"""Une structure relue de son classeur de reprise : des dictionnaires, des centièmes entiers, et rien d’autre."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

Feuilles = dict[str, list[dict[str, Any]]]
NR = "NR"
# Les seules feuilles dont un bilan se recompte.
LUES = {
    "acheteurs", "entreprises", "marches", "lots", "clauses", "conditions", "attributions", "mouvements",
    "participants", "contrats", "heures", "sorties", "activites", "evenements", "propositions", "structure",
    "objectifs", "analyses", "parametres_bilan",
}  # fmt: skip
REPONSES = {"oui": "OUI", "non": "NON"}


class Heure(NamedTuple):
    """Les heures d’un contrat, un mois, pour un engagement : en centièmes."""

    personne: str
    contrat: str
    engagement: tuple[str, ...]
    mois: str
    statut: str
    centiemes: int


class Profil(NamedTuple):
    sexe: str
    naissance: datetime.date | None
    territoire: str
    qpv: str
    niveau: str
    duree: str
    brsa: str
    plie: str
    principal: str
    criteres: frozenset[str]


@dataclass(frozen=True)
class Structure:
    """`communes` : code INSEE → (SIREN de l’intercommunalité, département), le référentiel chargé."""

    feuilles: Feuilles
    heures: list[Heure]
    profils: Mapping[str, Profil]
    contrats: Mapping[str, Mapping[str, Any]]
    employeurs: Mapping[str, str]
    """SIRET → type d’employeur."""
    premiers_mois: Mapping[str, str]
    manques: Mapping[str, frozenset[str]]
    """Par personne, ce que sa fiche ne dit pas."""
    epcis: tuple[str, ...]
    departement: str


def lire(chemin: Path, communes: Mapping[str, tuple[str, str]], epcis: tuple[str, ...], departement: str) -> Structure:
    lu = openpyxl.load_workbook(chemin, read_only=True)
    feuilles = {onglet.title: _lignes(onglet) for onglet in lu.worksheets if onglet.title in LUES}
    contrats = {ligne["identifiant"]: ligne for ligne in feuilles["contrats"]}
    au_principal = any(ligne["definition_brsa"] == "PRINCIPAL" for ligne in feuilles["parametres_bilan"])
    heures = [heure for ligne in feuilles["heures"] for heure in _heures(ligne, contrats)]
    return Structure(
        feuilles=feuilles,
        heures=heures,
        profils={
            ligne["identifiant"]: _au_critere_principal(profil) if au_principal else profil
            for ligne in feuilles["participants"]
            for profil in [_profil(ligne, communes, epcis, departement)]
        },
        contrats=contrats,
        employeurs={ligne["siret"]: ligne["type_employeur"] for ligne in feuilles["entreprises"]},
        premiers_mois=premiers_mois(heures),
        manques={ligne["identifiant"]: _manques(ligne) for ligne in feuilles["participants"]},
        epcis=epcis,
        departement=departement,
    )


def _lignes(onglet: Any) -> list[dict[str, Any]]:
    titres, *lignes = onglet.iter_rows(values_only=True)
    return [dict(zip(titres, ligne, strict=False)) for ligne in lignes]


def centiemes(valeur: Any) -> int:
    return int((Decimal(str(valeur)) * 100).to_integral_value()) if valeur is not None else 0


def taux(numerateur: int, denominateur: int, decimales: int = 4) -> str | None:
    """Un rapport en texte, arrondi demi vers le haut ; `None` sans dénominateur."""
    if not denominateur:
        return None
    exact = Decimal(numerateur) / Decimal(denominateur)
    return str(exact.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP))


def jour(valeur: Any) -> datetime.date | None:
    return valeur.date() if isinstance(valeur, datetime.datetime) else valeur


def cle_d_engagement(ligne: Mapping[str, Any]) -> tuple[str, ...]:
    return (ligne["marche_reference"], ligne["acheteur_siret"], ligne["lot_numero"], ligne["titulaire_siret"])


def _heures(ligne: Mapping[str, Any], contrats: Mapping[str, Mapping[str, Any]]) -> list[Heure]:
    contrat = ligne["contrat_identifiant"]
    personne = contrats[contrat]["participant_identifiant"]
    volumes = [ligne[nom] for nom in ("heures_travail", "heures_formation") if ligne[nom] is not None]
    return [
        Heure(personne, contrat, cle_d_engagement(ligne), ligne["mois"], ligne["statut"], centiemes(volume))
        for volume in volumes
    ]


def _profil(
    ligne: Mapping[str, Any], communes: Mapping[str, tuple[str, str]], epcis: tuple[str, ...], departement: str
) -> Profil:
    sexe, naissance = ligne["sexe"], jour(ligne["date_naissance"])
    if ligne["critere_principal"] == "inconnu" and ligne["date_entree"] is None:
        return Profil(sexe, naissance, NR, NR, NR, NR, NR, NR, NR, frozenset({NR}))
    principal = "" if ligne["critere_principal"] == "inconnu" else ligne["critere_principal"]
    criteres = {principal, *(code.strip() for code in (ligne["autres_criteres"] or "").split(";"))} - {""}
    return Profil(
        sexe,
        naissance,
        _territoire(ligne["commune_insee"], communes, epcis, departement),
        REPONSES.get(ligne["qpv"], NR),
        ligne["niveau"] or NR,
        ligne["duree_inscription"] or NR,
        "OUI" if "RSA" in criteres else REPONSES.get(ligne["brsa"], NR),
        REPONSES.get(ligne["participant_plie"], NR),
        principal or NR,
        frozenset(criteres or {NR}),
    )


def _au_critere_principal(profil: Profil) -> Profil:
    """L’autre définition du BRSA, que la structure règle : le RSA est le critère principal."""
    return profil._replace(brsa=NR if profil.principal == NR else "OUI" if profil.principal == "RSA" else "NON")


def _manques(ligne: Mapping[str, Any]) -> frozenset[str]:
    naissance = set() if ligne["date_naissance"] else {"NAISSANCE"}
    if ligne["critere_principal"] == "inconnu" and ligne["date_entree"] is None:
        return frozenset({"ENTREE"} | naissance)
    absents = {
        "CRITERE": ligne["critere_principal"] == "inconnu",
        "CONSTAT": ligne["date_constat"] is None,
        "PIECE": not ligne["piece_type"],
        "COMMUNE": not ligne["commune_insee"],
        "QPV": ligne["qpv"] not in REPONSES,
    }
    return frozenset({nom for nom, absent in absents.items() if absent} | naissance)


def _territoire(
    commune: str | None, communes: Mapping[str, tuple[str, str]], epcis: tuple[str, ...], departement: str
) -> str:
    if not commune:
        return NR
    epci, son_departement = communes.get(commune, ("", ""))
    if epci and epci in epcis:
        return epci
    return "AUTRE_DEPARTEMENT" if son_departement == departement else "HORS"


def premiers_mois(heures: list[Heure]) -> dict[str, str]:
    """Par personne, le premier mois qui garde des heures validées."""
    par_mois: dict[tuple[str, str], int] = defaultdict(int)
    for heure in heures:
        if heure.statut == "VALIDEE":
            par_mois[heure.personne, heure.mois] += heure.centiemes
    premiers: dict[str, str] = {}
    for (personne, mois), total in par_mois.items():
        if total > 0:
            premiers[personne] = min(mois, premiers.get(personne, mois))
    return premiers
