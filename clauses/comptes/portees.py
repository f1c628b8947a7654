"""Les portées d’un jeton : des verbes de l’API en clair, chacune un petit ensemble de droits (docs/adr/0038)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from clauses.comptes.acteurs import DROITS, Droit, Role


class Portee(models.TextChoices):
    LIRE_ANNUAIRE = "LIRE_ANNUAIRE", "Lire l’annuaire"
    GERER_ANNUAIRE = "GERER_ANNUAIRE", "Gérer l’annuaire"
    LIRE_MARCHES = "LIRE_MARCHES", "Lire les marchés"
    GERER_MARCHES = "GERER_MARCHES", "Gérer les marchés"
    DECIDER_PENALITES = "DECIDER_PENALITES", "Décider des pénalités"
    LIRE_PERSONNES = "LIRE_PERSONNES", "Lire les personnes"
    GERER_PERSONNES = "GERER_PERSONNES", "Gérer les personnes"
    EXPORTER_PERSONNES = "EXPORTER_PERSONNES", "Exporter les listes nominatives"
    LIRE_HEURES = "LIRE_HEURES", "Lire les heures"
    SAISIR_HEURES = "SAISIR_HEURES", "Saisir les heures"
    VALIDER_HEURES = "VALIDER_HEURES", "Valider les heures"
    DEPOSER_RELEVES = "DEPOSER_RELEVES", "Déposer des relevés"
    REMPLIR_RELEVES = "REMPLIR_RELEVES", "Remplir ses relevés"
    IMPORTER = "IMPORTER", "Importer des fichiers"
    LIRE_BILANS = "LIRE_BILANS", "Lire les bilans"
    EMETTRE_BILANS = "EMETTRE_BILANS", "Émettre les bilans"
    LIRE_AGREGATS = "LIRE_AGREGATS", "Lire les agrégats"
    LIRE_SON_BILAN = "LIRE_SON_BILAN", "Lire son bilan"
    LIRE_JOURNAL = "LIRE_JOURNAL", "Lire le journal"


# Qui gère lit aussi ce qu’il gère.
DROITS_DE: dict[Portee, frozenset[Droit]] = {
    Portee.LIRE_ANNUAIRE: frozenset({Droit.CONSULTER_ANNUAIRE}),
    Portee.GERER_ANNUAIRE: frozenset({Droit.CONSULTER_ANNUAIRE, Droit.GERER_ANNUAIRE}),
    Portee.LIRE_MARCHES: frozenset({Droit.CONSULTER_MARCHES}),
    Portee.GERER_MARCHES: frozenset({Droit.CONSULTER_MARCHES, Droit.GERER_MARCHES}),
    Portee.DECIDER_PENALITES: frozenset({Droit.CONSULTER_MARCHES, Droit.DECIDER_PENALITE}),
    Portee.LIRE_PERSONNES: frozenset({Droit.CONSULTER_PERSONNES}),
    Portee.GERER_PERSONNES: frozenset({Droit.CONSULTER_PERSONNES, Droit.GERER_PERSONNES}),
    Portee.EXPORTER_PERSONNES: frozenset({Droit.CONSULTER_PERSONNES, Droit.EXPORTER_NOMINATIF}),
    Portee.LIRE_HEURES: frozenset({Droit.CONSULTER_HEURES}),
    Portee.SAISIR_HEURES: frozenset({Droit.CONSULTER_HEURES, Droit.SAISIR_HEURES}),
    Portee.VALIDER_HEURES: frozenset({Droit.CONSULTER_HEURES, Droit.VALIDER_HEURES}),
    Portee.DEPOSER_RELEVES: frozenset({Droit.DEPOSER_RELEVE}),
    Portee.REMPLIR_RELEVES: frozenset({Droit.REMPLIR_RELEVE}),
    Portee.IMPORTER: frozenset({Droit.IMPORTER}),
    Portee.LIRE_BILANS: frozenset({Droit.CONSULTER_BILANS}),
    Portee.EMETTRE_BILANS: frozenset({Droit.CONSULTER_BILANS, Droit.EMETTRE_BILANS}),
    Portee.LIRE_AGREGATS: frozenset({Droit.CONSULTER_AGREGATS}),
    Portee.LIRE_SON_BILAN: frozenset({Droit.CONSULTER_SON_BILAN}),
    Portee.LIRE_JOURNAL: frozenset({Droit.CONSULTER_JOURNAL}),
}
# Un jeton n’ouvre ni un accès ni un autre jeton : ces gestes demandent une personne et son mot de passe.
SANS_PORTEE = frozenset({Droit.GERER_STRUCTURE, Droit.GERER_SES_JETONS})


def portees_de(role: Role) -> list[Portee]:
    """Celles dont le rôle a tous les droits : seules elles se proposent, et se donnent."""
    return [portee for portee in Portee if DROITS_DE[portee] <= DROITS[role]]


def droits_de(codes: Iterable[str]) -> frozenset[Droit]:
    """Les droits d’une liste de codes gardée en base ; un code que l’application n’a plus n’en donne aucun."""
    return frozenset().union(*(DROITS_DE[Portee(code)] for code in codes if code in Portee.values))
