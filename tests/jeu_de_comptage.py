"""Le jeu de comptage de bilans.md, en forme de classeur de reprise : personnes et SIRET inventés, clefs justes.

`FEUILLES` donne, par nom de feuille, les lignes (un dictionnaire par ligne, clefs = noms de colonnes) ; `ecrire`
en fait un classeur. Sert aux tests de la reprise, des bilans et des exports.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.factories import siret

Feuilles = dict[str, list[dict[str, Any]]]

# Hors de portée des séquences de fabriques : le jeu se mêle à d’autres objets sans heurt.
CU_ARRAS = siret(5_000_001, "2")
VILLE_ARRAS = siret(5_000_002, "2")
DEPARTEMENT = siret(5_000_003, "2")
TITULAIRE_M1 = siret(5_000_011)
TITULAIRE_M2 = siret(5_000_012)
TITULAIRE_M3 = siret(5_000_013)
ETTI = siret(5_000_021)
GEIQ = siret(5_000_022)
AI = siret(5_000_023)
EI = siret(5_000_024)

M1 = ("2024-M1", CU_ARRAS, "1", TITULAIRE_M1)
M2 = ("2025-M2", VILLE_ARRAS, "1", TITULAIRE_M2)
M3 = ("2025-M3", DEPARTEMENT, "1", TITULAIRE_M3)

COLONNES = {
    "acheteurs": "siret nom type commune_insee epci_siren",
    "entreprises": "siret raison_sociale type_employeur naf commune_insee",
    "marches": "reference acheteur_siret objet date_notification date_debut date_fin duree_mois montant_ht procedure "
    "cpv commune_execution_insee statut facilitateur_courriel",
    "lots": "marche_reference acheteur_siret numero intitule montant_ht secteur",
    "clauses": "marche_reference acheteur_siret lot_numero titulaire_siret nature_clause type_objectif "
    "heures_initiales date_engagement penalite_formule penalite_valeur duree_eligibilite_mois",
    "mouvements": "marche_reference acheteur_siret lot_numero titulaire_siret date nature heures motif",
    "participants": "identifiant nom prenom date_naissance sexe commune_insee qpv niveau critere_principal "
    "autres_criteres date_constat participant_plie prescripteur",
    "contrats": "identifiant participant_identifiant employeur_siret type_contrat modalite date_debut date_fin",
    "heures": "contrat_identifiant marche_reference acheteur_siret lot_numero titulaire_siret mois heures_travail "
    "heures_formation statut date_validation",
    "sorties": "participant_identifiant date situation situation_6_mois situation_12_mois",
}


def lignes(feuille: str, *rangees: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Des valeurs dans l’ordre de `COLONNES` ; une rangée courte laisse vides les dernières colonnes."""
    noms = COLONNES[feuille].split()
    return [dict(zip(noms, rangee + (None,) * (len(noms) - len(rangee)), strict=True)) for rangee in rangees]


def jour(texte: str) -> datetime.date:
    return datetime.date.fromisoformat(texte)


def _heures(
    contrat: str,
    engagement: tuple[str, str, str, str],
    mois: str,
    heures: str,
    valide_le: str | None,
) -> tuple[Any, ...]:
    statut = "VALIDEE" if valide_le else "DECLAREE"
    return (contrat, *engagement, mois, Decimal(heures), None, statut, jour(valide_le) if valide_le else None)


