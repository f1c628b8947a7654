"""Quarante relevés d’octobre 2025, quinze lignes chacun : personnes, entreprises et marchés inventés.

`feuilles()` rend le classeur de reprise qui pose marchés, personnes et contrats, sans heures ; `heures(…)` dit ce que
chaque relevé porte. Les heures varient au centième, une ligne sur cinq porte aussi de la formation.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from tests.factories import siret
from tests.jeu_de_comptage import Feuilles, lignes

RELEVES = 40
PERSONNES_PAR_RELEVE = 15
MOIS = datetime.date(2025, 10, 1)
ACHETEUR = siret(6_000_001, "2")
NOTIFICATION = datetime.date(2025, 9, 1)
FIN = datetime.date(2027, 8, 31)
EMBAUCHE = datetime.date(2025, 9, 15)
SYLLABES = ("BA", "CO", "DI", "FU", "GE", "LA", "MO", "NI", "PU", "RE")


@dataclass(frozen=True, slots=True)
class LigneDeReleve:
    """Ce qu’une entreprise déclare d’une personne, heures au centième."""

    releve: int
    nom: str
    prenom: str
    naissance: datetime.date
    contrat: str
    travail: Decimal
    formation: Decimal


def reference(releve: int) -> str:
    return f"2025-Q{releve:02d}"


def entreprise(releve: int) -> str:
    return siret(6_001_000 + releve)


def nom(numero: int) -> str:
    """Un nom prononçable, distinct pour chaque personne : « FICTIF-BACODI »."""
    return "FICTIF-" + "".join(SYLLABES[int(chiffre)] for chiffre in f"{numero:03d}")


def releve(rang: int) -> list[LigneDeReleve]:
    """Les quinze lignes du relevé `rang` (1 à 40)."""
    faites = []
    for place in range(PERSONNES_PAR_RELEVE):
        numero = (rang - 1) * PERSONNES_PAR_RELEVE + place
        formation = Decimal(350 + numero % 7) / 100 if numero % 5 == 0 else Decimal(0)
        faites.append(
            LigneDeReleve(
                releve=rang,
                nom=nom(numero),
                prenom="Élodie" if numero % 2 else "Noël",
                naissance=datetime.date(1980, 1, 1) + datetime.timedelta(days=numero * 11),
                contrat=f"CQ{numero:04d}",
                travail=Decimal(3001 + (numero * 137) % 11000) / 100,
                formation=formation,
            )
        )
    return faites


def tous() -> list[LigneDeReleve]:
    return [ligne for rang in range(1, RELEVES + 1) for ligne in releve(rang)]


def total() -> Decimal:
    return sum((ligne.travail + ligne.formation for ligne in tous()), Decimal(0))


def feuilles() -> Feuilles:
    rangs = range(1, RELEVES + 1)
    personnes = tous()
    clefs = {rang: (reference(rang), ACHETEUR, "1", entreprise(rang)) for rang in rangs}
    return {
        "acheteurs": lignes("acheteurs", (ACHETEUR, "Collectivité fictive des Trois-Voies", "COMMUNE", "62041")),
        "entreprises": lignes(
            "entreprises",
            *((entreprise(rang), f"Entreprise fictive Q{rang:02d}", "ENTREPRISE", "4399C", "62041") for rang in rangs),
        ),
        "marches": lignes(
            "marches",
            *(
                (reference(rang), ACHETEUR, f"Travaux fictifs n° {rang}", NOTIFICATION, NOTIFICATION, FIN, 24, None,
                 "ADAPTEE", "45210000", "62041", "EN_COURS")
                for rang in rangs
            ),
        ),
        "lots": lignes(
            "lots", *((reference(rang), ACHETEUR, "1", "Lot unique", None, "BATIMENT") for rang in rangs)
        ),
        "clauses": lignes(
            "clauses",
            *((*clefs[rang], "COND_EXEC", "HEURES_FIXES", Decimal(2000), NOTIFICATION) for rang in rangs),
        ),
        "mouvements": [],
        "participants": lignes(
            "participants",
            *(
                (f"PQ{ligne.contrat[2:]}", ligne.nom, ligne.prenom, ligne.naissance, "F" if rang % 2 else "H", "62041",
                 "non", "3", "RSA" if rang % 3 else "DELD", None, NOTIFICATION, "non", "France Travail")
                for rang, ligne in enumerate(personnes)
            ),
        ),
        "contrats": lignes(
            "contrats",
            *(
                (ligne.contrat, f"PQ{ligne.contrat[2:]}", entreprise(ligne.releve), "CDD", "EMBAUCHE_DIRECTE",
                 EMBAUCHE, FIN)
                for ligne in personnes
            ),
        ),
        "heures": [],
        "sorties": [],
    }  # fmt: skip
