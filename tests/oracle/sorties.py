"""Les sorties, recomptées : saisies, présumées, et leur situation à six et à douze mois. En Python nu."""

from __future__ import annotations

import calendar
import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.oracle.structure import Structure, jour, taux

POSITIVES = {
    "CDI", "CDD", "INTERIM_LD", "AIDE_MARCHAND", "AIDE_NON_MARCHAND", "ALTERNANCE", "CREATION",
    "FORMATION_QUALIFIANTE",
}  # fmt: skip
ADMINISTRATIVES = {
    "AI_LONGUE_DUREE", "INDISPONIBLE", "DECES", "DEMENAGEMENT", "RETRAITE", "INAPTITUDE", "MALADIE", "PARENTAL",
}  # fmt: skip
SANS_REPONSE = {"PRESUMEE", "RECHERCHE", "NON_RENSEIGNE", "INJOIGNABLE"}
PRESUMEE = "PRESUMEE"
CATEGORIES = ("Positives", "Autres", "Administratives", "En recherche ou sans réponse")
DELAI = 3


class Sortie(NamedTuple):
    personne: str
    date: datetime.date
    situation: str
    apres: dict[int, str]
    """Situation notée à 6 et à 12 mois."""


def categorie(situation: str) -> str:
    if situation in POSITIVES:
        return "Positives"
    if situation in ADMINISTRATIVES:
        return "Administratives"
    return "En recherche ou sans réponse" if situation in SANS_REPONSE else "Autres"


def dans_n_mois(date: datetime.date, nombre: int) -> datetime.date:
    rang = date.year * 12 + date.month - 1 + nombre
    annee, mois = divmod(rang, 12)
    return datetime.date(annee, mois + 1, min(date.day, calendar.monthrange(annee, mois + 1)[1]))


def fin_de_mois(mois: str, plus: int) -> datetime.date:
    date = dans_n_mois(datetime.date.fromisoformat(f"{mois}-01"), plus)
    return date.replace(day=calendar.monthrange(date.year, date.month)[1])


class Sorties:
    """Ce qu’un bilan de cette période, arrêté à sa fin, dit des sorties."""

    def __init__(self, structure: Structure, du: datetime.date, au: datetime.date) -> None:
        self.du, self.au = du, au
        saisies = [_saisie(ligne) for ligne in structure.feuilles["sorties"]]
        self.toutes = [*saisies, *_presumees(structure, saisies, au)]
        dernieres = {s.personne: s for s in sorted(self.toutes, key=lambda s: s.date) if du <= s.date <= au}
        self.de_la_periode = dernieres
        self.presumees = {p for p, s in dernieres.items() if s.situation == PRESUMEE}

    def situations(self) -> list[str]:
        return [sortie.situation for sortie in self.de_la_periode.values()]

    def a(self, mois: int) -> list[str]:
        """Les situations des sorties dont l’échéance tombe dans la période."""
        echues = [s for s in self.toutes if self.du <= dans_n_mois(s.date, mois) <= self.au]
        return [s.apres.get(mois) or "NON_RENSEIGNE" for s in echues]

    def lignes(self) -> list[dict[str, Any]]:
        """A7 : une ligne par situation présente à l’un des trois moments ; deux y sont toujours."""
        lues = self._moments()
        if not any(lues.values()):
            return []
        codes = {"NON_RENSEIGNE", "INJOIGNABLE", *(code for comptes in lues.values() for code in comptes)}
        return [{"categorie": categorie(code), "code": code, **self._mesurer({code})} for code in sorted(codes)]

    def totaux(self) -> list[dict[str, Any]]:
        """Un sous-total par catégorie présente, puis le total."""
        codes = [ligne["code"] for ligne in self.lignes()]
        groupes = {nom: {code for code in codes if categorie(code) == nom} for nom in CATEGORIES}
        sous = [{"categorie": nom, "code": "", **self._mesurer(siens)} for nom, siens in groupes.items() if siens]
        return [*sous, {"categorie": "Ensemble", "code": "TOTAL", **self._mesurer(set(codes))}] if codes else []

    def _moments(self) -> dict[str, Counter[str]]:
        return {
            "sorties": Counter(self.situations()),
            "a_6_mois": Counter(self.a(6)),
            "a_12_mois": Counter(self.a(12)),
        }

    def _mesurer(self, codes: set[str]) -> dict[str, Any]:
        mesures: dict[str, Any] = {}
        for cle, comptes in self._moments().items():
            nombre = sum(comptes[code] for code in codes)
            part = "part" if cle == "sorties" else cle.replace("a_", "part_")
            mesures |= {cle: nombre, part: taux(nombre, comptes.total())}
        return mesures


def _saisie(ligne: dict[str, Any]) -> Sortie:
    apres = {mois: ligne[f"situation_{mois}_mois"] for mois in (6, 12)}
    return Sortie(ligne["participant_identifiant"], jour(ligne["date"]), ligne["situation"], apres)


def _presumees(structure: Structure, saisies: Iterable[Sortie], au: datetime.date) -> list[Sortie]:
    """À l’arrêté : dernier contrat commencé fini, trois mois pleins sans heure, aucune sortie saisie depuis."""
    fins: dict[str, list[datetime.date | None]] = defaultdict(list)
    for contrat in structure.contrats.values():
        if (debut := jour(contrat["date_debut"])) and debut <= au:
            fins[contrat["participant_identifiant"]].append(jour(contrat["date_fin"]))
    sommes: dict[tuple[str, str], int] = defaultdict(int)
    validees: set[tuple[str, str]] = set()
    for heure in structure.heures:
        if heure.statut != "REFUSEE" and f"{heure.mois}-01" <= f"{au}":
            sommes[heure.personne, heure.mois] += heure.centiemes
            if heure.statut == "VALIDEE":
                validees.add((heure.personne, heure.mois))
    derniers: dict[str, str] = {}
    for (personne, mois), total in sommes.items():
        if total > 0:
            derniers[personne] = max(mois, derniers.get(personne, mois))
    entrees = {personne for personne, mois in validees if sommes[personne, mois] > 0}
    notees: dict[str, datetime.date] = {}
    for sortie in saisies:
        notees[sortie.personne] = max(sortie.date, notees.get(sortie.personne, sortie.date))
    return [
        Sortie(personne, max(filter(None, dates)), PRESUMEE, {})
        for personne, dates in fins.items()
        if None not in dates
        and max(filter(None, dates)) <= au
        and personne in entrees
        and fin_de_mois(derniers[personne], DELAI) <= au
        and not (personne in notees and f"{notees[personne]:%Y-%m}" >= derniers[personne])
    ]