def feuilles() -> Feuilles:
    """Un jeu neuf à chaque appel : un test peut y changer une valeur sans toucher aux autres."""
    return {
        "acheteurs": lignes(
            "acheteurs",
            (CU_ARRAS, "CU d’Arras", "INTERCOMMUNALITE", "62041", "200033579"),
            (VILLE_ARRAS, "Ville d’Arras", "COMMUNE", "62041", "200033579"),
            (DEPARTEMENT, "Département du Pas-de-Calais", "DEPARTEMENT", "62041"),
        ),
        "entreprises": lignes(
            "entreprises",
            (TITULAIRE_M1, "Bâtisseurs fictifs", "ENTREPRISE", "4399C", "62041"),
            (TITULAIRE_M2, "Peinture imaginaire", "ENTREPRISE", "4334Z", "62004"),
            (TITULAIRE_M3, "Routes inventées", "ENTREPRISE", "4211Z", "62080"),
            (ETTI, "Intérim d’insertion fictif", "ETTI", "7820Z", "62041"),
            (GEIQ, "GEIQ fictif du bâtiment", "GEIQ", "7830Z", "62041"),
            (AI, "Association intermédiaire fictive", "AI", "7830Z", "62080"),
            (EI, "Entreprise d’insertion fictive", "EI", "3811Z", "62063"),
        ),
        "marches": lignes(
            "marches",
            ("2024-M1", CU_ARRAS, "Construction d’un centre technique", jour("2024-09-02"), jour("2024-09-02"),
             jour("2026-12-31"), 28, Decimal("1200000"), "ADAPTEE", "45210000", "62041", "EN_COURS"),
            ("2025-M2", VILLE_ARRAS, "Peinture des écoles", jour("2025-01-15"), jour("2025-01-15"),
             jour("2026-12-31"), 24, Decimal("480000"), "ADAPTEE", "45442100", "62041", "EN_COURS"),
            ("2025-M3", DEPARTEMENT, "Entretien des routes départementales", jour("2025-03-01"), jour("2025-03-01"),
             jour("2027-02-28"), 24, Decimal("900000.50"), "APPEL_OFFRES_OUVERT", "45233141", "62080", "EN_COURS"),
        ),
        "lots": lignes(
            "lots",
            ("2024-M1", CU_ARRAS, "1", "Gros œuvre", Decimal("1200000"), "BATIMENT"),
            ("2025-M2", VILLE_ARRAS, "1", "Peinture", Decimal("480000"), "BATIMENT"),
            ("2025-M3", DEPARTEMENT, "1", "Voirie", Decimal("900000.50"), "TRAVAUX_PUBLICS"),
        ),
        "clauses": lignes(
            "clauses",
            (*M1, "COND_EXEC", "HEURES_FIXES", Decimal("1000"), jour("2024-09-02")),
            (*M2, "COND_EXEC", "HEURES_FIXES", Decimal("400"), jour("2025-01-15"), "H_X_EUROS", Decimal("40")),
            (*M3, "COND_EXEC", "HEURES_FIXES", Decimal("600"), jour("2025-03-01"), None, None, 24),
        ),
        "mouvements": lignes("mouvements", (*M3, jour("2025-10-01"), "AVENANT", Decimal("200"), "Avenant n° 1")),
        "participants": lignes(
            "participants",
            ("P1", "Fictive", "Alma", jour("1990-05-10"), "F", "62041", "oui", "3", "RSA", "DELD",
             jour("2024-10-21"), "non", "France Travail"),
            ("P2", "Inventé", "Basile", jour("2002-03-01"), "H", "62004", "non", "1_2", "JEUNE_26_SANS_QUALIF", None,
             jour("2025-01-20"), "non", "Mission locale"),
            ("P3", "Imaginé", "Côme", jour("1970-07-20"), "H", "62080", "non", "3", "DELD", "SENIOR_50",
             jour("2025-02-10"), "non", "France Travail"),
            ("P4", "Supposée", "Diane", jour("1985-01-15"), "F", "62063", "non", "4", "BOETH", None,
             jour("2025-05-12"), "non", "Cap emploi"),
            ("P5", "Prétendu", "Éloi", jour("1999-12-31"), "H", "62865", "non", "4", "RSA", "JEUNE_26_SANS_QUALIF",
             jour("2025-11-17"), "non", "Département"),
            ("P6", "Rêvé", "Fabio", jour("1998-04-30"), "H", "59350", "non", "NR", "IAE", None,
             jour("2025-04-14"), "non", "SIAE"),
        ),
        "contrats": lignes(
            "contrats",
            ("C1", "P1", TITULAIRE_M1, "CDD", "EMBAUCHE_DIRECTE", jour("2024-11-04"), jour("2025-01-31")),
            ("C2", "P1", ETTI, "INTERIM_INSERTION", "MISE_A_DISPOSITION", jour("2025-02-03"), jour("2025-02-28")),
            ("C3", "P2", GEIQ, "CDD", "MISE_A_DISPOSITION", jour("2025-02-03"), jour("2025-07-31")),
            ("C4", "P3", AI, "CDDU", "MISE_A_DISPOSITION", jour("2025-03-10"), jour("2025-04-30")),
            ("C5", "P4", EI, "CDDI", "MISE_A_DISPOSITION", jour("2025-06-02"), jour("2025-12-31")),
            ("C6", "P5", TITULAIRE_M3, "CDD", "EMBAUCHE_DIRECTE", jour("2025-12-01"), jour("2026-05-31")),
            ("C7", "P6", ETTI, "INTERIM_INSERTION", "MISE_A_DISPOSITION", jour("2025-05-02"), jour("2025-05-31")),
        ),
        "heures": lignes(
            "heures",
            _heures("C1", M1, "2024-11", "120", "2024-12-10"),
            _heures("C1", M1, "2024-12", "90", "2025-03-10"),
            _heures("C1", M1, "2025-01", "100", "2025-02-10"),
            _heures("C2", M2, "2025-02", "80", "2025-03-10"),
            _heures("C3", M2, "2025-02", "151.67", "2025-03-10"),
            _heures("C3", M2, "2025-03", "151.67", "2025-04-10"),
            _heures("C4", M3, "2025-03", "70", "2025-04-10"),
            _heures("C4", M3, "2025-04", "140", "2025-05-12"),
            _heures("C5", M3, "2025-06", "35.5", "2025-07-10"),
            _heures("C5", M3, "2025-07", "40", None),
            _heures("C6", M3, "2025-12", "60", "2026-01-12"),
            _heures("C6", M3, "2026-01", "120", "2026-02-10"),
            _heures("C7", M1, "2025-05", "200", "2025-06-10"),
        ),
        "sorties": [],
    }  # fmt: skip


FEUILLES = feuilles()


def ecrire(chemin: Path, contenu: Feuilles | None = None) -> Path:
    """Écrit le classeur de reprise (par défaut, le jeu de comptage) et rend son chemin.

    Les colonnes sont celles des lignes données, à défaut celles du contrat ; toute feuille est écrite, même inconnue.
    """
    classeur = Workbook(write_only=True)
    for nom, rangees in (feuilles() if contenu is None else contenu).items():
        onglet = classeur.create_sheet(nom)
        titres = list(dict.fromkeys(cle for rangee in rangees for cle in rangee)) or COLONNES.get(nom, "").split()
        onglet.append(titres)
        for rangee in rangees:
            onglet.append([rangee.get(titre) for titre in titres])
    classeur.save(chemin)
    return chemin
