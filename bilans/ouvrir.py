"""Ouvrir un chiffre : la liste qui le compose, et son filtre en toutes lettres.

Le filtre est celui qui a fait le chiffre : la somme d’heures de la liste, ou son nombre d’éléments, est ce chiffre.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator

from bilans import activite, etats, tableaux
from bilans.faits import AUTRE_DEPARTEMENT, HORS, NON, NR, OUI, TERRITOIRE, Faits
from bilans.mesures import Mesure
from bilans.ouvertures import heures, marches, personnes
from bilans.ouvertures.composition import Composition
from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from heures.enums import Modalite, Sexe, StatutLigne, TypeContrat
from marches.enums import NatureActivite, Secteur, TypeDonneurOrdre

COMPOSITIONS: dict[Mesure, Composition] = {
    Mesure.LIGNES: heures.LIGNES,
    Mesure.PERSONNES: personnes.PERSONNES,
    Mesure.HORS_COMPTE: heures.HORS_COMPTE,
    Mesure.CUMUL: heures.CUMUL,
    Mesure.MOUVEMENTS: heures.MOUVEMENTS,
    Mesure.MOUVEMENTS_SUIVIS: heures.MOUVEMENTS_SUIVIS,
    Mesure.CONTRATS: personnes.CONTRATS,
    Mesure.MARCHES: marches.MARCHES,
    Mesure.ACHETEURS: marches.ACHETEURS,
    Mesure.ENTREPRISES: marches.ENTREPRISES,
    Mesure.EMPLOYEURS: marches.EMPLOYEURS,
    Mesure.SORTIES: personnes.SORTIES,
    Mesure.ECHEANCES_6: personnes.ECHEANCES_6,
    Mesure.ECHEANCES_12: personnes.ECHEANCES_12,
    Mesure.ACTIVITES: marches.ACTIVITES,
    Mesure.LOTS: marches.LOTS,
    Mesure.MOUVEMENTS_DES_LOTS: heures.MOUVEMENTS_DES_LOTS,
    Mesure.LIGNES_DES_LOTS: heures.LIGNES_DES_LOTS,
}
PAR_PAGE = 100
OUI_NON = {OUI: "oui", NON: "non"}
OUI_NON_NR = {**OUI_NON, NR: "non renseigné"}
NOMS = {
    "sexe": "Sexe",
    "age": "Âge",
    "brsa": "Bénéficiaire du RSA",
    "qpv": "Réside en QPV",
    "plie": "Participant PLIE",
    "niveau": "Niveau de formation",
    "duree": "Durée d’inscription",
    "critere_principal": "Critère principal",
    "critere": "Au moins le critère",
    "territoire": "Territoire de résidence",
    "zone": "Résidence",
    "acheteur": "Acheteur",
    "type_acheteur": "Type d’acheteur",
    "epci_acheteur": "Territoire de l’acheteur",
    "entreprise": "Entreprise",
    "modalite": "Modalité",
    "type_contrat": "Type de contrat",
    "siae": "Employeur SIAE",
    "nouveau": "Nouvel entrant",
    "nouveau_chez": "Nouveau chez l’acheteur",
    "lot": "Lot",
    "secteur": "Secteur",
    "manque": "Fiche",
    "etat": "État",
    "statut": "Statut",
    "situation": "Situation",
    "categorie": "Catégorie",
    "presumee": "Sortie présumée",
    "nature": "Activité",
    "trimestre": "Trimestre",
    "engagement": "Engagement",
    "mouvement": "Mouvement",
    "quand": "Mois travaillés",
    "consideration": "Considération sociale",
    "commune": "Commune de résidence",
    "marche": "Marché",
    "operation": "Opération",
    "npnru": "Renouvellement urbain (NPNRU)",
}


@dataclass(frozen=True, slots=True)
class CelluleOuverte:
    texte: str
    url: str = ""
    est_nombre: bool = False


@dataclass(frozen=True, slots=True)
class Ouvert:
    """Ce qui s’ouvre derrière un chiffre : une page de la liste ; nombre et heures portent sur toutes les pages."""

    mesure: Mesure
    objets: Sequence[Any]
    page: Page[Any]
    nombre: int
    heures: Decimal | None

    @property
    def composition(self) -> Composition:
        return COMPOSITIONS[self.mesure]

    @property
    def titre(self) -> str:
        un, plusieurs = self.composition.titre
        return plusieurs if self.nombre > 1 else un

    @property
    def rangees(self) -> list[list[CelluleOuverte]]:
        """Les cellules à montrer, ligne par ligne."""
        return [
            [CelluleOuverte(c.texte(objet), c.url(objet), c.est_nombre) for c in self.composition.colonnes]
            for objet in self.objets
        ]


def codes(faits: Faits) -> dict[str, dict[str, str]]:
    """Par dimension, les codes admis et leur libellé ; acheteurs et territoires sont ceux de la structure."""
    return {
        "sexe": dict(Sexe.choices),
        "brsa": OUI_NON_NR,
        "zone": {
            TERRITOIRE: "Territoire de la structure",
            AUTRE_DEPARTEMENT: "Reste du département",
            HORS: "Hors territoire",
            NR: "Non renseigné",
        },
        "critere_principal": dict(tableaux.CRITERES),
        "critere": dict(tableaux.CRITERES),
        "territoire": dict(faits.territoires),
        "acheteur": {acheteur.siret: acheteur.nom for acheteur in faits.acheteurs.values()},
        "type_acheteur": dict(TypeDonneurOrdre.choices),
        "epci_acheteur": dict(faits.territoires),
        "entreprise": {engagement.siret: engagement.nom for engagement in faits.engagements.values()},
        "modalite": dict(Modalite.choices),
        "type_contrat": dict(TypeContrat.choices),
        "siae": OUI_NON,
        "nouveau": OUI_NON,
        "nouveau_chez": OUI_NON,
        "lot": {str(engagement.lot): engagement.numero for engagement in faits.engagements.values()},
        "secteur": dict([*Secteur.choices, tableaux.NON_RENSEIGNE]),
        **_codes_de_suivi(faits),
        **{dimension: dict(choix) for dimension, _, choix in tableaux.RUBRIQUES},
    }


def _codes_de_suivi(faits: Faits) -> dict[str, dict[str, str]]:
    """Les codes de ce qui se suit : fiches, marchés, sorties, activités, grand livre."""
    return {
        "manque": etats.MANQUES,
        "etat": etats.ETATS,
        "statut": {StatutLigne.DECLAREE: "déclarée, non validée", StatutLigne.REFUSEE: "refusée"},
        "situation": etats.SITUATIONS,
        "categorie": etats.CATEGORIES,
        "presumee": OUI_NON,
        "nature": dict(NatureActivite.choices),
        "trimestre": activite.trimestres(faits),
        "engagement": {
            str(pk): f"{engagement.numero}, {engagement.nom}" for pk, engagement in faits.engagements.items()
        },
        "mouvement": etats.MOUVEMENTS,
        "quand": etats.QUAND,
        "consideration": etats.CONSIDERATIONS,
        "commune": {profil.commune: profil.commune for profil in faits.profils.values()},
        "marche": {str(e.marche): e.numero.rpartition(", lot ")[0] for e in faits.engagements.values()},
        "operation": {"0": "Aucune", **{str(pk): nom for pk, nom in faits.operations.items()}},
        "npnru": OUI_NON,
    }


def verifier_filtre(faits: Faits, filtre: Mapping[str, str], mesure: Mesure) -> None:
    """Lève `ActionImpossible` sur une dimension ou un code inconnu : les ignorer montrerait autre chose."""
    composition = COMPOSITIONS[mesure]
    if etrangers := set(filtre) - composition.dimensions:
        noms = ", ".join(sorted(NOMS.get(nom, nom) for nom in etrangers))
        raise ActionImpossible(f"Ce chiffre ne se filtre pas ainsi\u00a0: {noms}. Revenir au bilan et recommencer.")
    if absents := [nom for nom, valeurs in composition.requis.items() if filtre.get(nom) not in valeurs]:
        noms = ", ".join(NOMS[nom] for nom in absents)
        raise ActionImpossible(f"Il manque à ce chiffre\u00a0: {noms}. Revenir au bilan et recommencer.")
    admis = codes(faits)
    for dimension, code in filtre.items():
        if code not in admis[dimension]:
            raise ActionImpossible(
                f"{NOMS[dimension]}\u00a0: la valeur «\u00a0{code}\u00a0» n’existe pas dans ce bilan."
            )


def en_clair(faits: Faits, filtre: Mapping[str, str]) -> list[tuple[str, str]]:
    admis = codes(faits)
    return [(NOMS[dimension], admis[dimension][code]) for dimension, code in filtre.items()]


def ouvrir(acteur: Acteur, faits: Faits, filtre: Mapping[str, str], *, mesure: Mesure, page: str) -> Ouvert:
    """Une page de ce qui compose le chiffre ; `nombre` et `heures` portent sur toutes les pages."""
    composition = COMPOSITIONS[mesure]
    trouve = composition.chercher(acteur, faits, filtre)
    decoupe = Paginator(trouve.cles, PAR_PAGE).get_page(page)
    objets = composition.lire(acteur, trouve, list(decoupe))
    return Ouvert(mesure, objets, decoupe, len(trouve.cles), trouve.heures)
