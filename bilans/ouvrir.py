"""Ouvrir un chiffre : les lignes d’heures qui le composent, ou les personnes qu’il compte.

Le filtre est celui qui a fait le chiffre (`calculs.retenir`) : la somme des lignes est ce chiffre, au centième.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator

from bilans import agregats, calculs, tableaux
from bilans.calculs import en_decimal
from bilans.definitions import Mesure
from bilans.faits import AUTRE_DEPARTEMENT, HORS, NON, NR, OUI, TERRITOIRE, Faits
from clauses.comptes.acteurs import Acteur
from clauses.socle.erreurs import ActionImpossible
from heures.enums import Modalite, Sexe, TypeContrat
from heures.models import LigneHeures, Participant
from marches.enums import Secteur, TypeDonneurOrdre

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
    "modalite": "Modalité",
    "type_contrat": "Type de contrat",
    "siae": "Employeur SIAE",
    "nouveau": "Nouvel entrant",
    "nouveau_chez": "Nouveau chez l’acheteur",
    "lot": "Lot",
    "secteur": "Secteur",
    "commune": "Commune de résidence",
    "marche": "Marché",
    "operation": "Opération",
    "npnru": "Renouvellement urbain (NPNRU)",
}


@dataclass(frozen=True, slots=True)
class Personne:
    participant: Participant
    heures: Decimal


@dataclass(frozen=True, slots=True)
class Ouvert:
    """Ce qui s’ouvre derrière un chiffre : une page d’objets, leur nombre et leur somme d’heures, toutes pages."""

    mesure: Mesure
    objets: Sequence[Any]
    page: Page[Any]
    nombre: int
    heures: Decimal


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
        "modalite": dict(Modalite.choices),
        "type_contrat": dict(TypeContrat.choices),
        "siae": OUI_NON,
        "nouveau": OUI_NON,
        "nouveau_chez": OUI_NON,
        "lot": {str(engagement.lot): engagement.numero for engagement in faits.engagements.values()},
        "secteur": dict([*Secteur.choices, tableaux.NON_RENSEIGNE]),
        "commune": {profil.commune: profil.commune for profil in faits.profils.values()},
        "marche": {str(e.marche): e.numero.rpartition(", lot ")[0] for e in faits.engagements.values()},
        "operation": {"0": "Aucune", **{str(pk): nom for pk, nom in faits.operations.items()}},
        "npnru": OUI_NON,
        **{dimension: dict(choix) for dimension, _, choix in tableaux.RUBRIQUES},
    }


def verifier_filtre(faits: Faits, filtre: Mapping[str, str]) -> None:
    """Lève `ActionImpossible` sur une dimension ou un code inconnu : les ignorer montrerait autre chose."""
    admis = codes(faits)
    for dimension, code in filtre.items():
        if dimension not in admis:
            raise ActionImpossible(f"Le filtre «\u00a0{dimension}\u00a0» n’existe pas dans un bilan.")
        if code not in admis[dimension]:
            raise ActionImpossible(
                f"{NOMS[dimension]}\u00a0: la valeur «\u00a0{code}\u00a0» n’existe pas dans ce bilan."
            )


def en_clair(faits: Faits, filtre: Mapping[str, str]) -> list[tuple[str, str]]:
    admis = codes(faits)
    return [(NOMS[dimension], admis[dimension][code]) for dimension, code in filtre.items()]


def lignes(acteur: Acteur, faits: Faits, filtre: Mapping[str, str]) -> tuple[list[int], Decimal]:
    """Identifiants des lignes d’heures qui composent le chiffre, par mois puis par saisie, et leur somme."""
    retenues = {cellule[:4] for cellule in calculs.retenir(faits, filtre)}
    lues = (
        agregats.lignes_validees(acteur, faits.periode)
        .order_by("mois", "pk")
        .values_list("pk", "engagement_id", "participant_id", "modalite", "contrat_id", "heures")
    )
    identifiants, total = [], Decimal("0.00")
    for pk, *cle, heures in lues.iterator(chunk_size=5000):
        if tuple(cle) in retenues:
            identifiants.append(pk)
            total += heures
    return identifiants, total


def detail_des_lignes(acteur: Acteur, identifiants: Sequence[int]) -> list[LigneHeures]:
    visibles = LigneHeures.objects.visibles_par(acteur).filter(pk__in=identifiants)
    return list(
        visibles.select_related(
            "participant", "contrat__employeur", "engagement__clause__lot__marche__acheteur", "engagement__entreprise"
        ).order_by("mois", "pk")
    )


def personnes(faits: Faits, filtre: Mapping[str, str]) -> dict[int, int]:
    """Bénéficiaires du chiffre : au moins une heure dans le périmètre du filtre, avec leurs centièmes d’heure."""
    heures = calculs.par_participant(calculs.retenir(faits, filtre))
    return {personne: heures[personne] for personne in calculs.beneficiaires(heures)}


def detail_des_personnes(acteur: Acteur, heures: Mapping[int, int], page: Sequence[int]) -> list[Personne]:
    fiches = Participant.objects.visibles_par(acteur).filter(pk__in=page)
    return [Personne(fiche, en_decimal(heures[fiche.pk])) for fiche in fiches]


def par_nom(acteur: Acteur, heures: Mapping[int, int]) -> list[int]:
    """Identifiants dans l’ordre des noms : la page se découpe avant de lire les fiches."""
    visibles = Participant.objects.visibles_par(acteur).order_by("nom", "prenom", "pk")
    return [pk for pk in visibles.values_list("pk", flat=True) if pk in heures]


def ouvrir(acteur: Acteur, faits: Faits, filtre: Mapping[str, str], *, mesure: Mesure, page: str) -> Ouvert:
    """Une page de ce qui compose le chiffre ; `nombre` et `heures` portent sur toutes les pages."""
    objets: Sequence[Any]
    if mesure is Mesure.LIGNES:
        identifiants, total = lignes(acteur, faits, filtre)
        decoupe = Paginator(identifiants, PAR_PAGE).get_page(page)
        objets = detail_des_lignes(acteur, list(decoupe))
        return Ouvert(mesure, objets, decoupe, len(identifiants), total)
    heures = personnes(faits, filtre)
    decoupe = Paginator(par_nom(acteur, heures), PAR_PAGE).get_page(page)
    objets = detail_des_personnes(acteur, heures, list(decoupe))
    return Ouvert(mesure, objets, decoupe, len(heures), en_decimal(sum(heures.values())))
