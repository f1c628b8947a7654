"""Comptes d’un bilan, en fonctions pures : centièmes entiers et `Decimal`, sans base de données (bilans.md).

Un chiffre est une mesure (heures, personnes) sur les cellules qu’un filtre retient. Les tableaux groupent par les
mêmes dimensions que les filtres : le chiffre montré et les lignes qui l’ouvrent ne peuvent pas diverger.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bilans.faits import (
    AUTRE_DEPARTEMENT,
    HORS,
    NON,
    NR,
    OUI,
    TERRITOIRE,
    Acheteur,
    Cellule,
    Contrat,
    Faits,
    Marche,
    Profil,
    Sortie,
)
from entreprises.enums import SIAE, TypeEmployeur
from heures.enums import INTERIMS

UNE_HEURE = 100
JEUNES = 26
SENIORS = 50
MOINS_26, DE_26_A_49, PLUS_50 = "MOINS_26", "DE_26_A_49", "PLUS_50"

Filtre = Mapping[str, str]


def en_decimal(centiemes: int) -> Decimal:
    """Des centièmes d’heure en heures, toujours à deux décimales."""
    return Decimal(centiemes).scaleb(-2)


def arrondir(valeur: Decimal, decimales: int) -> Decimal:
    return valeur.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)


def rapport(numerateur: int | Decimal, denominateur: int | Decimal, decimales: int = 4) -> Decimal | None:
    """Rapport exact, arrondi au moment d’écrire (demi vers le haut) ; `None` sans dénominateur."""
    return arrondir(Decimal(numerateur) / Decimal(denominateur), decimales) if denominateur else None


def zone(commune: str, communes: Mapping[str, tuple[str, str]], epcis: Iterable[str], departement: str) -> str:
    """Code de territoire d’une commune : SIREN de l’intercommunalité, reste du département, hors, non renseigné.

    `communes` : code INSEE → (SIREN de l’intercommunalité, département), limité au référentiel chargé.
    """
    if not commune:
        return NR
    if commune not in communes:
        return HORS
    epci, son_departement = communes[commune]
    if epci in epcis:
        return epci
    return AUTRE_DEPARTEMENT if son_departement == departement else HORS


def tranche_d_age(age: int | None) -> str:
    if age is None:
        return NR
    if age < JEUNES:
        return MOINS_26
    return DE_26_A_49 if age < SENIORS else PLUS_50


def cle_de_contrat(numero: int, contrat: Contrat) -> Hashable:
    """Missions d’intérim, ou contrats chez un ACI, d’une même personne chez le même employeur : un seul contrat."""
    if contrat.type_contrat in INTERIMS or contrat.type_employeur == TypeEmployeur.ACI:
        return (contrat.participant, contrat.employeur)
    return numero


# Ce par quoi une personne se range : un code, ou plusieurs quand elle peut être sur plusieurs lignes.
PAR_PERSONNE: dict[str, Callable[[Profil], Iterable[str]]] = {
    "sexe": lambda p: (p.sexe,),
    "age": lambda p: (tranche_d_age(p.age),),
    "brsa": lambda p: (p.brsa,),
    "qpv": lambda p: (p.qpv,),
    "plie": lambda p: (p.plie,),
    "niveau": lambda p: (p.niveau,),
    "duree": lambda p: (p.duree,),
    "critere_principal": lambda p: (p.principal,),
    "critere": lambda p: p.criteres,
    "territoire": lambda p: (p.territoire,),
    "zone": lambda p: (p.zone,),
    "manque": lambda p: p.manques,
    "commune": lambda p: (p.commune,),
}
# Ce par quoi des heures se rangent, quelle que soit la personne.
PAR_CELLULE: dict[str, Callable[[Faits, Cellule], str]] = {
    "acheteur": lambda f, c: acheteur_de(f, c).siret,
    "type_acheteur": lambda f, c: acheteur_de(f, c).type,
    "epci_acheteur": lambda f, c: territoire_d_acheteur(f, acheteur_de(f, c)),
    "entreprise": lambda f, c: f.engagements[c.engagement].siret,
    "modalite": lambda _, c: c.modalite,
    "type_contrat": lambda f, c: f.contrats[c.contrat].type_contrat,
    "siae": lambda f, c: OUI if f.contrats[c.contrat].type_employeur in SIAE else NON,
    "lot": lambda f, c: str(f.engagements[c.engagement].lot),
    "secteur": lambda f, c: f.engagements[c.engagement].secteur or NR,
    "marche": lambda f, c: str(f.engagements[c.engagement].marche),
    "operation": lambda f, c: str(marche_de(f, c).operation),
    "npnru": lambda f, c: OUI if marche_de(f, c).est_npnru else NON,
}
NOUVEAUX = ("nouveau", "nouveau_chez")
DIMENSIONS = (*PAR_PERSONNE, *PAR_CELLULE, *NOUVEAUX)


def marche_de(faits: Faits, cellule: Cellule) -> Marche:
    return faits.marches[faits.engagements[cellule.engagement].marche]


def acheteur_de(faits: Faits, cellule: Cellule) -> Acheteur:
    return faits.acheteurs[marche_de(faits, cellule).acheteur]


def territoire_d_acheteur(faits: Faits, acheteur: Acheteur) -> str:
    """Intercommunalité de l’acheteur si c’est l’une de celles de la structure ; hors territoire, non renseignée."""
    if not acheteur.epci:
        return NR
    return acheteur.epci if any(code == acheteur.epci for code, _ in faits.territoires) else HORS


def est_nouveau(faits: Faits, participant: int) -> bool:
    """Première heure validée de toujours, dans la structure, pendant la période."""
    premier = faits.premiers_mois.get(participant)
    return premier is not None and faits.periode.du <= premier <= faits.periode.au


def est_nouveau_chez(faits: Faits, participant: int) -> bool:
    """Première heure validée de toujours, chez les acheteurs de la lecture, pendant la période."""
    premier = faits.premiers_chez.get(participant)
    return premier is not None and faits.periode.du <= premier <= faits.periode.au


def personne_retenue(faits: Faits, participant: int, filtre: Filtre) -> bool:
    profil = faits.profils[participant]
    if "nouveau" in filtre and est_nouveau(faits, participant) != (filtre["nouveau"] == OUI):
        return False
    if "nouveau_chez" in filtre and est_nouveau_chez(faits, participant) != (filtre["nouveau_chez"] == OUI):
        return False
    return all(code in PAR_PERSONNE[nom](profil) for nom, code in filtre.items() if nom in PAR_PERSONNE)


def retenir(faits: Faits, filtre: Filtre) -> list[Cellule]:
    """Cellules d’un filtre : dimension → code, toutes à la fois (`DIMENSIONS`)."""
    personnes = {c.participant for c in faits.cellules}
    if {*NOUVEAUX, *PAR_PERSONNE} & set(filtre):
        personnes = {p for p in personnes if personne_retenue(faits, p, filtre)}
    par_cellule = [(PAR_CELLULE[nom], code) for nom, code in filtre.items() if nom in PAR_CELLULE]
    return [
        c
        for c in faits.cellules
        if c.participant in personnes and all(ranger(faits, c) == code for ranger, code in par_cellule)
    ]


def par_participant(cellules: Iterable[Cellule]) -> dict[int, int]:
    """Centièmes d’heure par personne."""
    sommes: dict[int, int] = defaultdict(int)
    for cellule in cellules:
        sommes[cellule.participant] += cellule.centiemes
    return dict(sommes)


def beneficiaires(heures: Mapping[int, int]) -> set[int]:
    """Personnes distinctes qui totalisent au moins une heure validée dans la période et le périmètre."""
    return {personne for personne, centiemes in heures.items() if centiemes >= UNE_HEURE}


@dataclass(frozen=True, slots=True)
class Groupe:
    """Mesures d’un ensemble de personnes. Les heures comptent aussi celles de qui n’atteint pas une heure."""

    femmes: int = 0
    hommes: int = 0
    total: int = 0
    nouveaux: int = 0
    brsa: int = 0
    nouveaux_brsa: int = 0
    heures: Decimal = Decimal("0.00")
    heures_brsa: Decimal = Decimal("0.00")


def mesurer(faits: Faits, heures: Mapping[int, int]) -> Groupe:
    """Mesures des personnes données, avec leurs centièmes d’heure dans le périmètre."""
    comptees = beneficiaires(heures)
    femmes = {p for p in comptees if faits.profils[p].sexe == "F"}
    nouveaux = {p for p in comptees if est_nouveau(faits, p)}
    brsa = {p for p in comptees if faits.profils[p].brsa == OUI}
    return Groupe(
        femmes=len(femmes),
        hommes=len(comptees) - len(femmes),
        total=len(comptees),
        nouveaux=len(nouveaux),
        brsa=len(brsa),
        nouveaux_brsa=len(nouveaux & brsa),
        heures=en_decimal(sum(heures.values())),
        heures_brsa=en_decimal(sum(h for p, h in heures.items() if faits.profils[p].brsa == OUI)),
    )


def grouper(faits: Faits, heures: Mapping[int, int], dimension: str) -> dict[str, Groupe]:
    """Un groupe par code de la dimension ; une personne est dans autant de groupes qu’elle a de codes."""
    groupes: dict[str, dict[int, int]] = defaultdict(dict)
    ranger = PAR_PERSONNE[dimension]
    for personne, centiemes in heures.items():
        for code in ranger(faits.profils[personne]):
            groupes[code][personne] = centiemes
    return {code: mesurer(faits, membres) for code, membres in groupes.items()}


def totaux(cellules: Iterable[Cellule], cle: Callable[[Cellule], Hashable]) -> dict[Hashable, int]:
    """Centièmes d’heure par clef."""
    sommes: dict[Hashable, int] = defaultdict(int)
    for cellule in cellules:
        sommes[cle(cellule)] += cellule.centiemes
    return dict(sommes)


def atteindre_une_heure(sommes: Mapping[Hashable, int]) -> set[Hashable]:
    """Les clefs qui totalisent au moins une heure."""
    return {cle for cle, centiemes in sommes.items() if centiemes >= UNE_HEURE}


def par_cle(cellules: Iterable[Cellule], cle: Callable[[Cellule], Hashable]) -> dict[Hashable, dict[int, int]]:
    """Centièmes d’heure par clef puis par personne : ce qu’il faut pour compter des distincts."""
    sommes: dict[Hashable, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for cellule in cellules:
        sommes[cle(cellule)][cellule.participant] += cellule.centiemes
    return {clef: dict(valeurs) for clef, valeurs in sommes.items()}


def est_en_cours(marche: Marche, le: datetime.date) -> bool:
    """Notifié au plus tard à cette date, et non clos."""
    return not marche.est_clos and marche.notifie_le is not None and marche.notifie_le <= le


def est_notifie(marche: Marche, du: datetime.date, au: datetime.date) -> bool:
    return marche.notifie_le is not None and du <= marche.notifie_le <= au


def premiere_notification(marches: Iterable[Marche]) -> dict[int, datetime.date]:
    """Par acheteur, la date de son premier marché notifié."""
    premieres: dict[int, datetime.date] = {}
    for marche in marches:
        if marche.notifie_le is not None:
            connue = premieres.get(marche.acheteur, marche.notifie_le)
            premieres[marche.acheteur] = min(connue, marche.notifie_le)
    return premieres


def evolution(actuel: Decimal | int | None, ancien: Decimal | int | None, *, est_taux: bool) -> Decimal | None:
    """Variation relative ; pour un taux, différence en points. `None` quand il n’y a rien à comparer."""
    if actuel is None or ancien is None:
        return None
    if est_taux:
        return arrondir(Decimal(actuel) - Decimal(ancien), 4)
    return rapport(Decimal(actuel) - Decimal(ancien), ancien)


def zone_large(code: str) -> str:
    """Territoire de la structure, reste du département, hors, non renseigné."""
    return code if code in {AUTRE_DEPARTEMENT, HORS, NR} else TERRITOIRE


def dernieres_sorties(sorties: Sequence[Sortie], du: datetime.date, au: datetime.date) -> dict[int, Sortie]:
    """La dernière sortie de chaque personne dans la période."""
    retenues: dict[int, Sortie] = {}
    for sortie in sorted(sorties, key=lambda s: s.date):
        if du <= sortie.date <= au:
            retenues[sortie.participant] = sortie
    return retenues
