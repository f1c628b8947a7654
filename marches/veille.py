"""Veille de l’article 35 : ce que nos acheteurs ont passé au-dessus des seuils sans clause sociale."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clauses.comptes.acteurs import Acteur
from marches.enums import PositionArt35
from marches.models import ContratAVeiller, Marche
from marches.seuils import SEUILS, seuil

# Sous le plus bas de tous les seuils, un marché n’est même pas relu.
PLANCHER = min(min(seuils.etat, seuils.autres) for seuils in SEUILS)


@dataclass(frozen=True, slots=True)
class LigneVeille:
    """Un contrat au-dessus de son seuil ; `marche` s’il est suivi ici, sans clause ni position prise."""

    identifiant: str
    acheteur: Any
    objet: str
    montant_ht: Decimal
    seuil_ht: Decimal
    date_notification: datetime.date | None
    marche: Marche | None = None


def lignes_a_veiller(*, acteur: Acteur) -> list[LigneVeille]:
    """Marchés suivis sans clause, puis contrats publiés et non suivis ; du plus récent au plus ancien."""
    lignes = [*_marches(acteur), *_contrats(acteur)]
    return sorted(lignes, key=lambda ligne: (ligne.date_notification or datetime.date.min, ligne.identifiant))[::-1]


def _marches(acteur: Acteur) -> list[LigneVeille]:
    sans_clause = Marche.objects.visibles_par(acteur).filter(
        montant_ht__gte=PLANCHER,
        a_clause_sociale=False,
        a_critere_social=False,
        est_reserve=False,
        position_art35=PositionArt35.A_DETERMINER,
        lots__clauses=None,
    )
    lignes = []
    for marche in sans_clause.select_related("acheteur").order_by("pk").distinct():
        plancher = seuil(
            nature=marche.nature,
            cpv=marche.cpv,
            ccag=marche.ccag,
            type_acheteur=marche.acheteur.type,
            le=marche.date_notification,
        )
        if marche.montant_ht is not None and marche.montant_ht >= plancher:
            lignes.append(
                LigneVeille(
                    marche.reference,
                    marche.acheteur,
                    marche.objet,
                    marche.montant_ht,
                    plancher,
                    marche.date_notification,
                    marche,
                )
            )
    return lignes


def _contrats(acteur: Acteur) -> list[LigneVeille]:
    contrats = ContratAVeiller.objects.visibles_par(acteur).select_related("acheteur").order_by("pk")
    return [
        LigneVeille(
            contrat.identifiant,
            contrat.acheteur,
            contrat.objet,
            contrat.montant_ht,
            contrat.seuil_ht,
            contrat.date_notification,
        )
        for contrat in contrats
    ]
