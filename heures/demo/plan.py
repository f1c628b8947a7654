"""Le plan des données fictives : qui, quoi, combien. Pur, déterministe pour une graine et un jour donnés."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from decimal import Decimal

from stdnum import luhn

from clauses.socle.mois import ajouter_mois, dernier_jour, mois_entre, premier_jour
from heures.demo import noms

CENTIEME = Decimal("0.01")
MOIS_PLEIN = Decimal("151.67")
# Fraction réalisée de ce qui est attendu à ce jour, par scénario ; chaque situation calculée y trouve ses marchés.
SCENARIOS = {
    "conforme": Decimal("1.00"),
    "en_avance": Decimal("1.60"),
    "en_retard": Decimal("0.30"),
    "a_risque": Decimal("0.60"),
    "atteint": Decimal("1.00"),
    "depasse": Decimal("1.12"),
    "non_atteint": Decimal("0.70"),
    "non_demarre": Decimal("0"),
    "sans_engagement": Decimal("0"),
}
ORDRE_DES_SCENARIOS = (
    "conforme", "conforme", "en_retard", "conforme", "en_avance", "a_risque", "atteint", "depasse", "conforme",
    "non_atteint", "non_demarre", "atteint", "sans_engagement",
)  # fmt: skip
MODALITES = {"ENTREPRISE": "EMBAUCHE_DIRECTE", "EA": "SOUS_TRAITANCE", "ESAT": "SOUS_TRAITANCE"}
CONTRATS = {
    "ENTREPRISE": "CDD", "ETTI": "INTERIM_INSERTION", "ETT": "INTERIM", "GEIQ": "PROFESSIONNALISATION", "AI": "CDDU",
    "EI": "CDDI", "ACI": "CDDI", "EA": "CDD", "ESAT": "CONTRAT_SOUTIEN_ESAT", "REGIE_QUARTIER": "CDD",
}  # fmt: skip


def siret_fictif(numero: int) -> str:
    """SIRET à clef juste dans une plage que l’INSEE n’attribue pas (SIREN commençant par 000)."""
    siren = f"000{numero:05d}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(siren + '0001')}"


@dataclass(slots=True)
class Ligne:
    contrat: Contrat
    engagement: EngagementPrevu
    mois: datetime.date
    heures: Decimal
    statut: str
    type_heures: str = "TRAVAIL"


@dataclass(slots=True, eq=False)
class Personne:
    numero: int
    nom: str
    prenom: str
    sexe: str
    naissance: datetime.date
    commune: str
    critere: str
    autres: list[str]
    est_plie: bool
    qpv: str
    niveau: str
    entree: datetime.date | None = None
    dernier_mois: datetime.date | None = None
    occupe: dict[datetime.date, Decimal] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Contrat:
    numero: int
    personne: Personne
    employeur: int
    type_employeur: str
    debut: datetime.date
    fin: datetime.date | None


@dataclass(slots=True, eq=False)
class EngagementPrevu:
    entreprise: int
    heures: Decimal
    role: str
    avenant: Decimal = Decimal(0)


@dataclass(slots=True, eq=False)
class LotPrevu:
    numero: str
    intitule: str
    montant: Decimal
    engagements: list[EngagementPrevu]


@dataclass(slots=True, eq=False)
class MarchePrevu:
    numero: int
    acheteur: int
    secteur: str
    objet: str
    notification: datetime.date
    fin: datetime.date
    duree: int
    scenario: str
    statut: str
    lots: list[LotPrevu]


@dataclass(slots=True)
class Plan:
    personnes: list[Personne]
    marches: list[MarchePrevu]
    contrats: list[Contrat]
    lignes: list[Ligne]


def tirer(hasard: random.Random, poids: tuple[tuple[str, int], ...]) -> str:
    return hasard.choices([code for code, _ in poids], [nombre for _, nombre in poids])[0]


def tracer(graine: int, jour: datetime.date, *, nombre_marches: int, nombre_personnes: int) -> Plan:
    """Le plan d’une structure : marchés, personnes, contrats et trois ans d’heures jusqu’au mois précédant `jour`."""
    hasard = random.Random(graine)  # données fictives : le hasard doit se rejouer
    personnes = [_personne(hasard, numero, jour) for numero in range(1, nombre_personnes + 1)]
    marches = [_marche(hasard, numero, jour) for numero in range(1, nombre_marches + 1)]
    plan = Plan(personnes, marches, [], [])
    for marche in sorted(marches, key=lambda m: m.notification):
        for lot in marche.lots:
            for engagement in lot.engagements:
                _remplir(hasard, plan, marche, engagement, jour)
    return plan


def _personne(hasard: random.Random, numero: int, jour: datetime.date) -> Personne:
    sexe = hasard.choices("FH", [42, 58])[0]
    critere = tirer(hasard, noms.CRITERES)
    age = {"JEUNE_26_SANS_QUALIF": (18, 24), "PACEA_CEJ": (18, 24), "SENIOR_50": (52, 61)}.get(critere, (21, 57))
    annees = hasard.randint(*age) + 3  # trois ans d’historique : l’âge vaut à l’entrée
    naissance = datetime.date(jour.year - annees, hasard.randint(1, 12), hasard.randint(1, 28))
    commune = tirer(hasard, noms.COMMUNES)
    autres = ["DELD"] if critere == "RSA" and hasard.random() < 0.4 else []
    if critere in {"DELD", "SENIOR_50"} and hasard.random() < 0.15:
        autres.append("RSA")
    en_qpv = commune in {"62041", "62004", "62764", "62753"} and hasard.random() < 0.35
    return Personne(
        numero=numero,
        nom=hasard.choice(noms.RACINES) + hasard.choice(noms.FINALES),
        prenom=hasard.choice(noms.PRENOMS_F if sexe == "F" else noms.PRENOMS_H),
        sexe=sexe,
        naissance=naissance,
        commune=commune,
        critere=critere,
        autres=autres,
        est_plie=hasard.random() < 0.45,
        qpv="OUI" if en_qpv else hasard.choices(["NON", "NR"], [9, 1])[0],
        niveau=hasard.choices(["1_2", "3", "4", "5", "NR"], [40, 38, 14, 4, 4])[0],
    )


def _dates(hasard: random.Random, scenario: str, jour: datetime.date) -> tuple[datetime.date, int]:
    """Notification et durée en mois qui rendent le scénario possible à ce jour."""
    if scenario in {"atteint", "depasse", "non_atteint"}:
        duree = hasard.choice([9, 12, 18])
        recul = duree + hasard.randint(1, 18)
    elif scenario == "a_risque":
        duree = hasard.choice([18, 24])
        recul = duree - hasard.randint(1, 5)
    elif scenario == "non_demarre":
        duree, recul = 24, 0
    elif scenario == "en_avance":
        duree, recul = 24, hasard.randint(11, 14)
    elif scenario == "en_retard":
        duree, recul = 36, hasard.randint(14, 24)
    else:
        duree = hasard.choice([36, 48])
        recul = hasard.randint(22, 34)
    duree = max(duree, recul + 8) if scenario == "conforme" else duree
    recul = min(recul, 34)
    return ajouter_mois(premier_jour(jour), -recul).replace(day=hasard.randint(1, 20)), duree


def _marche(hasard: random.Random, numero: int, jour: datetime.date) -> MarchePrevu:
    scenario = ORDRE_DES_SCENARIOS[(numero - 1) % len(ORDRE_DES_SCENARIOS)]
    notification, duree = _dates(hasard, scenario, jour)
    if scenario == "non_demarre":
        notification = jour - datetime.timedelta(days=hasard.randint(3, 12))
    fin = ajouter_mois(notification, duree)
    secteur = hasard.choice(list(noms.OBJETS))
    objet = hasard.choice(noms.OBJETS[secteur]).format(lieu=hasard.choice(noms.LIEUX), n=hasard.randint(12, 90))
    nombre_lots = hasard.choices([1, 2, 3], [70, 20, 10])[0]
    lots = [_lot(hasard, rang, nombre_lots, scenario) for rang in range(1, nombre_lots + 1)]
    # Un marché non tenu dont la clause porte une pénalité reste ouvert le temps de la proposer.
    penalise = scenario == "non_atteint" and numero % 2
    clos = scenario in {"atteint", "depasse", "non_atteint"} and ajouter_mois(fin, 3) < jour and not penalise
    return MarchePrevu(
        numero=numero,
        acheteur=hasard.randrange(len(noms.ACHETEURS)),
        secteur=secteur,
        objet=objet,
        notification=notification,
        fin=fin,
        duree=duree,
        scenario=scenario,
        statut="SOLDE" if clos else ("NOTIFIE" if scenario == "non_demarre" else "EN_COURS"),
        lots=lots,
    )


def _lot(hasard: random.Random, rang: int, nombre_lots: int, scenario: str) -> LotPrevu:
    heures = Decimal(hasard.choice([700, 910, 1200, 1820, 2400, 3640, 5460]))
    montant = heures * hasard.randint(500, 1400)
    engagements = []
    if scenario != "sans_engagement":
        titulaires = hasard.sample(range(len(noms.ENTREPRISES)), 2)
        groupement = hasard.random() < 0.1
        premier = "MANDATAIRE" if groupement else "TITULAIRE"
        avenant = Decimal(hasard.choice([70, 140, -70])) if hasard.random() < 0.2 else Decimal(0)
        engagements.append(EngagementPrevu(titulaires[0], heures, premier, avenant))
        if groupement:
            engagements.append(EngagementPrevu(titulaires[1], Decimal(420), "COTRAITANT"))
    intitule = "" if nombre_lots == 1 else f"Tranche de travaux n° {rang}"
    return LotPrevu(str(rang), intitule, montant, engagements)


def _remplir(
    hasard: random.Random, plan: Plan, marche: MarchePrevu, engagement: EngagementPrevu, jour: datetime.date
) -> None:
    """Distribue les heures d’un engagement sur des personnes et des mois jusqu’au total visé par son scénario."""
    dernier = ajouter_mois(premier_jour(jour), -1)
    fenetre = list(mois_entre(marche.notification, min(marche.fin, dernier)))
    total = engagement.heures + engagement.avenant
    ecoule = Decimal(min((jour - marche.notification).days, (marche.fin - marche.notification).days))
    part = Decimal(1) if marche.scenario == "a_risque" else ecoule / (marche.fin - marche.notification).days
    reste = (total * SCENARIOS[marche.scenario] * part).quantize(CENTIEME)
    while reste >= 7 and fenetre:
        ajoute = _embaucher(hasard, plan, engagement, fenetre, reste, dernier)
        if ajoute == 0:
            break
        reste -= ajoute


def _embaucher(
    hasard: random.Random,
    plan: Plan,
    engagement: EngagementPrevu,
    fenetre: list[datetime.date],
    reste: Decimal,
    dernier: datetime.date,
) -> Decimal:
    """Un contrat et ses mois d’heures ; rend les heures ajoutées (0 si personne n’est disponible)."""
    depart = hasard.randrange(len(fenetre))
    mois_prevus = fenetre[depart : depart + hasard.choice([2, 3, 4, 6, 9])]
    personne = _disponible(hasard, plan.personnes, mois_prevus)
    if personne is None:
        return Decimal(0)
    employeur, type_employeur = _employeur(hasard, engagement)
    # Un contrat qui court encore n’a pas de fin : la personne est toujours sous contrat.
    fin = None if mois_prevus[-1] == dernier else dernier_jour(mois_prevus[-1])
    contrat = Contrat(len(plan.contrats) + 1, personne, employeur, type_employeur, mois_prevus[0], fin)
    plan.contrats.append(contrat)
    ajoute = Decimal(0)
    for mois in mois_prevus:
        heures = min(_volume(hasard), reste - ajoute)
        if heures <= 0:
            break
        personne.occupe[mois] = heures
        plan.lignes.append(Ligne(contrat, engagement, mois, heures, _statut(hasard, mois, dernier)))
        ajoute += heures
    personne.entree = min(personne.entree or mois_prevus[0], mois_prevus[0])
    personne.dernier_mois = max(personne.dernier_mois or mois_prevus[-1], mois_prevus[-1])
    return ajoute


def _disponible(hasard: random.Random, personnes: list[Personne], mois: list[datetime.date]) -> Personne | None:
    """Une personne libre ces mois-là, et dont l’éligibilité (24 mois) couvre le contrat."""
    for _ in range(200):
        personne = hasard.choice(personnes)
        debut = min(personne.entree or mois[0], mois[0])
        fin = max(personne.dernier_mois or mois[-1], mois[-1])
        if not any(m in personne.occupe for m in mois) and ajouter_mois(debut, 23) >= fin:
            return personne
    return None


def _employeur(hasard: random.Random, engagement: EngagementPrevu) -> tuple[int, str]:
    """Rang de l’employeur (les employeurs d’insertion suivent les entreprises) et son type."""
    if hasard.random() < 0.45:
        return engagement.entreprise, "ENTREPRISE"
    rang = hasard.randrange(len(noms.EMPLOYEURS))
    return len(noms.ENTREPRISES) + rang, noms.EMPLOYEURS[rang].type


def _volume(hasard: random.Random) -> Decimal:
    """Heures d’un mois : souvent un mois plein, parfois un temps partiel ou des centièmes."""
    if hasard.random() < 0.35:
        return MOIS_PLEIN
    return Decimal(hasard.randint(140, 520)) / 4


def _statut(hasard: random.Random, mois: datetime.date, dernier: datetime.date) -> str:
    if mois >= ajouter_mois(dernier, -1):
        return "DECLAREE" if mois == dernier or hasard.random() < 0.3 else "VALIDEE"
    return hasard.choices(["VALIDEE", "REFUSEE", "DECLAREE"], [970, 20, 10])[0]
